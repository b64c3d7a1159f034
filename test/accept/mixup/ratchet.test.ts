/** A protection that a provider once had and has no more (T-43, Z42). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from '../../flow/world.ts';
import { changeAnswers } from '../../flow/changed-answers.ts';
import { reportBar } from '../../support/bars.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => {
  counted.asked += allows().filter(({ weaker }) => weaker).length;
  return world.close();
});

const counted = { drops: 0, asked: 0, refused: 0, silent: 0 };
const allows = () => world.prompts.filter(({ stage }) => stage === 'allow');
const connect = (origin = world.lab.siteA.origin) =>
  world.getToken({ scopes: ['notes:read'] }, { origin });
const server = () => world.lab.authorizationServer;

/** From now on the server neither sends `iss` nor says that it does. */
function dropIss(dropped: boolean): void {
  counted.drops += dropped ? 1 : 0;
  server().advertiseIss(!dropped);
  server().twistResponses(dropped ? (response) => response.delete('iss') : undefined);
}

/** The server refuses every token that the site has: the broker looks at everything again. */
async function signInAgain(): Promise<string> {
  world.elapsed += 700_000;
  const { access_token: held } = await connect();
  const { access_token: renewed } = await world.getToken({ rejected: held });
  const outcome = await world
    .getToken({ rejected: renewed })
    .then(() => 'connected')
    .catch((error: unknown) => (error as { code: string }).code);
  counted.refused += outcome === 'connected' ? 0 : 1;
  return outcome;
}

describe('a provider that stops to send `iss`', () => {
  it('is shown as weaker to a site that holds a grant there, and once (T-43, E-RATCHET)', async () => {
    await connect();
    expect(allows().map(({ weaker }) => weaker)).toEqual([undefined]);
    dropIss(true);
    expect(await signInAgain()).toBe('connected');
    expect(allows().at(-1)).toMatchObject({ weaker: true, scopes: { added: [] } });
    const asked = allows().length;
    expect(await signInAgain()).toBe('connected');
    expect(allows().length).toBe(asked);
  });

  it('opens no sign-in window when the user will not have it (T-43)', async () => {
    await connect();
    dropIss(true);
    world.answer = () => 'deny';
    const before = world.lab.ledger.cost().authorizations;
    expect(await signInAgain()).toBe('access_denied');
    expect(world.lab.ledger.cost().authorizations).toBe(before);
  });

  it('is shown as weaker to every other site, also after a restart (T-43)', async () => {
    await connect();
    dropIss(true);
    await world.restart();
    world.elapsed += 4_000_000;
    await connect(world.lab.siteB.origin);
    expect(allows().at(-1)).toMatchObject({ weaker: true, origin: world.lab.siteB.origin });
  });

  it('is asked about anew when it has sent it again in between (T-43)', async () => {
    await connect();
    for (let i = 0; i < 2; i += 1) {
      dropIss(true);
      const asked = allows().length;
      expect(await signInAgain()).toBe('connected');
      expect(allows().slice(asked)).toMatchObject([{ weaker: true }]);
      dropIss(false);
      expect(await signInAgain()).toBe('connected');
      expect(allows().length).toBe(asked + 1);
    }
  });

  it('counts from the first grant on: what was merely seen there, nobody relies on (T-43)', async () => {
    world.answer = ({ stage }) => (stage === 'allow' ? 'deny' : 'allow');
    await connect().catch(() => undefined);
    dropIss(true);
    world.answer = () => 'allow';
    world.elapsed += 4_000_000;
    await connect();
    expect(allows().map(({ weaker }) => weaker)).toEqual([undefined, undefined]);
    counted.silent += allows()
      .slice(1)
      .filter(({ weaker }) => !weaker).length;
  });
});

describe('a provider that stops to announce S256', () => {
  it('is refused, whatever it was before (T-43, R86)', async () => {
    await connect();
    counted.drops += 1;
    changeAnswers(world, '/.well-known/oauth-authorization-server', async (real) => {
      const metadata = (await (await real()).json()) as object;
      return Response.json({ ...metadata, code_challenge_methods_supported: ['plain'] });
    });
    changeAnswers(world, '/.well-known/openid-configuration', async () =>
      Promise.resolve(new Response(null, { status: 404 })),
    );
    const asked = allows().length;
    expect(await signInAgain()).toBe('pkce_unsupported');
    expect(allows().length).toBe(asked);
  });
});

describe('all of them', () => {
  it('were asked about or refused (E-RATCHET)', () => {
    expect(counted).toEqual({ drops: 7, asked: 5, refused: 2, silent: 1 });
    reportBar('E-RATCHET', counted);
  });
});
