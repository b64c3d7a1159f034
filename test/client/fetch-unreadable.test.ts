/** `broker.fetch` at servers whose refusals carry no CORS headers: all that a page gets is a `TypeError` (ADR 0026). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusal, token } from './fake-broker.ts';
import {
  always,
  hideRefusals,
  OK,
  onlyInteractively,
  pass,
  rpc,
  sent,
  setPersonActive,
  setUp,
  tearDown,
  wants,
} from './fetch-setup.ts';

afterEach(tearDown);

const LIST = rpc({ id: 1, method: 'tools/list' });
const CALL = rpc({ id: 2, method: 'tools/call', params: { name: 'pay' } });
const LISTEN: RequestInit = {
  headers: { accept: 'text/event-stream', 'mcp-session-id': 's1' },
};

describe('a TypeError without a token', () => {
  it.each([
    ['initialize', rpc({ id: 0, method: 'initialize' })],
    ['server/discover', rpc({ id: 0, method: 'server/discover' })],
    ['ping', rpc({ id: 0, method: 'ping' })],
    ['resources/templates/list', rpc({ id: 0, method: 'resources/templates/list' })],
    ['GET of a stream', LISTEN],
    ['GET of a stream of the older transport', { headers: { accept: 'text/event-stream' } }],
  ])('asks once, and sends again what changes nothing: %s (Z28)', async (_, init) => {
    hideRefusals();
    const { server, fake, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    expect((await broker.fetch(url, init)).status).toBe(200);
    expect(sent(server)).toEqual([undefined, 'Bearer t1']);
    expect(fake.asked).toEqual([{ resource: url, interactive: false }, { resource: url }]);
  });

  it.each([
    ['tools/call', CALL],
    ['notifications/initialized', rpc({ method: 'notifications/initialized' })],
    ['resources/read', rpc({ id: 3, method: 'resources/read' })],
    ['a list and a call', { ...LIST, body: `[${String(LIST.body)},${String(CALL.body)}]` }],
    ['no JSON-RPC', { ...LIST, body: '{}' }],
  ])(
    'asks once, and leaves it to the client to repeat what may have run: %s (Z28)',
    async (_, init) => {
      hideRefusals();
      const { server, fake, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
      const failure = await broker.fetch(url, init).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TypeError);
      expect((failure as TypeError).message).toBe('Failed to fetch');
      expect(server.arrivals).toHaveLength(1);
      expect(fake.asked).toHaveLength(2);
      expect((await broker.fetch(url, init)).status).toBe(200);
      expect(fake.asked).toHaveLength(2);
    },
  );

  it.each<[string, RequestInit]>([
    ['a GET', {}],
    ['a GET of no stream', { headers: { accept: 'application/json', 'mcp-session-id': 's1' } }],
    ['a POST of JSON', { ...LIST, headers: { 'content-type': 'application/json' } }],
    [
      'a POST that takes JSON alone',
      { ...LIST, headers: { 'content-type': 'application/json', accept: 'application/json' } },
    ],
    [
      'a POST of text',
      {
        ...LIST,
        headers: { 'content-type': 'text/plain', accept: 'application/json, text/event-stream' },
      },
    ],
    ['a PUT', { ...LIST, method: 'PUT' }],
    ['a DELETE', { method: 'DELETE', headers: { 'mcp-session-id': 's1' } }],
    ['a request with cookies', { ...LIST, credentials: 'include' }],
    ['a request that asks for no CORS', { ...LIST, mode: 'no-cors' }],
  ])('is no matter of the broker for another kind of request: %s (Z28)', async (_, init) => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    const { fake, broker, url } = await setUp(() => OK, onlyInteractively('t1'));
    await expect(broker.fetch(url, init)).rejects.toThrow(TypeError);
    expect(fake.asked).toEqual([{ resource: url, interactive: false }]);
  });

  it("is no matter of the broker for a site's own API (Z28)", async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    const { server, fake, broker, url } = await setUp(() => OK, onlyInteractively('t1'));
    vi.stubGlobal('location', { origin: server.origin });
    await expect(broker.fetch(url, LIST)).rejects.toThrow(TypeError);
    expect(fake.asked).toHaveLength(1);
  });

  it('is known for a Request as for an init', async () => {
    hideRefusals();
    const { fake, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    await expect(broker.fetch(new Request(url, LIST))).rejects.toThrow('Failed to fetch');
    // Its body is not looked into, so it may change something.
    expect(fake.asked).toHaveLength(2);
    expect((await broker.fetch(new Request(url, LIST))).status).toBe(200);
  });

  it('asks once for many requests, and not again for a minute', async () => {
    hideRefusals();
    const { fake, broker, url } = await setUp(
      () => ({ status: 401 }),
      () => refusal('connect_failed'),
    );
    const attempt = (): Promise<unknown> =>
      broker.fetch(url, LIST).then(
        () => undefined,
        (error: unknown) => error,
      );
    pass(0);
    await Promise.all(Array.from({ length: 10 }, attempt));
    expect(fake.asked).toHaveLength(2);
    for (let i = 0; i < 5; i++) expect(await attempt()).toBeInstanceOf(TypeError);
    expect(fake.asked).toHaveLength(2);
    pass(60_000);
    expect(await attempt()).toBeInstanceOf(TypeError);
    expect(fake.asked).toHaveLength(3);
  });

  it('lets everybody wait for the one question, however long the user reads', async () => {
    hideRefusals();
    let decide: (answer: unknown) => void = () => {};
    const answer = new Promise((resolve) => (decide = resolve));
    const { fake, broker, url } = await setUp(wants('t1'), (_, { interactive }) =>
      interactive === false ? refusal('interaction_required') : answer,
    );
    const first = broker.fetch(url, LIST);
    await expect.poll(() => fake.asked).toHaveLength(2);
    const second = broker.fetch(url, LIST);
    await new Promise((resolve) => setTimeout(resolve, 50));
    decide(token('t1'));
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(fake.asked).toHaveLength(2);
  });

  it('leaves alone what is thrown for another reason', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new RangeError('mine')));
    const { fake, broker, url } = await setUp(() => OK, onlyInteractively('t1'));
    await expect(broker.fetch(url, LIST)).rejects.toThrow('mine');
    expect(fake.asked).toHaveLength(1);
  });
});

describe('a TypeError with a token', () => {
  it('asks whether there is another, without a window, and sends again what changes nothing', async () => {
    hideRefusals();
    const { server, fake, broker, url } = await setUp(wants('t2'), always('t1', 't2'));
    expect((await broker.fetch(url, LIST)).status).toBe(200);
    expect(sent(server)).toEqual(['Bearer t1', 'Bearer t2']);
    expect(fake.asked[1]).toEqual({ resource: url, rejected: 't1', interactive: false });
  });

  it('leaves it to the client to repeat what may have run', async () => {
    hideRefusals();
    const { server, broker, url } = await setUp(wants('t2'), always('t1', 't2'));
    await expect(broker.fetch(url, CALL)).rejects.toThrow('Failed to fetch');
    expect(server.arrivals).toHaveLength(1);
    expect((await broker.fetch(url, CALL)).status).toBe(200);
  });

  it('may open a window where a person has just acted', async () => {
    hideRefusals();
    setPersonActive(true);
    const { fake, broker, url } = await setUp(wants('t2'), always('t1', 't2'));
    expect((await broker.fetch(url, LIST)).status).toBe(200);
    expect(fake.asked[1]).toEqual({ resource: url, rejected: 't1' });
  });

  it('asks once a minute at most, whatever the broker answers: it may be the network', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    let asked = 0;
    const { fake, broker, url } = await setUp(
      () => OK,
      () => token(`t${asked++}`),
    );
    pass(0);
    for (let i = 0; i < 10; i++) {
      await expect(broker.fetch(url, LIST)).rejects.toThrow(TypeError);
    }
    expect(fake.asked).toHaveLength(2);
    pass(60_000);
    await expect(broker.fetch(url, LIST)).rejects.toThrow(TypeError);
    expect(fake.asked).toHaveLength(3);
  });

  it('sends nothing again when there is no other', async () => {
    hideRefusals();
    const { server, broker, url } = await setUp(wants('t2'), always('t1'));
    await expect(broker.fetch(url, LIST)).rejects.toThrow('Failed to fetch');
    expect(server.arrivals).toHaveLength(1);
  });
});
