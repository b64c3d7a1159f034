/** `broker.fetch` against a real server and a scripted broker: tokens, 401, bodies, and where no token goes. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusal, token } from './fake-broker.ts';
import {
  always,
  hideChallenges,
  OK,
  onlyInteractively,
  rpc,
  sent,
  serve,
  setUp,
  tearDown,
  UNAUTHORIZED,
  wants,
} from './fetch-setup.ts';

afterEach(tearDown);

describe('a request to a server that the page holds a token for', () => {
  it('carries it in the Authorization header from the start (R77, R78)', async () => {
    const { server, fake, broker, url } = await setUp(wants('t1'), always('t1'));
    expect((await broker.fetch(url)).status).toBe(200);
    expect(sent(server)).toEqual(['Bearer t1']);
    expect(server.arrivals[0]?.path).toBe('/mcp');
    expect(fake.asked).toEqual([{ resource: url, interactive: false }]);
  });

  it('asks the broker once for many requests', async () => {
    const { fake, broker, url } = await setUp(wants('t1'), always('t1'));
    await Promise.all([broker.fetch(url), broker.fetch(url), broker.fetch(url)]);
    await broker.fetch(`${url}#fragment`);
    expect(fake.asked).toHaveLength(1);
  });

  it('asks again for a token that has less than 30 s left', async () => {
    const lifetimes = [29_000, 31_000];
    const { fake, broker, url } = await setUp(wants('t'), () =>
      token('t', 'read', lifetimes.shift()),
    );
    for (let i = 0; i < 3; i++) await broker.fetch(url);
    expect(fake.asked).toHaveLength(2);
  });

  it('uses what the page has asked for by itself, however the URL is spelled', async () => {
    const { server, fake, broker } = await setUp(wants('t1'), always('t1'));
    await broker.getToken({ resource: server.origin });
    await broker.fetch(`${server.origin}/`);
    expect(sent(server)).toEqual(['Bearer t1']);
    expect(fake.asked).toHaveLength(1);
  });

  it('is named by its full URL when the page names it relative to itself', async () => {
    vi.stubGlobal('document', { baseURI: 'https://app.example/chat/' });
    vi.stubGlobal('fetch', () => Promise.resolve(new Response()));
    const { fake, broker } = await setUp(() => OK, always('t1'));
    const resource = 'https://app.example/chat/mcp';
    await broker.permission(resource);
    fake.tell({ type: 'grantchange', resource, scopes: [] });
    await broker.fetch('mcp#fragment');
    expect(fake.asked[0]).toMatchObject({ resource });
  });

  it.each([
    ['grantchange', 'Bearer t2'],
    // Nothing is held there any more, so the page's own request comes first.
    ['revoked', undefined],
  ] as const)('is not sent with the former token after %s', async (type, then) => {
    const { server, fake, broker, url } = await setUp(() => OK, always('t1', 't2'));
    await broker.fetch(url);
    fake.tell({ type, resource: 'https://other.example/', scopes: [] });
    await broker.fetch(url);
    fake.tell({ type, resource: url, scopes: [] });
    await broker.fetch(url);
    expect(sent(server)).toEqual(['Bearer t1', 'Bearer t1', then]);
  });

  it('asks again after the channel was lost, since a revocation may have been missed', async () => {
    const { fake, broker, url } = await setUp(() => OK, always('t1'));
    await broker.fetch(url);
    fake.kill();
    await broker.fetch(url);
    expect(fake.asked).toHaveLength(2);
  });

  it('carries no token any more once the page has given its grant back', async () => {
    let granted = true;
    const { server, broker, url } = await setUp(
      () => OK,
      (call) => {
        if (call === 'release') return { released: !(granted = false) };
        return granted ? token('t1') : refusal('interaction_required');
      },
    );
    await broker.fetch(url);
    await broker.release(url);
    await broker.fetch(url);
    expect(sent(server)).toEqual(['Bearer t1', undefined]);
  });

  it('is left alone when the page has set Authorization itself', async () => {
    const { server, fake, broker, url } = await setUp(() => UNAUTHORIZED, always('t1'));
    const headers = { authorization: 'Bearer mine' };
    expect((await broker.fetch(url, { headers })).status).toBe(401);
    expect((await broker.fetch(new Request(url, { headers }))).status).toBe(401);
    expect(sent(server)).toEqual(['Bearer mine', 'Bearer mine']);
    expect(fake.received).toEqual([]);
  });

  it('keeps the method, the headers and the body of the caller', async () => {
    const { server, broker, url } = await setUp(wants('t1'), always('t1'));
    await broker.fetch(new URL(url), {
      method: 'POST',
      headers: [['mcp-session-id', 's1']],
      body: 'b',
    });
    expect(server.arrivals[0]).toMatchObject({
      method: 'POST',
      body: 'b',
      headers: { 'mcp-session-id': 's1' },
    });
  });
});

describe('a request to a server that the page holds no token for', () => {
  it('is sent without one, and asks the broker no second time', async () => {
    const { server, fake, broker, url } = await setUp(() => OK, onlyInteractively());
    await broker.fetch(url);
    await broker.fetch(url);
    expect(sent(server)).toEqual([undefined, undefined]);
    expect(fake.asked).toEqual([{ resource: url, interactive: false }]);
  });

  it('asks again when the broker could not say', async () => {
    const { fake, broker, url } = await setUp(
      () => OK,
      () => refusal('rate_limited', true),
    );
    await broker.fetch(url);
    await broker.fetch(url);
    expect(fake.asked).toHaveLength(2);
  });

  it('asks again once a 401 has shown that there is something', async () => {
    let granted = false;
    const { fake, broker, url } = await setUp(wants('t1'), (_, { interactive }) => {
      granted ||= interactive !== false;
      return granted ? token('t1', 'read', 10_000) : refusal('interaction_required');
    });
    await broker.fetch(url);
    await broker.fetch(url);
    expect(fake.asked).toEqual([
      { resource: url, interactive: false },
      expect.objectContaining({ challenge: expect.any(String) as string }),
      { resource: url, interactive: false },
    ]);
  });

  it('is not sent at all when the signal is aborted while the broker is asked', async () => {
    let answers = 0;
    const { server, fake, broker, url } = await setUp(
      () => OK,
      () => (answers++ === 0 ? 'silence' : token('t1')),
    );
    const controller = new AbortController();
    const asked = broker.fetch(url, { signal: controller.signal });
    await expect.poll(() => fake.asked).toHaveLength(1);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.arrivals).toEqual([]);
    await broker.fetch(url);
    expect(sent(server)).toEqual(['Bearer t1']);
  });

  it('does not touch other schemes or credentials in the URL', async () => {
    const { fake, broker, server } = await setUp(() => OK, always('t1'));
    expect(await (await broker.fetch('data:text/plain,here')).text()).toBe('here');
    await expect(broker.fetch(server.origin.replace('//', '//user:word@'))).rejects.toThrow(
      TypeError,
    );
    await expect(broker.fetch('not a url')).rejects.toThrow(TypeError);
    expect(fake.received).toEqual([]);
  });
});

describe('a 401', () => {
  it('is answered with a token of the broker, who is shown the challenge (R9)', async () => {
    const { server, fake, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    const response = await broker.fetch(url, { method: 'POST', body: '{}' });
    expect(await response.text()).toBe('fine');
    expect(server.arrivals.map(({ body }) => body)).toEqual(['{}', '{}']);
    expect(fake.asked[1]).toEqual({
      resource: url,
      challenge: UNAUTHORIZED.headers?.['www-authenticate'],
    });
  });

  it('names the token that was refused', async () => {
    const { fake, broker, url } = await setUp(wants('t2'), always('t1', 't2'));
    expect((await broker.fetch(url)).status).toBe(200);
    expect(fake.asked[1]).toMatchObject({ resource: url, rejected: 't1' });
  });

  it('is retried twice at most', async () => {
    const { server, broker, url } = await setUp(() => UNAUTHORIZED, always('a', 'b', 'c', 'd'));
    expect((await broker.fetch(url)).status).toBe(401);
    expect(sent(server)).toEqual(['Bearer a', 'Bearer b', 'Bearer c']);
  });

  it('is not retried with the token that was refused', async () => {
    const { server, broker, url } = await setUp(() => UNAUTHORIZED, always('same'));
    expect((await broker.fetch(url)).status).toBe(401);
    expect(server.arrivals).toHaveLength(1);
  });

  it('is returned with its body when the user denies', async () => {
    const { broker, url } = await setUp(
      () => ({ ...UNAUTHORIZED, body: 'sign in' }),
      () => refusal('access_denied'),
    );
    const response = await broker.fetch(url);
    expect([response.status, await response.text()]).toEqual([401, 'sign in']);
  });

  it('makes the page forget the token that was refused, when there is no other', async () => {
    let revoked = false;
    const { server, broker, url } = await setUp(
      () => UNAUTHORIZED,
      (_, { rejected }) => {
        revoked ||= rejected === 't1';
        return revoked ? refusal('access_denied') : token('t1');
      },
    );
    await broker.fetch(url);
    await broker.fetch(url);
    expect(sent(server)).toEqual(['Bearer t1', undefined]);
  });

  it('gives its connection back once it is retried', async () => {
    const closed = vi.fn();
    const { broker, url } = await setUp(({ authorization }, response) => {
      if (authorization === 'Bearer t1') return OK;
      response.on('close', closed).writeHead(401, UNAUTHORIZED.headers).write('without an end');
      return undefined;
    }, onlyInteractively('t1'));
    expect((await broker.fetch(url)).status).toBe(200);
    await expect.poll(() => closed).toHaveBeenCalled();
  });

  it('asks without a challenge when the header cannot be read (Q6)', async () => {
    hideChallenges();
    const { fake, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    expect((await broker.fetch(url, rpc({ id: 1, method: 'ping' }))).status).toBe(200);
    expect(fake.asked[1]).toEqual({ resource: url });
  });

  it('asks the broker once for many requests that were refused alike', async () => {
    const { fake, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    const responses = await Promise.all(Array.from({ length: 20 }, () => broker.fetch(url)));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(fake.asked).toHaveLength(2);
  });

  it('opens no UI with interactive: false', async () => {
    const { fake, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    expect((await broker.fetchWith({ interactive: false })(url)).status).toBe(401);
    expect(fake.asked).toHaveLength(2);
    for (const params of fake.asked) expect(params).toMatchObject({ interactive: false });
  });

  it.each([
    ['the init', (url: string, init: RequestInit) => ({ input: url, init })],
    ['a Request', (url: string, init: RequestInit) => ({ input: new Request(url, init) })],
  ])('stops waiting for the user when the signal of %s is aborted', async (_, requestOf) => {
    const { fake, broker, url } = await setUp(wants('t1'), (_, { interactive }) =>
      interactive === false ? refusal('interaction_required') : 'silence',
    );
    const controller = new AbortController();
    const { input, init }: { input: RequestInfo; init?: RequestInit } = requestOf(url, {
      signal: controller.signal,
    });
    const asked = broker.fetch(input, init);
    await expect.poll(() => fake.asked).toHaveLength(2);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => fake.cancelled).toEqual([2]);
  });

  it('goes on for the others when one of them stops waiting', async () => {
    let decide: (answer: unknown) => void = () => {};
    const { fake, broker, url } = await setUp(wants('t1'), (_, { interactive }) =>
      interactive === false
        ? refusal('interaction_required')
        : new Promise((resolve) => (decide = resolve)),
    );
    const controller = new AbortController();
    const stopped = broker.fetch(url, { signal: controller.signal });
    const waiting = broker.fetch(url);
    await expect.poll(() => fake.asked).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    controller.abort();
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    decide(token('t1'));
    expect((await waiting).status).toBe(200);
    expect(fake.cancelled).toEqual([]);
  });
});

describe('what is sent again', () => {
  const body = 'a body of some length';

  it('is the body of a Request, which can be read only once', async () => {
    const { server, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    const request = new Request(url, { method: 'POST', body, headers: { 'x-mine': '1' } });
    expect((await broker.fetch(request)).status).toBe(200);
    expect(server.arrivals.map((arrival) => arrival.body)).toEqual([body, body]);
    expect(server.arrivals[1]?.headers['x-mine']).toBe('1');
    expect(request.bodyUsed).toBe(true);
  });

  it('is a Request as its init changes it', async () => {
    const { server, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    await broker.fetch(new Request(url), { method: 'PUT', headers: { 'x-mine': '2' }, body });
    expect(server.arrivals[1]).toMatchObject({ method: 'PUT', body, headers: { 'x-mine': '2' } });
  });

  it('is a stream', async () => {
    const { server, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    const init = { method: 'POST', body: new Blob([body]).stream(), duplex: 'half' };
    expect((await broker.fetch(url, init)).status).toBe(200);
    expect(server.arrivals.map((arrival) => arrival.body)).toEqual([body, body]);
  });
});

describe('a token of one path', () => {
  it('does not reach another path of the same origin', async () => {
    const { server, broker } = await setUp(
      () => OK,
      (_, { resource }) =>
        String(resource).endsWith('/a') ? token('for-a') : refusal('interaction_required'),
    );
    await broker.fetch(`${server.origin}/a`);
    await broker.fetch(`${server.origin}/b`);
    await broker.fetch(`${server.origin}/a/deeper`);
    await broker.fetch(`${server.origin}/a?query`);
    expect(sent(server)).toEqual(['Bearer for-a', undefined, undefined, undefined]);
  });

  it('does not reach a path whose 401 names the metadata of the first', async () => {
    const { server, fake, broker } = await setUp(wants('for-a'), (_, params) =>
      String(params['resource']).endsWith('/a') ? token('for-a') : refusal('connect_failed'),
    );
    await broker.fetch(`${server.origin}/a`);
    expect((await broker.fetch(`${server.origin}/b`)).status).toBe(401);
    expect(sent(server)).toEqual(['Bearer for-a', undefined]);
    expect(fake.asked.at(-1)).toMatchObject({ resource: `${server.origin}/b` });
  });

  it('does not follow a redirect to another origin (T-20)', async () => {
    const elsewhere = await serve(() => OK);
    const { server, broker, url } = await setUp(
      () => ({ status: 307, headers: { location: `${elsewhere.origin}/taken` } }),
      always('t1'),
    );
    expect((await broker.fetch(url)).status).toBe(200);
    expect(server.arrivals[0]?.authorization).toBe('Bearer t1');
    expect(sent(elsewhere)).toEqual([undefined]);
    expect((await broker.fetch(url, { redirect: 'manual' })).status).toBe(307);
  });
});

it('needs no this', async () => {
  const { broker, url } = await setUp(wants('t1'), always('t1'));
  const { fetch, getToken, permission, addEventListener } = broker;
  const responses = await Promise.all([fetch(url), fetch.call(undefined, url)]);
  expect(responses.map(({ status }) => status)).toEqual([200, 200]);
  expect((await getToken({ resource: url })).access_token).toBe('t1');
  await permission(url);
  addEventListener('revoked', () => {})();
});
