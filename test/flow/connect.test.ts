import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** OAuth requests since a mark. */
const cost = (mark: number) => world.lab.ledger.since(mark).cost();

describe('a first connection', () => {
  it('asks once to reach a loopback server and once to allow, then signs in (Z2, Z13)', async () => {
    const token = await world.getToken({ scopes: ['notes:read'] });
    expect(token).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_at: expect.any(Number),
      scope: expect.stringContaining('notes:read'),
    });
    expect(world.prompts.map(({ stage }) => stage)).toEqual(['reach', 'allow']);
    expect(cost(0)).toMatchObject({
      registrations: 1,
      authorizations: 1,
      exchanges: 1,
      refreshes: 0,
    });
  });

  it('sends nothing at all to loopback before the user has allowed it (Z2)', async () => {
    world.answer = () => 'ignore';
    const abort = new AbortController();
    const call = world.getToken({}, { signal: abort.signal });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(world.prompts.map(({ stage }) => stage)).toEqual(['reach']);
    expect(world.lab.ledger.length).toBe(0);
    abort.abort();
    await expect(call).rejects.toThrow();
    await expect.poll(() => world.openPrompts).toBe(0);
  });

  it('answers from the store afterwards, without a request and without a prompt', async () => {
    const first = await world.getToken({ scopes: ['notes:read'] });
    const mark = world.lab.ledger.mark();
    const prompts = world.prompts.length;
    const again = await world.getToken({ scopes: ['notes:read'] });
    expect(again.access_token).toBe(first.access_token);
    expect(world.lab.ledger.since(mark).length).toBe(0);
    expect(world.prompts.length).toBe(prompts);
  });

  it('never opens anything for a passive call (interaction_required)', async () => {
    await expect(world.getToken({ interactive: false })).rejects.toMatchObject({
      code: 'interaction_required',
    });
    expect(world.prompts).toEqual([]);
    expect(world.lab.ledger.length).toBe(0);
  });

  it('is one flow for fifty simultaneous calls (T-37)', async () => {
    const calls = Array.from({ length: 50 }, () => world.getToken({ scopes: ['notes:read'] }));
    const tokens = await Promise.all(calls);
    expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(1);
    expect(world.prompts.length).toBe(2);
    expect(cost(0)).toMatchObject({ authorizations: 1, exchanges: 1 });
  });
});

describe('step-up', () => {
  it('asks for previously requested and challenged scopes together, and does not refresh (B1, B2, R55)', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const mark = world.lab.ledger.mark();
    const token = await world.getToken({
      challenge: insufficientScope('notes:write'),
      rejected: access_token,
    });
    expect(token.scope.split(' ')).toEqual(expect.arrayContaining(['notes:read', 'notes:write']));
    expect(cost(mark)).toMatchObject({
      metadata: 0,
      registrations: 0,
      refreshes: 0,
      authorizations: 1,
    });
    const [request] = world.lab.ledger.since(mark).authorizationRequests();
    expect(request?.scope?.split(' ')).toEqual(
      expect.arrayContaining(['notes:read', 'notes:write', 'offline_access']),
    );
    expect(world.prompts.at(-1)?.scopes).toEqual({
      added: ['notes:write'],
      held: expect.arrayContaining(['notes:read']),
    });
  });

  it('refreshes once, without a prompt, when the token covers what a 403 names (B4)', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const mark = world.lab.ledger.mark();
    const prompts = world.prompts.length;
    const challenge = insufficientScope('notes:read');
    const refreshed = await world.getToken({ challenge, rejected: access_token });
    expect(refreshed.access_token).not.toBe(access_token);
    await expect(
      world.getToken({ challenge, rejected: refreshed.access_token }),
    ).rejects.toMatchObject({ code: 'insufficient_scope' });
    expect(cost(mark)).toMatchObject({ refreshes: 1, authorizations: 0 });
    expect(world.prompts.length).toBe(prompts);
  });

  it('shows simultaneous requests for different scopes in two prompts at most (T-37)', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const prompts = world.prompts.length;
    const calls = ['notes:write', 'notes:delete'].flatMap((scope) =>
      Array.from({ length: 5 }, () =>
        world.getToken({ challenge: insufficientScope(scope), rejected: access_token }),
      ),
    );
    const tokens = await Promise.all(calls);
    expect(world.prompts.length - prompts).toBeLessThanOrEqual(2);
    expect(tokens.every(({ scope }) => scope.includes('notes:read'))).toBe(true);
  });

  it('does not ask again for a scope that the server would not grant, for ten minutes', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    world.choices = { untick: ['notes:delete'] };
    const challenge = insufficientScope('notes:delete');
    const outcome = world.getToken({ challenge, rejected: access_token });
    await expect(outcome).rejects.toMatchObject({ code: 'insufficient_scope' });
    const mark = world.lab.ledger.mark();
    await expect(world.getToken({ challenge })).rejects.toMatchObject({
      code: 'insufficient_scope',
    });
    expect(cost(mark).total).toBe(0);
    world.elapsed = 600_001;
    world.choices = {};
    const token = await world.getToken({ challenge });
    expect(token.scope).toContain('notes:delete');
  });
});

describe('refusal', () => {
  it('is remembered for ten minutes, across a restart, and asks nothing meanwhile (Z24)', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    world.answer = () => 'deny';
    const challenge = insufficientScope('notes:delete');
    await expect(world.getToken({ challenge, rejected: access_token })).rejects.toMatchObject({
      code: 'access_denied',
    });
    await world.restart();
    const prompts = world.prompts.length;
    const mark = world.lab.ledger.mark();
    await expect(world.getToken({ challenge })).rejects.toMatchObject({ code: 'access_denied' });
    expect(world.prompts.length).toBe(prompts);
    expect(cost(mark).total).toBe(0);
    expect((await world.getToken()).access_token).toBe(access_token);
    world.elapsed = 600_001;
    await expect(world.getToken({ challenge })).rejects.toMatchObject({ code: 'access_denied' });
    expect(world.prompts.length).toBe(prompts + 1);
  });

  it('never joins a refused scope to a later request', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    world.answer = ({ scopes }) => (scopes.added.includes('notes:delete') ? 'deny' : 'allow');
    await expect(
      world.getToken({ challenge: insufficientScope('notes:delete'), rejected: access_token }),
    ).rejects.toMatchObject({ code: 'access_denied' });
    await world.getToken({ challenge: insufficientScope('notes:write'), rejected: access_token });
    expect(world.lab.ledger.authorizationRequests().at(-1)?.scope).not.toContain('notes:delete');
  });

  it('becomes an embargo of a week with the third denial, and can be undone', async () => {
    world.answer = () => 'deny';
    for (let i = 0; i < 3; i += 1) {
      await expect(world.getToken()).rejects.toMatchObject({ code: 'access_denied' });
      world.elapsed += 600_001;
    }
    world.elapsed += 24 * 3_600_000;
    await expect(world.getToken()).rejects.toMatchObject({ code: 'access_denied' });
    expect(world.prompts.length).toBe(3);
    await world.ports.store.deleteRefusals(world.lab.siteA.origin, new URL(world.resource).origin);
    world.answer = () => 'allow';
    await expect(world.getToken()).resolves.toBeDefined();
  });

  it('by closing the prompt holds for a minute', async () => {
    world.answer = () => 'close';
    await expect(world.getToken()).rejects.toMatchObject({ code: 'access_denied' });
    await expect(world.getToken()).rejects.toMatchObject({ code: 'access_denied' });
    expect(world.prompts.length).toBe(1);
    world.elapsed = 60_001;
    world.answer = () => 'allow';
    await expect(world.getToken()).resolves.toBeDefined();
  });
});
