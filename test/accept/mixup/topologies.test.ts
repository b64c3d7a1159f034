/**
 * Six ways to get an honest server's code at a hostile one, each with and without `iss` at the honest one. With `iss` a
 * person who allows everything is safe; without it, one who heeds what the question says (T-21, T-22, Z42).
 */
import { afterEach, describe, expect, it } from 'vitest';
import { reportBar } from '../../support/bars.ts';
import { startEvilServer } from './evil-server.ts';
import {
  askEvil,
  careful,
  DOCUMENT,
  honestConnects,
  lootOf,
  moveAfterGrant,
  openMixUp,
  tokensAtEvil,
  type MixUp,
} from './stage.ts';

let stage: MixUp;
afterEach(() => stage.close());

const counted = { topologies: 0, codes: 0, verifiers: 0, tokens: 0, honestConnected: 0 };

/** What must hold after each: nothing of the honest server at the other, and the honest one still connects. */
async function holds(): Promise<void> {
  const isConnected = await honestConnects(stage);
  const loot = { ...lootOf(stage), tokens: await tokensAtEvil(stage) };
  counted.topologies += 1;
  counted.honestConnected += isConnected ? 1 : 0;
  for (const kind of ['codes', 'verifiers', 'tokens'] as const) counted[kind] += loot[kind];
  expect(isConnected).toBe(true);
  expect(loot).toEqual({ codes: 0, verifiers: 0, tokens: 0 });
}

describe.each([
  { iss: true, user: 'allows everything' },
  { iss: false, user: 'heeds the question' },
])('with a person who $user', ({ iss }) => {
  const open = async (setting: { documents?: boolean } = {}) => {
    stage = await openMixUp({ iss, ...setting });
    stage.world.answer = iss ? () => 'allow' : careful;
    return stage;
  };
  const borrowed = () => ({ authorization_endpoint: `${stage.honest}/auth` });

  it('an honest sign-in page in hostile metadata is shown, and brings nothing (T-22, E-MIXUP)', async () => {
    const { evil, honest, world } = await open();
    Object.assign(evil.metadata, borrowed());
    await askEvil(stage);
    const [question] = world.prompts.filter(({ stage: kind }) => kind === 'allow');
    const { host } = new URL(honest);
    expect(question).toMatchObject({ foreignHosts: [host], signsInAt: host });
    await holds();
  });

  it('a sign-in page that moves after the grant is asked about (T-21, T-22, Z42)', async () => {
    const { honest } = await open();
    const { asked } = await moveAfterGrant(stage, borrowed());
    expect(asked).toMatchObject([{ stage: 'allow', newHosts: [new URL(honest).host] }]);
    await holds();
  });

  it('a token endpoint that moves after the grant gets nothing before it was asked about (T-22, T-27)', async () => {
    await open();
    const victim = await startEvilServer();
    stage.world.answer = (question) => (question.newHosts ? 'deny' : 'allow');
    const { outcome, asked } = await moveAfterGrant(stage, {
      token_endpoint: `${victim.origin}/apply.cgi`,
    });
    expect(outcome).toBe('access_denied');
    expect(asked).toMatchObject([{ newHosts: [new URL(victim.origin).host] }]);
    expect(victim.received).toEqual([]);
    await victim.close();
    await holds();
  });

  it('a registration that is passed on to the honest server brings nothing (T-22, T-45)', async () => {
    const { evil, honest } = await open();
    Object.assign(evil.metadata, borrowed());
    evil.relaysTo = `${honest}/reg`;
    await askEvil(stage);
    await holds();
  });

  it('a client that both know is refused at the second, without a question (T-22, Z42)', async () => {
    const { evil, world } = await open({ documents: true });
    expect(await honestConnects(stage)).toBe(true);
    world.answer = () => 'allow';
    const [asked, windows] = [world.prompts.length, stage.honestWindows.length];
    Object.assign(evil.metadata, borrowed());
    expect(await askEvil(stage)).toBe('issuer_mismatch');
    // To contact a server on this computer is a question of its own.
    expect(world.prompts.slice(asked).map(({ stage: kind }) => kind)).toEqual(['reach']);
    expect(stage.honestWindows.length).toBe(windows);
    expect(world.life.flows.pending().at(-1)?.failure).toMatchObject({
      reason: 'endpoint_of_other',
    });
    await holds();
  });

  it('a provider that drops its `iss` with the move is shown as weaker, too (T-43, Z42)', async () => {
    const { evil, honest } = await open();
    evil.metadata['authorization_response_iss_parameter_supported'] = true;
    evil.sendsIss = true;
    const { asked } = await moveAfterGrant(stage, {
      ...borrowed(),
      authorization_response_iss_parameter_supported: false,
    });
    const { host } = new URL(honest);
    expect(asked).toMatchObject([{ weaker: true, newHosts: [host], signsInAt: host }]);
    await holds();
  });

  it('a registration that claims a client of the honest server is refused after it (T-22, T-45)', async () => {
    const { evil } = await open({ documents: true });
    expect(await honestConnects(stage)).toBe(true);
    stage.world.answer = () => 'allow';
    const windows = stage.honestWindows.length;
    evil.metadata['client_id_metadata_document_supported'] = false;
    const { http } = stage.world.ports;
    stage.world.ports.http = async (url, init, limits) => {
      if (url !== `${evil.origin}/register`) return http(url, init, limits);
      const form = JSON.parse(String(init.body)) as object;
      return Response.json({ ...form, client_id: DOCUMENT }, { status: 201 });
    };
    Object.assign(evil.metadata, borrowed());
    expect(await askEvil(stage)).toBe('issuer_mismatch');
    expect(stage.honestWindows.length).toBe(windows);
    await holds();
  });
});

describe('all of them', () => {
  it('were tried, and none brought a code, a verifier or a token (E-MIXUP)', async () => {
    stage = await openMixUp({ iss: true });
    expect(counted).toEqual({
      topologies: 14,
      codes: 0,
      verifiers: 0,
      tokens: 0,
      honestConnected: 14,
    });
    reportBar('E-MIXUP', counted);
  });
});
