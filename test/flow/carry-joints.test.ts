/** Where the parts of carrying meet: what one of them ends, gives back or forgets, the others have to notice (Z26–Z33, Z37). */
import { afterEach, describe, expect, it } from 'vitest';
import { startBareServer, type BareServers } from './bare-servers.ts';
import { answerOf, endless, EVENTS, post, rpc, script, TokenSearch } from './carrying.ts';
import { World, type Servers } from './world.ts';

const EVENT_STREAM: [string, string][] = [['content-type', 'text/event-stream']];
const sleep = () => new Promise((resolve) => setTimeout(resolve, 50));

let close = () => Promise.resolve();
afterEach(() => close());

async function open(): Promise<World> {
  const world = await World.open();
  close = () => world.close();
  return world;
}

const serveStreams = <S extends Servers>(world: World<S>) =>
  script(world as unknown as World, ({ init, signal }) =>
    init.method === 'GET' ? answerOf(endless(signal), { headers: EVENT_STREAM }) : answerOf('{}'),
  );

async function stream<S extends Servers>(world: World<S>, headers = EVENTS, origin?: string) {
  const request = world.carry({ headers }, origin);
  await request.until(() => request.bytes.length > 0 || request.isClosed);
  return request;
}

describe('a stream that is given up before it has left', () => {
  it('gives its place back, to its site and to all others (Z32)', async () => {
    const world = await open();
    await world.getToken({ scopes: ['notes:read'] });
    serveStreams(world);
    for (let count = 0; count < 4; count += 1) {
      const given = world.carry({ headers: EVENTS });
      given.leave();
      await sleep();
    }
    expect((await stream(world)).head?.status).toBe(200);
    expect((await stream(world)).head?.status).toBe(200);
    expect((await stream(world)).head?.status).toBe(405);
  });
});

describe('a stream that does not say so', () => {
  it.each([['Text/Event-Stream'], ['*/*'], ['application/json']])(
    'takes a place as others do when it asks for %s (Z32)',
    async (accept) => {
      const world = await open();
      await world.getToken({ scopes: ['notes:read'] });
      const sent = serveStreams(world);
      const all = [];
      for (let count = 0; count < 3; count += 1)
        all.push(await stream(world, [['accept', accept]]));
      expect(all.map(({ head }) => head?.status)).toEqual([200, 200, undefined]);
      expect(all[2]?.error?.code).toBe('rate_limited');
      if (sent[2]) expect(sent[2].signal.aborted).toBe(true);
    },
  );
});

describe('a stream under way', () => {
  const KEY = { header: 'X-Key', value: 'canary-k3y-0123456789' };
  const keyed = async (): Promise<World<BareServers>> => {
    const world = await World.beside(await startBareServer({ key: KEY }));
    close = () => world.close();
    world.answer = ({ credential, keyHeld }) =>
      credential === 'key' && !keyHeld ? { decision: 'allow', key: KEY } : 'allow';
    await world.getToken({ challenge: 'Bearer' }).catch(() => undefined);
    return world;
  };
  const about = (world: World<BareServers>) => ({ resource: world.resource, account: 'default' });

  it.each(['replaced', 'removed'] as const)('ends when its key is %s (Z33, Z37)', async (what) => {
    const world = await keyed();
    const sent = serveStreams(world);
    const request = await stream(world);
    expect(request.head?.status).toBe(200);
    if (what === 'removed') await world.own.removeKey(about(world));
    else
      await world.own.replaceKey({ ...about(world), key: { ...KEY, value: 'other-0123456789' } });
    await expect.poll(() => request.isClosed).toBe(true);
    expect(request.error?.code).toBe('access_denied');
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  it('ends when its site is switched to another account (Z33)', async () => {
    const world = await open();
    await world.getToken({ scopes: ['notes:read'] });
    const { origin } = world.lab.siteA;
    const { resource, account } = (await world.ports.store.findGrant(origin, world.resource))!;
    await world.own.connectAccount({ origin, resource, account, name: 'work' });
    await expect
      .poll(async () => (await world.ports.store.listGrants({ site: origin })).length)
      .toBe(2);
    await world.own.chooseAccount({ origin, resource, account });
    serveStreams(world);
    const request = await stream(world);
    expect(request.head?.status).toBe(200);
    const other = (await world.ports.store.listGrants({ site: origin })).find(
      (one) => one.account !== account,
    )!;
    await world.own.chooseAccount({ origin, resource, account: other.account });
    await expect.poll(() => request.isClosed).toBe(true);
    expect(request.error?.code).toBe('access_denied');
  });
});

describe('a grant without a token', () => {
  it('hands none to the page unasked once its server has users sign in (Z26, Z38)', async () => {
    const world = await open();
    const search = new TokenSearch();
    const { http } = world.ports;
    const json = { headers: { 'content-type': 'application/json' } };
    world.ports.http = (_url, { method = 'GET' }) =>
      Promise.resolve(
        method === 'POST' ? new Response('{}', json) : new Response('', { status: 404 }),
      );
    await world.carry(post(rpc('ping'), { refused: {} })).ended();
    const { origin } = world.lab.siteA;
    const grant = () => world.ports.store.findGrant(origin, world.resource);
    expect(await grant()).toMatchObject({ credential: 'none' });
    world.ports.http = http;
    script(world, ({ token }) =>
      token === undefined
        ? answerOf('', { status: 401, headers: [['www-authenticate', 'Bearer']] })
        : answerOf('{}'),
    );
    await world.carry(post(rpc('ping'))).ended();
    expect((await grant())?.token).toBeDefined();
    await search.expectNone(world);
    await expect(world.getToken({ interactive: false })).rejects.toMatchObject({ code: 'sealed' });
  });
});

describe('a key that the server has come to refuse', () => {
  const keyOf = (value: string) => ({ header: 'X-Key', value });

  it('is asked for by the request that was refused, which then goes on, with what else may pass (Z29, Z37)', async () => {
    const world = await World.beside(await startBareServer({ key: keyOf('former-0123456789') }));
    close = () => world.close();
    let value = 'former-0123456789';
    world.answer = ({ credential, keyHeld }) =>
      credential === 'key' && !keyHeld ? { decision: 'allow', key: keyOf(value) } : 'allow';
    await world.getToken({ challenge: 'Bearer' }).catch(() => undefined);
    const about = { origin: world.lab.siteA.origin, resource: world.resource, account: 'default' };
    await world.own.allowHeaders({ ...about, names: ['X-Team'] });
    value = 'latest-0123456789';
    world.lab.manner.key = keyOf(value);
    const body = rpc('ping');
    const { head } = await world.carry(post(body, { headers: [['x-team', 'a']] })).ended();
    expect(head?.status).toBe(200);
    await world.carry(post(body, { headers: [['x-team', 'b']] })).ended();
    expect(world.lab.seen.at(-1)?.headers).toMatchObject({ 'x-team': 'b', 'x-key': value });
  });

  it('is not asked for when the user has replaced it since the request was sent: the new one goes out (Z37)', async () => {
    const [former, latest] = [keyOf('former-0123456789'), keyOf('latest-0123456789')];
    const world = await World.beside(await startBareServer({ key: former }));
    close = () => world.close();
    world.answer = ({ credential, keyHeld }) =>
      credential === 'key' && !keyHeld ? { decision: 'allow', key: former } : 'allow';
    await world.getToken({ challenge: 'Bearer' }).catch(() => undefined);
    world.lab.manner.key = latest;
    const [sent, asked] = [world.lab.seen.length, world.prompts.length];
    const { store } = world.ports;
    const { readSettings } = store;
    // The refusal has come, and what to do about it is being looked up.
    store.readSettings = async () => {
      if (world.lab.seen.length > sent) {
        store.readSettings = readSettings;
        await world.own.replaceKey({
          ...{ resource: world.resource, account: 'default' },
          key: latest,
        });
      }
      return readSettings.call(store);
    };
    const { head } = await world.carry(post(rpc('ping'))).ended();
    expect(head?.status).toBe(200);
    const keys = world.lab.seen.slice(sent).map(({ headers }) => headers['x-key']);
    expect(keys).toEqual([former.value, latest.value]);
    expect(world.prompts.length).toBe(asked);
  });

  it('goes with no header of its name that the page has written, nor does another key (Z29, Z37)', async () => {
    const world = await World.beside(await startBareServer({ key: keyOf('former-0123456789') }));
    close = () => world.close();
    world.answer = ({ credential, keyHeld }) =>
      credential === 'key' && !keyHeld
        ? { decision: 'allow', key: keyOf('former-0123456789') }
        : 'allow';
    await world.getToken({ challenge: 'Bearer' }).catch(() => undefined);
    const about = { origin: world.lab.siteA.origin, resource: world.resource, account: 'default' };
    await world.own.allowHeaders({ ...about, names: ['x-key', 'x-team'] });
    expect((await world.ports.store.readGrant(about))?.headers).toEqual(['x-team']);
    const headers: [string, string][] = [
      ['X-Key', 'of-the-page'],
      ['x-api-key', 'of-the-page'],
      ['Authorization', 'Bearer of-the-page'],
      ['DPoP', 'of-the-page'],
    ];
    await world.carry(post(rpc('ping'), { headers })).ended();
    const seen = JSON.stringify(world.lab.seen.at(-1)?.headers);
    expect(seen).toContain('former-0123456789');
    expect(seen).not.toContain('of-the-page');
    const sent = world.lab.seen.length;
    await world.ports.store.deleteServerKey(world.resource, 'default');
    await world.carry(post(rpc('ping'), { headers, interactive: false })).ended();
    const after = JSON.stringify(world.lab.seen.slice(sent).map((one) => one.headers));
    expect(after).not.toContain('former-0123456789');
  });
});

describe('what a killed worker has left of a sign-in', () => {
  it('does not undo what the user has sealed since, nor forget who holds the token (Z26, Z4)', async () => {
    const world = await open();
    await world.getToken({ scopes: ['notes:read'] });
    const { origin } = world.lab.siteA;
    const { store } = world.ports;
    const began = (await store.findGrant(origin, world.resource))!;
    const { resource, account } = began;
    const id = 'left';
    const request = { scopes: [], demanded: [], challenged: false, rediscover: false };
    const asked = { id, origin, asked: resource, createdAt: Date.now(), reached: [] };
    await store.saveFlow({ ...asked, stage: 'exchanging', request });
    const from = { asked: resource, flow: id, began };
    const grant = { ...began, ceiling: ['notes:read', 'notes:write'], carriedSoFar: true as const };
    await store.saveUnfinished(id, { todo: 'commit', grant, from });
    // Its token was in the page, and the user wants it kept from now on.
    const about = { origin, resource, account };
    await store.updateGrant(began, { sealedOnly: true, headers: ['x-team'] });
    await world.restart();
    await expect.poll(async () => (await store.listUnfinished()).length).toBe(0);
    expect(await store.readGrant(about)).toMatchObject({
      ceiling: expect.arrayContaining(['notes:write']) as string[],
      sealedOnly: true,
      headers: ['x-team'],
    });
    expect(await store.readGrant(about)).not.toMatchObject({ carriedSoFar: true });
    await expect(world.getToken()).rejects.toMatchObject({ code: 'sealed' });
  });
});

describe('four sites that hold all that may be carried', () => {
  it('leave room for another (T-12, Z32)', async () => {
    const world = await open();
    await world.getToken({ scopes: ['notes:read'] });
    script(world, () => answerOf('{}'));
    for (let site = 0; site < 4; site += 1) {
      const from = `https://a${site}.example`;
      const pages = [world.openPage(from), world.openPage(from)];
      for (const { caller } of pages)
        for (let count = 0; count < 32; count += 1)
          world.life.carrying.serve(
            { post: () => {}, onMessage: () => {}, onClosed: () => {}, close: () => {} },
            caller,
          );
    }
    expect((await world.carry(post(rpc('ping'))).ended()).head?.status).toBe(200);
  });
});
