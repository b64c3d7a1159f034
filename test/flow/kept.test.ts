/** What is kept, for how long, and of whom: rings, decisions from before a restart, documents, accounts (architecture §4). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/background/storage/open-store.ts';
import { callsIn, codeOf } from './calls.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const { answer, grantOf, origin } = callsIn(() => world);

describe('the ring of the log', () => {
  const failure = (site: string, at: number) => ({
    kind: 'failed' as const,
    at,
    origin: site,
    scopes: [],
    code: 'network_error' as const,
    correlationId: String(at),
  });

  it('keeps two hundred failures of one site, and all that others did (ADR 0017)', async () => {
    const store = await openStore(`ring ${Math.random()}`);
    const decision = {
      kind: 'allowed' as const,
      at: 1,
      origin: 'https://quiet.example',
      scopes: [],
    };
    await store.addActivity([decision]);
    await store.addActivity(
      Array.from({ length: 500 }, (_, at) => failure('https://loud.example', at + 2)),
    );
    const of = async (site: string) =>
      (await store.queryActivity({ origin: site, limit: 1000 })).rows;
    const loud = await of('https://loud.example');
    expect(loud.length).toBe(200);
    expect(loud[0]).toMatchObject({ at: 501 });
    expect(await of('https://quiet.example')).toMatchObject([{ kind: 'allowed' }]);
  });

  it('keeps three thousand rows, the newest (ADR 0017)', async () => {
    const store = await openStore(`ring ${Math.random()}`);
    const rows = Array.from({ length: 3200 }, (_, at) => ({
      kind: 'allowed' as const,
      at,
      origin: 'https://site.example',
      scopes: [],
    }));
    await store.addActivity(rows);
    const kept = (await store.queryActivity({ limit: 5000 })).rows;
    expect([kept.length, kept[0]?.at, kept.at(-1)?.at]).toEqual([3000, 3199, 200]);
  });
});

describe('a decision from before a restart', () => {
  /** Allows, and is killed while the sign-in window is open; its number is 77. */
  async function killInSignIn() {
    const { open } = world.ports.authWindow;
    const closed: number[] = [];
    let isOpen = false;
    world.ports.authWindow = {
      ...world.ports.authWindow,
      open: (_url, opened) => {
        opened(77);
        isOpen = true;
        return new Promise(() => undefined);
      },
      close: (window) => {
        closed.push(window);
        return Promise.resolve();
      },
    };
    void world.getToken({ scopes: ['notes:read'] }).catch(codeOf);
    await expect.poll(() => isOpen).toBe(true);
    await expect.poll(async () => (await world.ports.store.listFlows())[0]?.signInWindow).toBe(77);
    world.ports.authWindow = { ...world.ports.authWindow, open };
    return closed;
  }

  it('closes the sign-in window, whose answer nobody would get, and is carried out when the page asks', async () => {
    const closed = await killInSignIn();
    const asked = world.prompts.length;
    await world.restart();
    expect(closed).toEqual([77]);
    await expect(world.getToken({ scopes: ['notes:read'] })).resolves.toHaveProperty(
      'access_token',
    );
    expect(world.prompts.length).toBe(asked);
  });

  it.each([
    ['ten minutes later', 600_001],
    ['under a clock that was put right', -60_000],
  ])('is worth nothing %s: the user is asked anew (Z46)', async (_when, elapsed) => {
    await killInSignIn();
    const asked = world.prompts.length;
    world.elapsed += elapsed;
    await world.restart();
    await world.getToken({ scopes: ['notes:read'] });
    expect(world.prompts.length).toBeGreaterThan(asked);
  });

  it('is not there for a second account: the user starts that again', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { open } = world.ports.authWindow;
    let isOpen = false;
    world.ports.authWindow = {
      ...world.ports.authWindow,
      open: () => {
        isOpen = true;
        return new Promise(() => undefined);
      },
    };
    const { resource } = world;
    await world.own.connectAccount({
      origin: origin(),
      resource,
      account: 'default',
      name: 'Work',
    });
    await expect.poll(() => isOpen).toBe(true);
    world.ports.authWindow = { ...world.ports.authWindow, open };
    await world.restart();
    expect(await world.ports.store.listFlows()).toEqual([]);
  });
});

describe('a metadata document', () => {
  it('is believed for an hour, and not when it comes from a time still to come', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const metadataAfter = async (elapsed: number) => {
      world.elapsed = elapsed;
      await world.own.disconnect(await grantOf());
      const mark = world.lab.ledger.mark();
      await world.getToken({ scopes: ['notes:read'] });
      return world.lab.ledger.since(mark).cost().metadata;
    };
    expect(await metadataAfter(3_500_000)).toBe(0);
    expect(await metadataAfter(3_700_000)).toBe(2);
    expect(await metadataAfter(0)).toBe(2);
  });
});

describe('a site', () => {
  it('has ten accounts at one server at most (ADR 0018)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const grant = await grantOf();
    const { resource } = world;
    const key = { origin: origin(), resource, account: 'default', name: 'One more' };
    for (let n = 2; n <= 10; n += 1) {
      const other = { ...grant, account: `a${n}`, accountName: `a${n}` };
      await world.ports.store.commitGrant(other, { asked: resource, flow: 'none' });
    }
    expect(await world.own.connectAccount(key)).toEqual({ started: false });
    await world.own.disconnect({ ...key, account: 'a10' });
    expect(await world.own.connectAccount(key)).toEqual({ started: true });
  });

  it('gets no second way to its grant where the address names another provider (T-21, Z15)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { issuer } = world.lab.authorizationServer;
    const other = issuer.replace('127.0.0.1', 'localhost');
    // The host names both: it is the grant that is the other's.
    const saying = (...authorization_servers: string[]) =>
      Promise.resolve(Response.json({ resource: world.resource, authorization_servers }));
    answer('oauth-protected-resource/mcp', () => saying(issuer, other));
    answer('oauth-protected-resource/mcp/sub', () => saying(other));
    world.elapsed += 3_600_001;
    const { http } = world.ports;
    world.ports.http = async (url, init, limits) => {
      const response = await http(url.replace(other, issuer), init, limits);
      if (!url.startsWith(other)) return response;
      return Response.json({ ...((await response.json()) as object), issuer: other });
    };
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'ignore');
    const abort = new AbortController();
    const sub = `${world.resource}/sub`;
    const ended = world.getToken({ resource: sub }, { signal: abort.signal }).then(
      () => 'a token',
      () => 'nothing',
    );
    await expect
      .poll(() => world.life.flows.pending()[0]?.snapshot, { timeout: 3000 })
      .toMatchObject({ stage: 'allow', issuer: other, formerIssuer: issuer });
    abort.abort();
    expect(await ended).toBe('nothing');
    expect(await world.ports.store.findGrant(origin(), sub)).toBeUndefined();
  });
});
