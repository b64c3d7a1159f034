/** Taking back: one scope (Z23), a server everywhere, everything. Against the real authorization server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const key = () => ({
  origin: world.lab.siteA.origin,
  resource: world.resource,
  account: 'default',
});
const remove = (scope: string) => world.own.removeScope({ ...key(), scope });
const connect = () => world.getToken({ scopes: ['notes:read', 'notes:write'] });
const isKnown = async (token: string) =>
  (await world.lab.authorizationServer.findAccessToken(token)) !== undefined;

describe('removing a scope', () => {
  it('narrows the tokens by refresh, and tells the page to forget the former one (Z23, RFC 6749 §6)', async () => {
    const wide = await connect();
    const mark = world.lab.ledger.mark();
    expect(await remove('notes:write')).toEqual({ outcome: 'narrowed' });
    const cost = world.lab.ledger.since(mark).cost();
    expect(cost).toMatchObject({ refreshes: 1, revocations: 0, authorizations: 0 });
    expect(world.events.at(-1)?.event).toEqual({
      type: 'grantchange',
      resource: world.resource,
      scopes: ['notes:read'],
    });
    const narrow = await world.getToken({ interactive: false });
    expect(narrow.scope).toBe('notes:read');
    expect(narrow.access_token).not.toBe(wide.access_token);
    const known = await world.lab.authorizationServer.findAccessToken(narrow.access_token);
    expect(known?.scopes).toEqual(['notes:read']);
    const grant = await world.ports.store.readGrant(key());
    expect(grant?.ceiling).not.toContain('notes:write');
    expect(grant?.requested).not.toContain('notes:write');
  });

  it('stays removed through the next refresh, though the refresh token could bring it back', async () => {
    await connect();
    await remove('notes:write');
    const prompts = world.prompts.length;
    world.elapsed = 3_700_000;
    expect((await world.getToken({ interactive: false })).scope).toBe('notes:read');
    expect(world.prompts.length).toBe(prompts);
  });

  it('counts as denied for ten minutes, and not as a denial that leads to an embargo (Z24)', async () => {
    await world.getToken({ scopes: ['notes:read', 'notes:write', 'notes:delete'] });
    for (const scope of ['notes:write', 'notes:delete', 'offline_access']) await remove(scope);
    const prompts = world.prompts.length;
    const challenge = insufficientScope('notes:write');
    await expect(world.getToken({ challenge })).rejects.toMatchObject({ code: 'access_denied' });
    expect(world.prompts.length).toBe(prompts);
    const refusals = await world.own.refusals({});
    expect(new Set(refusals.map(({ kind }) => kind))).toEqual(new Set(['denied']));
    // The first thing that the user refuses is the first denial, and may be asked.
    world.answer = () => 'deny';
    const other = world.getToken({ scopes: ['notes:other'] });
    await expect(other).rejects.toMatchObject({ code: 'access_denied' });
    expect(world.prompts.length).toBe(prompts + 1);
    const kinds = (await world.own.refusals({})).map(({ kind }) => kind);
    expect(kinds).not.toContain('embargo');
    world.answer = () => 'allow';
    world.elapsed = 601_000;
    const token = await world.getToken({ challenge });
    expect(world.prompts.at(-1)?.scopes.added).toEqual(['notes:write']);
    expect(token.scope.split(' ').sort()).toEqual(['notes:read', 'notes:write']);
  });

  it('signs out where the server answers anything but exactly what is left (Z23)', async () => {
    await connect();
    const { http } = world.ports;
    world.ports.http = async (url, init, limits) => {
      const response = await http(url, init, limits);
      const refresh = init.body instanceof URLSearchParams && init.body.has('refresh_token');
      if (!refresh || !response.ok) return response;
      const body = (await response.json()) as object;
      return Response.json({ ...body, scope: 'notes:read notes:write' });
    };
    expect(await remove('notes:write')).toEqual({ outcome: 'signedOut' });
    const grant = await world.ports.store.readGrant(key());
    expect(grant).not.toHaveProperty('token');
    expect(grant?.ceiling).not.toContain('notes:write');
    expect(world.lab.ledger.cost().revocations).toBe(2);
    world.ports.http = http;
    expect((await world.getToken()).scope).toBe('notes:read');
  });

  it('signs out when the server cannot be asked, and drops the scope all the same', async () => {
    await connect();
    world.lab.authorizationServer.failNextToken(503);
    expect(await remove('notes:write')).toEqual({ outcome: 'signedOut' });
    expect((await world.ports.store.readGrant(key()))?.ceiling).not.toContain('notes:write');
    await expect(world.getToken({ interactive: false })).rejects.toMatchObject({
      code: 'interaction_required',
    });
  });

  it('needs no server for a scope that no token has, and says so when the grant is gone', async () => {
    await connect();
    const grant = (await world.ports.store.readGrant(key()))!;
    await world.ports.store.updateGrant(grant, { ceiling: [...grant.ceiling, 'notes:extra'] });
    const mark = world.lab.ledger.mark();
    expect(await remove('notes:extra')).toEqual({ outcome: 'narrowed' });
    expect(world.lab.ledger.since(mark).length).toBe(0);
    await world.own.disconnect(key());
    expect(await remove('notes:read')).toEqual({ outcome: 'gone' });
  });
});

describe('disconnecting a server', () => {
  it('ends every site there, each with its answer, and no other server (RFC 7009)', async () => {
    const { siteA, siteB } = world.lab;
    await world.getToken({ scopes: ['notes:read'] });
    await world.getToken({ scopes: ['notes:read'] }, { origin: siteB.origin });
    const grant = (await world.ports.store.readGrant(key()))!;
    const other = { ...grant, resource: 'https://other.example' };
    await world.ports.store.commitGrant(other, { asked: other.resource, flow: '' });
    const answers = await world.own.disconnectServer({ resource: world.resource });
    expect(answers.map(({ origin, revocation }) => [origin, revocation]).sort()).toEqual(
      [
        [siteA.origin, 'revoked'],
        [siteB.origin, 'revoked'],
      ].sort(),
    );
    expect((await world.own.grants({})).map(({ resource }) => resource)).toEqual([other.resource]);
  });
});

describe('erasing', () => {
  it('the activity leaves the grants, and nothing of what happened', async () => {
    await connect();
    await world.getToken();
    expect(await world.own.erase({ what: 'activity' })).toEqual({ unconfirmed: 0 });
    expect(
      (await world.own.activity({ limit: 10 })).rows.filter(({ kind }) => kind !== 'used'),
    ).toEqual([]);
    expect(await world.own.traces({})).toEqual([]);
    expect((await world.own.grants({})).length).toBe(1);
  });

  it('everything revokes every token first and leaves an empty store that works (Z17)', async () => {
    const { siteA, siteB } = world.lab;
    const tokens = [
      await connect(),
      await world.getToken({ scopes: ['notes:read'] }, { origin: siteB.origin }),
    ];
    await world.own.pause({ origin: 'https://paused.example', paused: true });
    expect(await world.own.erase({ what: 'everything' })).toEqual({ unconfirmed: 0 });
    for (const { access_token } of tokens) expect(await isKnown(access_token)).toBe(false);
    const { store } = world.ports;
    expect(await world.own.grants({})).toEqual([]);
    expect((await world.own.activity({ limit: 10 })).rows).toEqual([]);
    expect(await world.own.traces({})).toEqual([]);
    expect(await world.own.refusals({})).toEqual([]);
    expect(await world.own.settings({})).toEqual({ developerMode: false, pausedSites: [] });
    expect(await store.listFlows()).toEqual([]);
    const issuer = world.lab.authorizationServer.issuer;
    expect(await store.findRegistration(issuer, siteA.origin)).toBeUndefined();
    const told = world.events.filter(({ event }) => event.type === 'revoked');
    expect(new Set(told.map(({ origin }) => origin))).toEqual(
      new Set([siteA.origin, siteB.origin]),
    );
    await connect();
    await world.restart();
    expect((await world.getToken({ interactive: false })).scope).toContain('notes:read');
  });

  it('everything counts what no server has confirmed', async () => {
    await connect();
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      url.includes('revocation') ? Promise.reject(new Error('offline')) : http(url, init, limits);
    expect(await world.own.erase({ what: 'everything' })).toEqual({ unconfirmed: 1 });
    expect(await world.own.grants({})).toEqual([]);
  });

  it('everything ends a sign-in that is under way, and nothing of it is kept', async () => {
    world.ports.authWindow = { ...world.ports.authWindow, open: () => new Promise(() => {}) };
    const call = connect().catch((error: unknown) => error);
    await expect.poll(() => world.prompts.length).toBe(2);
    await world.own.erase({ what: 'everything' });
    expect(await world.own.grants({})).toEqual([]);
    expect(await world.own.traces({})).toEqual([]);
    void call;
  });
});

describe('a settings file', () => {
  const client = {
    issuer: 'https://as.example',
    clientId: 'mine',
    authMethod: 'client_secret_basic' as const,
  };
  const open = { issuer: 'https://b.example', clientId: 'open', authMethod: 'none' as const };

  it('carries settings and clients to another browser, but none that needs a secret (T-52)', async () => {
    await connect();
    await world.own.saveClient({ ...client, clientSecret: 'marker-secret' });
    await world.own.saveClient({ ...open });
    await world.own.configure({ developerMode: true });
    await world.own.pause({ origin: 'https://paused.example', paused: true });
    const file = await world.own.exportSettings({});
    expect(file).toEqual({
      grantkeeper: 1,
      settings: { developerMode: true, pausedSites: ['https://paused.example'] },
      clients: [open],
    });
    const text = JSON.stringify(file);
    expect(text).not.toContain('marker-secret');
    expect(text).not.toContain((await world.getToken()).access_token);
    await world.own.erase({ what: 'everything' });
    expect(await world.own.importSettings({ file: JSON.parse(text) })).toEqual({ clients: 1 });
    // What switches a protection off is not carried.
    expect(await world.own.settings({})).toEqual({ ...file.settings, developerMode: false });
    expect(await world.own.clients({})).toEqual([{ ...open, hasSecret: false }]);
  });

  it('keeps the secret of a client that is here already, and brings no other client in its place', async () => {
    await world.own.saveClient({ ...client, clientSecret: 'marker-secret' });
    const settings = await world.own.settings({});
    const file = { grantkeeper: 1, settings, clients: [client] };
    await world.own.importSettings({ file });
    expect(await world.ports.store.findClient(client.issuer)).toMatchObject({
      clientSecret: 'marker-secret',
    });
    const changed = { ...file, clients: [{ ...client, clientId: 'other' }] };
    await expect(world.own.importSettings({ file: changed })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await world.own.clients({})).toMatchObject([{ clientId: 'mine', hasSecret: true }]);
  });

  const good = {
    grantkeeper: 1,
    settings: { developerMode: true, pausedSites: [] as string[] },
    clients: [open] as object[],
  };
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['another program’s file', { version: 3 }],
    ['a later version', { ...good, grantkeeper: 2 }],
    ['a secret in it', { ...good, clients: [{ ...open, clientSecret: 'x' }] }],
    ['a site that is none', { ...good, settings: { ...good.settings, pausedSites: ['a/b'] } }],
    ['one issuer twice', { ...good, clients: [open, open] }],
    [
      'an issuer that is not https',
      { ...good, clients: [{ ...open, issuer: 'http://as.example' }] },
    ],
    [
      'an issuer that no client could be entered for by hand: with a query',
      { ...good, clients: [{ ...open, issuer: 'https://as.example/tenant?id=1' }] },
    ],
    [
      'an issuer that no client could be entered for by hand: spelled as no parser writes it',
      { ...good, clients: [{ ...open, issuer: 'https://AS.example' }] },
    ],
    [
      'a second client that is wrong',
      { ...good, clients: [open, { issuer: 'https://c.example' }] },
    ],
    ['a client id with a line break', { ...good, clients: [{ ...open, clientId: 'a\r\nb' }] }],
    [
      'a client id that is read backwards',
      { ...good, clients: [{ ...open, clientId: 'a\u202eb' }] },
    ],
    [
      'a secret in the header, and none here',
      { ...good, clients: [{ ...open, authMethod: 'client_secret_basic' }] },
    ],
    [
      'a secret in the body, and none here',
      { ...good, clients: [{ ...open, authMethod: 'client_secret_post' }] },
    ],
    [
      'a document without a path',
      {
        ...good,
        settings: {
          ...good.settings,
          clientDocument: { url: 'https://e.example/', trusted: true },
        },
      },
    ],
    [
      'a document that nobody can read',
      {
        ...good,
        settings: {
          ...good.settings,
          clientDocument: { url: 'https://e.invalid/c.json', trusted: true },
        },
      },
    ],
    ['an unknown setting', { ...good, settings: { ...good.settings, extra: 1 } }],
  ])('is refused as a whole: %s', async (_name, file) => {
    await expect(world.own.importSettings({ file })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await world.own.settings({})).toEqual({ developerMode: false, pausedSites: [] });
    expect(await world.own.clients({})).toEqual([]);
  });
});
