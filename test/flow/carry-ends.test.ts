/** What ends a carried request: its grant, its site, the access to its server, its page, and what its server sends (Z29, Z33). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answerOf,
  endless,
  EVENTS,
  post,
  rpc,
  script,
  TokenSearch,
  type Sent,
} from './carrying.ts';
import { World } from './world.ts';

let world: World;
let search: TokenSearch;
beforeEach(async () => {
  world = await World.open();
  search = new TokenSearch();
  await world.getToken({ scopes: ['notes:read'] });
  await search.remember(world);
});
afterEach(async () => {
  await search.expectNone(world);
  await world.close();
});

const origin = () => world.lab.siteA.origin;
const grant = async () => (await world.ports.store.findGrant(origin(), world.resource))!;
/** Lets everything happen that is under way without a timer. */
const sleep = () => new Promise((resolve) => setTimeout(resolve, 50));
const EVENT_STREAM: [string, string][] = [['content-type', 'text/event-stream']];

/** A stream under way, of a site. */
async function streaming(from = origin(), url = world.resource) {
  const sent = script(world, ({ signal }) => answerOf(endless(signal), { headers: EVENT_STREAM }));
  const request = world.carry({ url, headers: EVENTS }, from);
  await request.until(() => request.text.includes('hello') || request.isClosed);
  expect(request.head?.status).toBe(200);
  return { request, sent };
}

describe('a stream under way', () => {
  const key = async () => {
    const { resource, account } = await grant();
    return { origin: origin(), resource, account };
  };
  const ENDS: [what: string, act: () => Promise<unknown>][] = [
    ['its grant is disconnected', async () => world.own.disconnect(await key())],
    ['its server is disconnected', () => world.own.disconnectServer({ resource: world.resource })],
    ['its page gives it back', () => world.pageOf().call('release', { resource: world.resource })],
    [
      'a scope is taken away',
      async () => world.own.removeScope({ ...(await key()), scope: 'notes:read' }),
    ],
    ['its site is paused', () => world.own.pause({ origin: origin(), paused: true })],
    ['everything is erased', () => world.own.erase({ what: 'everything' })],
    [
      'access to its server is withdrawn',
      () => {
        world.hostAccess = () => false;
        world.withdrawn(['http://127.0.0.1/*']);
        return Promise.resolve();
      },
    ],
  ];

  it.each(ENDS)('ends at once when %s, and its server hears of it (Z33)', async (_what, act) => {
    const { request, sent } = await streaming();
    await act();
    await request.ended();
    expect(request.error?.code).toBe('access_denied');
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  it('ends when its grant is over (Z33)', async () => {
    world.duration = 'day';
    await world.own.disconnect(await key());
    await world.getToken({ scopes: ['notes:read'] });
    await search.remember(world);
    const { request } = await streaming();
    world.elapsed += 86_400_001;
    await world.own.grants({});
    await request.ended();
    expect(request.error?.code).toBe('access_denied');
  });

  it('goes on when another site’s grant goes, or more is allowed (Z33)', async () => {
    const siteB = world.lab.siteB.origin;
    await world.getToken({ scopes: ['notes:read'] }, { origin: siteB });
    const { request } = await streaming();
    await world.own.disconnect({ ...(await key()), origin: siteB });
    await world.getToken({ scopes: ['notes:write'] });
    await sleep();
    expect(request.isClosed).toBe(false);
    request.leave();
  });

  it('ends with its page, and so does the server’s work (T-06)', async () => {
    const { request, sent } = await streaming();
    request.leave();
    await expect.poll(() => sent[0]?.signal.aborted).toBe(true);
    expect(request.error).toBeUndefined();
  });
});

describe('without access to the host', () => {
  it('the page sends its request with a token, unless the grant is sealed (Z33)', async () => {
    const sent = script(world, () => answerOf('{}'));
    world.hostAccess = () => false;
    const open = await world.carry(post(rpc('ping'))).ended();
    expect([open.instead, sent.length]).toEqual(['token', 0]);
    await world.ports.store.updateGrant(await grant(), { sealedOnly: true });
    const sealed = await world.carry(post(rpc('ping'))).ended();
    expect([sealed.error?.code, sent.length]).toEqual(['host_access_required', 0]);
  });
});

describe('a sealed grant', () => {
  it('is carried, and gives no page its token (Z26)', async () => {
    await world.ports.store.updateGrant(await grant(), { sealedOnly: true });
    script(world, () => answerOf('{"ok":1}'));
    expect((await world.carry(post(rpc('ping'))).ended()).text).toBe('{"ok":1}');
    await expect(world.getToken()).rejects.toMatchObject({ code: 'sealed' });
    const { resource } = world;
    const held = await world.pageOf().call('permission', { resource });
    expect(held).toMatchObject({ granted: true, carried: true, sealed: true });
  });
});

describe('what a page is told where it is carried', () => {
  it('is every address that leads to a grant of its own, and no other’s (Z26)', async () => {
    const page = world.pageOf();
    const hello = await page.call('hello', {});
    expect(hello.features).toEqual({ token: '1.0', fetch: '1.0' });
    expect(hello.held).toEqual([{ url: world.resource, carried: true }]);
    expect((await world.pageOf(world.lab.siteB.origin).call('hello', {})).held).toEqual([]);
    world.hostAccess = () => false;
    expect((await page.call('hello', {})).held).toEqual([{ url: world.resource, carried: false }]);
  });
});

describe('a server that repeats the credential', () => {
  const refreshed = () => world.lab.ledger.cost().refreshes;
  const cases: [where: string, answer: (token: string) => Parameters<typeof answerOf>][] = [
    ['in a body', (token) => [`{"you sent": "${token}"}`]],
    ['across the border of two chunks', (token) => [inTwo(token), { headers: EVENT_STREAM }]],
    ['in an event', (token) => [`data: ${token}\n\n`, { headers: EVENT_STREAM }]],
  ];

  it.each(cases)('%s: the body ends, and the token is replaced (Z29)', async (_where, answer) => {
    const before = (await grant()).token?.accessToken;
    script(world, ({ token = '' }) => answerOf(...answer(token)));
    const { error, transcript } = await world.carry(post(rpc('ping'))).ended();
    expect(error?.code).toBe('network_error');
    expect(transcript).not.toContain(before);
    await expect.poll(async () => (await grant()).token?.accessToken).not.toBe(before);
    await search.remember(world);
    expect(refreshed()).toBe(1);
    await world.life.ports.log.write();
    const { rows } = await world.own.activity({ limit: 10 });
    expect(rows.filter(({ kind }) => kind === 'failed').map(({ reason }) => reason)).toEqual([
      'credential_returned',
    ]);
  });

  it('in a header: the header stays here, and the token is replaced (Z29)', async () => {
    script(world, ({ token = '' }) =>
      answerOf('{}', {
        headers: [
          ['mcp-session-id', `s-${token}`],
          ['etag', 'e'],
        ],
        statusText: token,
      }),
    );
    const { head, text } = await world.carry(post(rpc('ping'))).ended();
    expect([head?.headers, head?.statusText, text]).toEqual([[['etag', 'e']], '', '{}']);
    await expect.poll(refreshed).toBe(1);
    await search.remember(world);
  });

  it('again and again costs its provider one refresh (Z29, Z55)', async () => {
    const sent: Sent[] = script(world, ({ token = '' }) => answerOf(`{"t":"${token}"}`));
    for (let count = 0; count < 3; count += 1) {
      await world.carry(post(rpc('ping'))).ended();
      // Each time with what the last has left.
      await expect.poll(refreshed).toBeGreaterThan(0);
      await sleep();
    }
    await expect.poll(refreshed).toBe(1);
    await search.remember(world);
    expect(sent.length).toBe(3);
    expect(refreshed()).toBe(1);
  });
});

/** A body of two chunks, the border within the token. */
function inTwo(token: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(`data: ${token.slice(0, 9)}`));
      controller.enqueue(encoder.encode(`${token.slice(9)}\n\n`));
      controller.close();
    },
  });
}

describe('a worker that is killed', () => {
  it('before a request was sent leaves it unsent; after that it never goes again (Z28, Z31)', async () => {
    let isHeld = 0;
    world.ports.keepAlive = () => {
      isHeld += 1;
      return () => void (isHeld -= 1);
    };
    await world.restart();
    const { request, sent } = await streaming();
    expect([isHeld, sent.length]).toEqual([1, 1]);
    await world.restart();
    expect(sent.length).toBe(1);
    expect(request.said.filter((one) => 'sent' in one).length).toBe(1);
    request.leave();
    await expect.poll(() => isHeld).toBe(0);
  });
});
