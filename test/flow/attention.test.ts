/** The user's attention is the scarcest resource: what a page can and cannot make appear (Z24, T-13). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './calls.ts';
import { insufficientScope, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** As at a server that gives none: every renewal is a sign-in. */
function withoutRefreshTokens(): void {
  const { http } = world.ports;
  world.ports.http = async (url, init, limits) => {
    const response = await http(url, init, limits);
    if (!url.endsWith('/token') || !response.ok) return response;
    const { refresh_token: _, ...rest } = (await response.json()) as Record<string, unknown>;
    return Response.json(rest);
  };
}

describe('a page that asks and asks', () => {
  it('gets three questions refused, and then none is asked, whatever it asks about (T-13)', async () => {
    world.answer = () => 'deny';
    const codes = [];
    for (let i = 0; i < 10; i += 1) {
      const resource = `http://127.0.0.1:${9000 + i}/mcp`;
      codes.push(await world.getToken({ resource }).catch(codeOf));
    }
    expect(world.prompts.length).toBe(3);
    expect(codes.slice(3)).toEqual(Array(7).fill('rate_limited'));
  });

  it('has three questions pending at most, and leaves other sites room (T-13)', async () => {
    world.answer = () => 'ignore';
    const abort = new AbortController();
    const calls = Array.from({ length: 10 }, (_, i) =>
      world
        .getToken({ resource: `${world.resource}?n=${i}` }, { signal: abort.signal })
        .catch(codeOf),
    );
    await expect.poll(() => world.life.flows.pending().length).toBe(3);
    const { origin } = world.lab.siteB;
    const other = world.getToken({}, { origin, signal: abort.signal }).catch(codeOf);
    await expect.poll(() => world.life.flows.pending().length).toBe(4);
    expect(world.openPrompts).toBe(1);
    abort.abort();
    await Promise.all([...calls, other]);
  });

  it('waits while the questions of another site are not at their end (Z4)', async () => {
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'ignore');
    const abort = new AbortController();
    const { signal } = abort;
    const first = world.getToken({}, { signal }).catch(codeOf);
    const second = world.getToken({}, { signal, origin: world.lab.siteB.origin }).catch(codeOf);
    const asked = () => world.prompts.map(({ stage }) => stage);
    await expect.poll(asked).toContain('allow');
    // The second site would have been asked about between the two questions of the first.
    expect(new Set(world.prompts.map(({ origin }) => origin)).size).toBe(1);
    expect(asked()).toEqual(['reach', 'allow']);
    expect(world.openPrompts).toBe(1);
    abort.abort();
    await Promise.all([first, second]);
  });

  it('is silenced for new scopes too, when the user has closed three prompts', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const before = world.prompts.length;
    world.answer = () => 'close';
    for (const scope of ['a', 'b', 'c', 'd', 'e']) {
      const challenge = insufficientScope(scope);
      await world.getToken({ challenge, rejected: access_token }).catch(() => undefined);
    }
    expect(world.prompts.length - before).toBe(3);
    expect((await world.getToken()).access_token).toBe(access_token);
  });

  it('opens no prompt from a tab that is not in front, while it holds nothing', async () => {
    world.inFront = false;
    const abort = new AbortController();
    const call = world.getToken({}, { signal: abort.signal }).catch(codeOf);
    await expect.poll(() => world.life.flows.pending().length).toBe(1);
    expect(world.openPrompts).toBe(0);
    abort.abort();
    await call;
  });
});

describe('a page that says its token was refused', () => {
  const insist = async () => {
    const { access_token } = await world.getToken();
    await world.getToken({ rejected: access_token }).catch(() => undefined);
  };

  it('costs one refresh and one sign-in in ten minutes where tokens can be renewed (TIME-3)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const mark = world.lab.ledger.mark();
    for (let i = 0; i < 6; i += 1) {
      await insist();
      await insist();
      // Past the time in which a refused new token is taken for the server's fault.
      world.elapsed += 31_000;
    }
    expect(world.lab.ledger.since(mark).cost().authorizations).toBe(1);
  });

  it('brings about three sign-ins without a question where they cannot, and none from the background', async () => {
    withoutRefreshTokens();
    await world.getToken({ scopes: ['notes:read'] });
    const mark = world.lab.ledger.mark();
    for (let i = 0; i < 8; i += 1) {
      world.elapsed += 31_000;
      await insist();
    }
    expect(world.lab.ledger.since(mark).cost().authorizations).toBe(3);
    world.inFront = false;
    world.elapsed += 600_001;
    const later = world.lab.ledger.mark();
    await insist();
    expect(world.lab.ledger.since(later).cost().authorizations).toBe(0);
  });

  it('does not open the window again that the user has closed', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const renewed = await world.getToken({ rejected: access_token });
    world.choices = { refuse: true };
    const mark = world.lab.ledger.mark();
    const rejected = renewed.access_token;
    const codes = [];
    for (let i = 0; i < 5; i += 1) codes.push(await world.getToken({ rejected }).catch(codeOf));
    expect(codes).toEqual(Array(5).fill('access_denied'));
    expect(world.lab.ledger.since(mark).cost().authorizations).toBe(1);
  });
});
