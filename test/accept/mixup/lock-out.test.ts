/** The clash rule is no weapon: nobody is locked out by what another server says, does or was allowed (T-22, Z42). */
import { afterEach, describe, expect, it } from 'vitest';
import { reportBar } from '../../support/bars.ts';
import { startEvilServer } from './evil-server.ts';
import { askEvil, honestConnects, openMixUp, type MixUp } from './stage.ts';

let stage: MixUp;
afterEach(() => stage.close());

const counted = { second: 0, connected: 0, refused: 0 };
const borrowed = () => ({ authorization_endpoint: `${stage.honest}/auth` });
const allow = () => 'allow' as const;
const denyForeign = ({ foreignHosts }: { foreignHosts: string[] }) =>
  foreignHosts.length > 0 ? 'deny' : 'allow';

/** The honest server, which came second, still connects. */
async function honestIsIn(): Promise<void> {
  const isConnected = await honestConnects(stage);
  counted.second += 1;
  counted.connected += isConnected ? 1 : 0;
  expect(isConnected).toBe(true);
}

/** Counts the two of a pair by how their calls ended. */
function count(outcomes: readonly string[]): void {
  counted.connected += outcomes.filter((one) => one.startsWith('evil-')).length;
  counted.refused += outcomes.filter((one) => one === 'issuer_mismatch').length;
}

describe('a hostile server that names an honest sign-in page first', () => {
  it.each([
    ['with a client that both know', true],
    ['with a client of its own', false],
  ])('locks nobody out, %s (T-22)', async (_how, documents) => {
    stage = await openMixUp({ iss: false, documents });
    stage.world.answer = denyForeign;
    Object.assign(stage.evil.metadata, borrowed());
    expect(await askEvil(stage)).toBe('access_denied');
    await honestIsIn();
  });

  it('locks nobody out even where the user has allowed it (T-22)', async () => {
    stage = await openMixUp({ iss: false, documents: true });
    const { world, evil } = stage;
    world.answer = allow;
    Object.assign(evil.metadata, borrowed());
    // It had the page and a client that the honest server knows: the person was warned, and went on.
    await askEvil(stage);
    await honestIsIn();
  });

  it('is not made the owner of it by the grant that it has elsewhere (T-22)', async () => {
    stage = await openMixUp({ iss: false, documents: true });
    const { world, evil } = stage;
    world.answer = denyForeign;
    expect(await askEvil(stage)).toMatch(/^evil-/);
    Object.assign(evil.metadata, borrowed());
    await world.restart();
    await honestIsIn();
  });
});

describe('two providers in front of one sign-in page that is neither’s', () => {
  async function openPair(documents: boolean) {
    stage = await openMixUp({ iss: false, documents });
    const [page, second] = [await startEvilServer(), await startEvilServer()];
    const { evil, world } = stage;
    world.answer = allow;
    const authorization_endpoint = `${page.origin.replace('localhost', '127.0.0.1')}/authorize`;
    for (const one of [evil, second]) {
      Object.assign(one.metadata, {
        authorization_endpoint,
        client_id_metadata_document_supported: documents,
      });
    }
    const ask = (resource: string) => askEvil(stage, { resource });
    const outcomes = [await ask(evil.url), await ask(second.url)];
    const respelled = authorization_endpoint.replace('/authorize', '//Authorize/;x?a=b');
    second.metadata['authorization_endpoint'] = respelled;
    return { outcomes, page, second, ask };
  }

  it('both connect with clients of their own (T-22)', async () => {
    const { outcomes, page, second } = await openPair(false);
    expect(outcomes).toEqual([expect.stringMatching(/^evil-/), expect.stringMatching(/^evil-/)]);
    const hosts = stage.world.prompts.flatMap(({ foreignHosts }) => foreignHosts);
    expect(new Set(hosts)).toEqual(
      new Set([new URL(page.origin.replace('localhost', '127.0.0.1')).host]),
    );
    count(outcomes);
    await Promise.all([page.close(), second.close()]);
  });

  it('the second is refused where both would know one client, however it spells the page (T-22)', async () => {
    const { outcomes, page, second, ask } = await openPair(true);
    expect(outcomes).toEqual([expect.stringMatching(/^evil-/), 'issuer_mismatch']);
    stage.world.elapsed += 4_000_000;
    const later = await ask(second.url);
    expect(later).toBe('issuer_mismatch');
    count([...outcomes, later]);
    await Promise.all([page.close(), second.close()]);
  });
});

describe('all of them', () => {
  it('connected but for those that would share a client (E-MIXUP)', () => {
    expect(counted).toEqual({ second: 4, connected: 7, refused: 2 });
    reportBar('E-MIXUP lock-out', counted);
  });
});
