import { release } from '../../src/background/user/release.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const cost = (mark: number) => world.lab.ledger.since(mark).cost();

describe('refresh', () => {
  it('is one request for fifty simultaneous calls with an expired token (T-38)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3_700_000;
    const mark = world.lab.ledger.mark();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => world.getToken()));
    expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(1);
    expect(cost(mark)).toMatchObject({ refreshes: 1, authorizations: 0, total: 1 });
  });

  it('names the resource and keeps what was granted (R69)', async () => {
    const { scope } = await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3_700_000;
    const mark = world.lab.ledger.mark();
    expect((await world.getToken()).scope).toBe(scope);
    const [request] = world.lab.ledger.since(mark).tokenRequests('refresh_token');
    expect(request).toMatchObject({ hadResource: true });
    expect(request?.scope ?? '').toBe('');
  });

  it('opens no window on network trouble, and hands out what is still good (Z10)', async () => {
    const first = await world.getToken({ scopes: ['notes:read'] });
    const prompts = world.prompts.length;
    world.elapsed = 3_590_000;
    world.lab.authorizationServer.failNextToken(503);
    expect((await world.getToken()).access_token).toBe(first.access_token);
    world.elapsed = 3_700_000;
    world.lab.authorizationServer.failNextToken(503);
    await expect(world.getToken()).rejects.toMatchObject({
      code: 'network_error',
      detail: { reason: 'provider_failed' },
    });
    expect(world.prompts.length).toBe(prompts);
    // Not at once: a server in trouble is given a moment (Z55).
    world.elapsed += 10_000;
    await expect(world.getToken()).resolves.toBeDefined();
  });

  it('sends one refresh token twice at most when its answer was lost (K22)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { store } = world.ports;
    const grant = await store.findGrant(world.lab.siteA.origin, world.resource);
    await store.updateGrant(grant!, { refreshAttempts: 2 });
    world.elapsed = 3_700_000;
    const mark = world.lab.ledger.mark();
    await expect(world.getToken({ interactive: false })).rejects.toMatchObject({
      code: 'interaction_required',
    });
    expect(cost(mark).refreshes).toBe(0);
  });
});

describe('changes at the same time', () => {
  it('a slow refresh does not undo what a step-up has added meanwhile', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const held = world.lab.authorizationServer.holdTokenResponses();
    const refresh = world.getToken({ rejected: access_token }).catch(() => undefined);
    await held.reached;
    const { store } = world.ports;
    const grant = await store.findGrant(world.lab.siteA.origin, world.resource);
    const requested = [...grant!.requested, 'notes:write'];
    const token = { ...grant!.token!, accessToken: 'from-the-step-up' };
    const wider = { ...grant!, requested, token };
    await store.commitGrant(wider, { asked: world.resource, flow: 'none' });
    held.release();
    await refresh;
    const after = await store.findGrant(world.lab.siteA.origin, world.resource);
    expect(after?.requested).toContain('notes:write');
    expect(after?.token?.accessToken).toBe('from-the-step-up');
  });

  it('a refresh that was noted in between does not undo a step-up either', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { store } = world.ports;
    const find = async () => (await store.findGrant(world.lab.siteA.origin, world.resource))!;
    const seen = await find();
    // The order in which it happens when a token expires during a sign-in: note, commit, answer.
    const noted = await store.updateGrant(seen, { refreshAttempts: 1 });
    const requested = [...seen.requested, 'notes:write'];
    await store.commitGrant({ ...seen, requested }, { asked: world.resource, flow: 'none' });
    expect(typeof noted).toBe('object');
    expect(await store.updateGrant(noted as typeof seen, { refreshAttempts: 0 })).toBe('changed');
    expect((await find()).requested).toContain('notes:write');
  });

  it('a refresh that comes back after a disconnection is revoked, not kept (T-49)', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const held = world.lab.authorizationServer.holdTokenResponses();
    const refresh = world.getToken({ rejected: access_token }).catch((error: unknown) => error);
    await held.reached;
    const { origin } = world.lab.siteA;
    const key = { origin, resource: world.resource, account: 'default' };
    await world.own.disconnect(key);
    const mark = world.lab.ledger.mark();
    held.release();
    expect(await refresh).toMatchObject({ code: 'access_denied' });
    expect(await world.ports.store.listGrants()).toEqual([]);
    expect(cost(mark).revocations).toBe(2);
  });

  it('a sign-in that ends after a disconnection leaves nothing behind (T-49)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const held = world.lab.authorizationServer.holdTokenResponses();
    const challenge = insufficientScope('notes:write');
    const stepUp = world.getToken({ challenge }).catch((error: unknown) => error);
    await held.reached;
    const { origin } = world.lab.siteA;
    await world.own.disconnect({ origin, resource: world.resource, account: 'default' });
    held.release();
    expect(await stepUp).toMatchObject({ code: 'aborted' });
    expect(await world.ports.store.listGrants()).toEqual([]);
  });
});

describe('two sites at one server', () => {
  it('hold nothing of each other, and do not break each other (Z1, T-01)', async () => {
    const { siteA, siteB } = world.lab;
    const a = await world.getToken({ scopes: ['notes:read', 'notes:write'] });
    const b = await world.getToken({ scopes: ['notes:read'] }, { origin: siteB.origin });
    expect(b.scope).not.toContain('notes:write');
    expect(b.access_token).not.toBe(a.access_token);
    expect(world.lab.ledger.registrations().length).toBe(2);
    const [grant] = (await world.ports.store.listGrants()).filter(
      ({ origin }) => origin === siteB.origin,
    );
    expect(await world.own.disconnect(grant!)).toEqual({ revocation: 'revoked' });
    expect((await world.getToken({ scopes: ['notes:write'] })).access_token).toBe(a.access_token);
    world.elapsed = 3_700_000;
    const renewed = await world.getToken({ interactive: false });
    expect([a.access_token, b.access_token]).not.toContain(renewed.access_token);
    expect(renewed.scope).toBe(a.scope);
    expect((await world.own.grants({})).map(({ origin }) => origin)).toEqual([siteA.origin]);
  });
});

describe('disconnecting', () => {
  it('removes the grant, revokes at the server and tells the pages (RFC 7009, T-49)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const mark = world.lab.ledger.mark();
    const { origin } = world.lab.siteA;
    await world.own.disconnect({ origin, resource: world.resource, account: 'default' });
    expect(cost(mark).revocations).toBe(2);
    expect(world.events.at(-1)).toEqual({
      origin,
      event: { type: 'revoked', resource: world.resource, scopes: [] },
    });
    await expect(world.getToken({ interactive: false })).rejects.toMatchObject({
      code: 'interaction_required',
    });
  });

  it('claims no confirmation where there was nothing to revoke', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { store } = world.ports;
    const { origin } = world.lab.siteA;
    const grant = await store.findGrant(origin, world.resource);
    await store.updateGrant(grant!, { token: undefined });
    const mark = world.lab.ledger.mark();
    const key = { origin, resource: world.resource, account: 'default' };
    expect(await world.own.disconnect(key)).toEqual({ revocation: 'nothing' });
    expect(await world.own.disconnect(key)).toEqual({ revocation: 'unconfirmed' });
    expect(cost(mark).revocations).toBe(0);
  });

  it('by the page itself gives its grant back', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const caller = { origin: world.lab.siteA.origin, tabId: 1 };
    expect(await release(world.life.ports, world.life.flows, caller, world.resource)).toEqual({
      released: true,
    });
    expect(await world.life.access.permission(caller, world.resource)).toMatchObject({
      granted: false,
    });
  });
});

describe('a hostile authorization response', () => {
  it.each([
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['no issuer', (url: URL) => url.searchParams.delete('iss')],
    ['two issuers', (url: URL) => url.searchParams.append('iss', 'https://evil.example')],
  ])('from %s is not exchanged, and nothing is stored (R63, R65)', async (_name, tamper) => {
    world.tamper = (url) => {
      tamper(url);
      url.searchParams.set('error_description', 'marker-4711');
    };
    const failure = await world.getToken().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: expect.stringMatching(/issuer_mismatch|authorization_failed/),
    });
    expect(JSON.stringify(failure)).not.toContain('marker-4711');
    expect(cost(0).exchanges).toBe(0);
    expect(await world.ports.store.listGrants()).toEqual([]);
  });

  it('with another state is not exchanged (R92)', async () => {
    world.tamper = (url) => {
      url.searchParams.set('state', 'x'.repeat(43));
    };
    await expect(world.getToken()).rejects.toMatchObject({ code: 'authorization_failed' });
    expect(cost(0).exchanges).toBe(0);
  });
});

describe('what a server publishes', () => {
  it('is not remembered when it is wrong: a server that is mended works at once', async () => {
    const { store } = world.ports;
    world.lab.mcpServer.setMetadataCors(true);
    const { http } = world.ports;
    let broken = true;
    world.ports.http = async (url, init, limits) => {
      const response = await http(url, init, limits);
      if (!broken || !url.includes('oauth-protected-resource')) return response;
      return Response.json({
        resource: 'https://evil.example',
        authorization_servers: ['https://x.example'],
      });
    };
    await expect(world.getToken()).rejects.toMatchObject({ code: 'invalid_target' });
    const urls = [`${new URL(world.resource).origin}/.well-known/oauth-protected-resource/mcp`];
    expect(await Promise.all(urls.map((url) => store.findDocument(url)))).toEqual([undefined]);
    broken = false;
    await expect(world.getToken()).resolves.toBeDefined();
  });
});

describe('a restarted worker', () => {
  it('takes an open prompt up again, and its decision still counts (K03)', async () => {
    world.answer = () => 'ignore';
    void world.getToken({ scopes: ['notes:read'] }).catch(() => undefined);
    await expect.poll(() => world.openPrompts).toBe(1);
    const [before] = world.life.flows.pending();
    await world.restart();
    await expect.poll(() => world.life.flows.pending().length).toBe(1);
    const [after] = world.life.flows.pending();
    expect(after).toEqual(before);
    world.answer = () => 'allow';
    const call = world.getToken({ scopes: ['notes:read'] });
    expect(await world.life.flows.consent.decide({ ...after!, decision: 'allow' })).toBe(true);
    await expect(call).resolves.toBeDefined();
    expect(world.prompts.length).toBe(2);
  });

  it('asks nothing twice that was allowed before, and exchanges no code twice (K16)', async () => {
    const { authWindow } = world.ports;
    const { open } = authWindow;
    let opened = 0;
    authWindow.open = () => {
      opened += 1;
      return new Promise(() => undefined);
    };
    void world.getToken({ scopes: ['notes:read'] }).catch(() => undefined);
    await expect.poll(() => opened).toBe(1);
    authWindow.open = open;
    await world.restart();
    await expect(world.getToken({ scopes: ['notes:read'] })).resolves.toBeDefined();
    expect(world.prompts.length).toBe(2);
    expect(cost(0)).toMatchObject({ exchanges: 1, registrations: 1 });
  });
});

describe('progressive authorization', () => {
  it('ends after three prompts for three operations, and then asks nothing in fifty calls (B5)', async () => {
    const scopes = ['notes:read', 'notes:write', 'notes:delete'];
    let token = await world.getToken({ challenge: 'Bearer scope="notes:read"' });
    for (const scope of scopes.slice(1)) {
      token = await world.getToken({
        challenge: insufficientScope(scope),
        rejected: token.access_token,
      });
    }
    const allows = world.prompts.filter(({ stage }) => stage === 'allow');
    expect(allows.length).toBe(3);
    const mark = world.lab.ledger.mark();
    for (let i = 0; i < 50; i += 1) {
      token = await world.getToken({ scopes: [scopes[i % 3]!] });
    }
    expect(token.scope.split(' ')).toEqual(expect.arrayContaining(scopes));
    expect(world.lab.ledger.since(mark).length).toBe(0);
    expect(world.prompts.filter(({ stage }) => stage === 'allow').length).toBe(3);
  });
});
