/** When a request is carried, when the page sends it itself, and when the broker hears nothing of it (Z26, Z28). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { setUpCarried, type CarriedSetup } from './carried-setup.ts';
import { refusal, settled, token, type Script } from './fake-broker.ts';
import { carryWith } from './fake-carrier.ts';
import {
  hideRefusals,
  OK,
  pass,
  rpc,
  sent,
  serve,
  setPersonActive,
  tearDown,
  UNAUTHORIZED,
  wants,
} from './fetch-setup.ts';

afterEach(tearDown);

const LIST = rpc({ id: 1, method: 'tools/list' });
const CALL = rpc({ id: 2, method: 'tools/call', params: { name: 'pay' } });
const EVENTS = { headers: { accept: 'text/event-stream' } };

/** A page that holds nothing, before a server that wants a token; the user allows everything. */
const stranger = (): Promise<CarriedSetup> =>
  setUpCarried(wants('secret'), { carrying: carryWith('secret'), held: () => [] });

const outcomes = async (requests: (() => Promise<Response>)[]): Promise<unknown[]> => {
  const all = await Promise.allSettled(requests.map((request) => request()));
  return Promise.all(
    all.map(async (one) =>
      one.status === 'fulfilled'
        ? [one.value.status, one.value.type, await one.value.text()]
        : (one.reason as Error).name,
    ),
  );
};

describe('a page that puts broker.fetch in the place of its own fetch', () => {
  it('tells the broker nothing of 40 requests that are not MCP, failing ones included (Z28)', async () => {
    const statuses: Record<string, number> = { '/401': 401, '/403': 403, '/404': 404, '/500': 500 };
    const other = await serve(({ path, method, body }) => ({
      status: statuses[path] ?? 200,
      headers: path === '/401' ? { 'www-authenticate': 'Bearer realm="api"' } : {},
      body: `${method} ${body}`,
    }));
    const { messages, broker, url } = await setUpCarried(() => OK, { carrying: carryWith() });
    const native = fetch;
    vi.stubGlobal('location', { origin: other.origin });
    const json = { 'content-type': 'application/json', accept: 'application/json' };
    const inits: RequestInit[] = [
      {},
      { method: 'POST', body: '{"a":1}', headers: json },
      { method: 'PUT', body: 'x' },
      { method: 'DELETE' },
      { method: 'POST', body: new URLSearchParams('a=b'), mode: 'no-cors' },
      { headers: EVENTS.headers },
      { credentials: 'include', ...LIST },
    ];
    const paths = ['/', '/401', '/403', '/404', '/500'];
    const targets = paths.flatMap((path) =>
      inits.map((init) => [other.origin + path, init] as const),
    );
    const odd: [string | Request, RequestInit?][] = [
      ['data:text/plain,here'],
      ['http://127.0.0.1:1/closed'],
      ['http://127.0.0.1:1/closed', { method: 'POST', body: 'beacon', mode: 'no-cors' }],
      [new Request(`${other.origin}/401`, { method: 'POST', body: 'x' })],
      [new URL(url).origin],
      [`${url}-evil`],
    ];
    const all = [...targets, ...odd];
    const requestsOf = (send: typeof fetch) =>
      all.map(
        ([input, init]) =>
          () =>
            send(input instanceof Request ? input.clone() : input, init),
      );
    const expected = await outcomes(requestsOf(native));
    vi.stubGlobal('fetch', broker.fetch);
    expect(await outcomes(requestsOf(fetch))).toEqual(expected);
    expect(all.length).toBeGreaterThan(40);
    expect(messages()).toBe(0);
  });

  it('asks nothing of a public server with CORS, and adds nothing to its requests', async () => {
    const { server, messages, broker, url } = await setUpCarried(() => OK, {
      carrying: carryWith(),
      held: () => [],
    });
    vi.stubGlobal('fetch', broker.fetch);
    for (const init of [LIST, CALL, EVENTS]) expect((await fetch(url, init)).status).toBe(200);
    expect(server.arrivals).toHaveLength(3);
    expect(messages()).toBe(0);
  });

  it('has the requests of an MCP client carried once they are refused', async () => {
    const { server, fake, broker, url } = await stranger();
    vi.stubGlobal('fetch', broker.fetch);
    expect((await fetch(url, LIST)).status).toBe(200);
    expect((await fetch(url, CALL)).status).toBe(200);
    expect(sent(server)).toEqual([undefined, 'Bearer secret', 'Bearer secret']);
    expect(fake.received).toEqual([]);
  });
});

describe('a request where the page holds nothing', () => {
  it('reaches the broker with what its server said', async () => {
    const { carrier, broker, url } = await stranger();
    expect((await broker.fetch(url, LIST)).status).toBe(200);
    expect(carrier.ports.map(({ request }) => request?.refused)).toEqual([
      { status: 401, challenge: UNAUTHORIZED.headers!['www-authenticate'] },
    ]);
    expect(carrier.ports[0]?.text).toBe(LIST.body);
  });

  it.each([
    ['initialize', rpc({ id: 0, method: 'initialize' })],
    ['a tool call', CALL],
    ['the older transport', EVENTS],
  ])('reaches it after a TypeError, which says nothing: %s', async (_, init) => {
    hideRefusals();
    const { carrier, broker, url } = await stranger();
    await broker.fetch(url, init);
    expect(carrier.ports.map(({ request }) => request?.refused)).toEqual([{}]);
  });

  it('is carried at once from then on', async () => {
    const { server, carrier, broker, url } = await stranger();
    await broker.fetch(url, LIST);
    await broker.fetch(url, CALL);
    expect(carrier.ports[1]?.request).not.toHaveProperty('refused');
    expect(sent(server)).toEqual([undefined, 'Bearer secret', 'Bearer secret']);
  });

  it('is repeated by its client after a TypeError when it may have run, and is carried then (Z28)', async () => {
    hideRefusals();
    const { server, carrier, broker, url } = await stranger();
    carrier.carrying = (port) => port.say({ error: refusal('interrupted', true) });
    const failed = broker.fetch(url, CALL);
    await expect(failed).rejects.toThrow(TypeError);
    await expect(failed).rejects.toMatchObject({ cause: { code: 'interrupted' } });
    carrier.carrying = carryWith('secret');
    expect((await broker.fetch(url, CALL)).status).toBe(200);
    expect(sent(server)).toEqual([undefined, 'Bearer secret']);
  });

  it("gets its server's own answer when the user says no", async () => {
    const { carrier, broker, url } = await setUpCarried(
      () => ({ ...UNAUTHORIZED, body: 'sign in' }),
      { carrying: (port) => port.say({ error: refusal('access_denied') }), held: () => [] },
    );
    const response = await broker.fetch(url, LIST);
    expect([response.status, await response.text()]).toEqual([401, 'sign in']);
    expect(carrier.ports).toHaveLength(1);
  });

  it('is rejected with the reason when the user says no after a TypeError', async () => {
    hideRefusals();
    const { carrier, broker, url } = await stranger();
    carrier.carrying = (port) => port.say({ error: refusal('access_denied') });
    await expect(broker.fetch(url, LIST)).rejects.toMatchObject({
      name: 'TypeError',
      cause: { code: 'access_denied' },
    });
  });

  it('does not knock again for a minute where there is nothing to be had', async () => {
    pass(0);
    const { carrier, broker, url } = await stranger();
    carrier.carrying = (port) => port.say({ error: refusal('connect_failed') });
    for (let i = 0; i < 3; i++) expect((await broker.fetch(url, LIST)).status).toBe(401);
    expect(carrier.ports).toHaveLength(1);
    setPersonActive(true);
    await broker.fetch(url, LIST);
    expect(carrier.ports).toHaveLength(2);
  });

  it('never asks for a DELETE', async () => {
    const { carrier, broker, url } = await stranger();
    await broker.fetch(url, { method: 'DELETE' });
    expect(carrier.ports[0]?.request).toMatchObject({ interactive: false });
  });
});

describe('a request that the client gives up while the user is asked', () => {
  const cancel = rpc({ method: 'notifications/cancelled', params: { requestId: 2 } });

  it('is aborted, and its client gets what the server had said', async () => {
    const { carrier, broker, url } = await stranger();
    carrier.carrying = (port) =>
      port.text.includes('cancelled') && port.say({ instead: 'nothing' });
    const pending = broker.fetch(url, CALL);
    await expect.poll(() => carrier.ports[0]?.request).toBeDefined();
    const word = broker.fetch(url, cancel);
    expect((await pending).status).toBe(401);
    expect(carrier.ports[0]?.isClosed).toBe(true);
    expect((await word).status).toBe(401);
  });

  it('is aborted where it was carried at once', async () => {
    const { carrier, broker, url } = await setUpCarried(() => OK, {
      carrying: (port) => port.text.includes('cancelled') && port.answer(new Response(null)),
    });
    const pending = broker.fetch(url, CALL);
    const failed = expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => carrier.ports[0]?.request).toBeDefined();
    await broker.fetch(url, cancel);
    await failed;
    expect(carrier.ports[0]?.isClosed).toBe(true);
  });
});

describe('where the broker sends nothing itself', () => {
  const grants: Script = (call) => (call === 'getToken' ? token('mine') : 'silence');

  it("is a token's way when it lacks access to the host, and from then on at once (Z33)", async () => {
    const { server, carrier, broker, url } = await setUpCarried(wants('mine'), {
      carrying: (port) => port.say({ instead: 'token' }),
      script: grants,
    });
    for (let i = 0; i < 3; i++) {
      expect((await broker.fetch(url, { method: 'POST', body: 'b' })).status).toBe(200);
    }
    expect(sent(server)).toEqual(['Bearer mine', 'Bearer mine', 'Bearer mine']);
    expect(server.arrivals.map(({ body }) => body)).toEqual(['b', 'b', 'b']);
    expect(carrier.ports).toHaveLength(1);
  });

  it("is the page's own way, without anything, when the grant is gone", async () => {
    const { server, fake, carrier, broker, url } = await setUpCarried(() => OK, {
      carrying: (port) => port.say({ instead: 'nothing' }),
      script: grants,
    });
    for (let i = 0; i < 2; i++) expect((await broker.fetch(url)).status).toBe(200);
    expect(sent(server)).toEqual([undefined, undefined]);
    expect(carrier.ports).toHaveLength(1);
    expect(fake.asked).toEqual([]);
  });

  it('asks for a token where it says so after a refusal', async () => {
    const { server, fake, broker, url } = await setUpCarried(wants('mine'), {
      carrying: (port) => port.say({ instead: 'token' }),
      held: () => [],
      script: grants,
    });
    expect((await broker.fetch(url, CALL)).status).toBe(200);
    expect(sent(server)).toEqual([undefined, 'Bearer mine']);
    expect(fake.asked).toEqual([
      { resource: url, challenge: UNAUTHORIZED.headers!['www-authenticate'] },
    ]);
  });

  it.each<[string, Partial<Parameters<typeof setUpCarried>[1]>]>([
    ['it says that it has no access', { held: (url) => [{ url, carried: false }] }],
    ['the browser copies no bytes', { features: {}, held: (url) => [{ url, carried: false }] }],
  ])('sends the token of its grant when %s, as ever', async (_, standing) => {
    const { server, carrier, broker, url } = await setUpCarried(wants('mine'), {
      carrying: carryWith(),
      script: grants,
      ...standing,
    });
    expect((await broker.fetch(url, CALL)).status).toBe(200);
    expect(sent(server)).toEqual(['Bearer mine']);
    expect(carrier.ports).toEqual([]);
  });

  it("fails with carry: 'required', and no token reaches the page's own requests", async () => {
    const { server, broker, url } = await setUpCarried(wants('mine'), {
      carrying: (port) => port.say({ instead: 'token' }),
      script: grants,
    });
    const strict = broker.fetchWith({ carry: 'required' });
    for (let i = 0; i < 2; i++) {
      await expect(strict(url, CALL)).rejects.toMatchObject({
        name: 'TypeError',
        cause: { code: 'host_access_required', retryable: false },
      });
    }
    const elsewhere = broker.fetchWith({ carry: 'required' })(`${server.origin}/other`, LIST);
    await expect(elsewhere).rejects.toMatchObject({ cause: { code: 'host_access_required' } });
    expect(sent(server)).toEqual([undefined]);
  });
});

describe('what the page knows of its grants', () => {
  it('covers what lies below, and nothing beside (Z29)', async () => {
    const { carrier, broker, url } = await setUpCarried(() => OK, {
      carrying: carryWith('secret'),
    });
    for (const below of ['', '/', '/x', '?x']) await broker.fetch(url + below);
    for (const beside of ['-evil', '.x', ';x']) await broker.fetch(url + beside);
    expect(carrier.ports).toHaveLength(4);
  });

  it('grows with grantchange, and shrinks with revoked', async () => {
    const { server, fake, carrier, broker, url } = await setUpCarried(() => OK, {
      carrying: carryWith('secret'),
      held: () => [],
      script: () => ({ resource: 'x', granted: true, scopes: [], carried: true, sealed: false }),
    });
    await broker.permission(url);
    fake.tell({ type: 'grantchange', resource: url, scopes: [] });
    await broker.fetch(url);
    fake.tell({ type: 'revoked', resource: url, scopes: [] });
    await broker.fetch(url);
    expect(carrier.ports).toHaveLength(1);
    expect(sent(server)).toEqual(['Bearer secret', undefined]);
  });

  it('is tried anew after a lost channel: access to the host may have been given meanwhile', async () => {
    const { server, fake, carrier, broker, url } = await setUpCarried(() => OK, {
      carrying: carryWith('secret'),
      held: (at) => [{ url: at, carried: false }],
      script: (call) => (call === 'getToken' ? token('mine') : 'silence'),
    });
    await broker.fetch(url);
    expect(carrier.ports).toEqual([]);
    fake.kill();
    await broker.fetch(`${server.origin}/other`);
    await broker.fetch(url);
    await settled();
    expect(sent(server)).toEqual(['Bearer mine', undefined, 'Bearer secret']);
    expect(fake.calls).toHaveLength(1);
  });

  it('follows the endpoint that a carried stream of the older transport names', async () => {
    const { carrier, broker, url, server } = await setUpCarried(
      ({ path }) =>
        path === '/mcp'
          ? {
              status: 200,
              headers: { 'content-type': 'text/event-stream' },
              body: 'event: endpoint\ndata: /messages?s=1\n\n',
            }
          : { status: 202 },
      { carrying: carryWith('secret') },
    );
    await (await broker.fetch(url, EVENTS)).text();
    await broker.fetch(`${server.origin}/messages?s=1`, CALL);
    await broker.fetch(`${server.origin}/messages?s=2`, CALL);
    expect(carrier.ports.map(({ request }) => new URL(request!.url).pathname)).toEqual([
      '/mcp',
      '/messages',
    ]);
    expect(sent(server)).toEqual(['Bearer secret', 'Bearer secret', undefined]);
  });
});
