/** A carried request on its port: what goes out, what comes back, and how it ends (Z26–Z31). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GrantkeeperError, InsufficientScopeError } from '../../src/client/index.ts';
import { MAX_PART, MAX_UPLOAD } from '../../src/shared/carry-contract.ts';
import { refusal, settled } from './fake-broker.ts';
import { carryWith, type CarrierPort } from './fake-carrier.ts';
import { setUpCarried, type CarriedSetup } from './carried-setup.ts';
import { OK, sent, tearDown, wants } from './fetch-setup.ts';

afterEach(tearDown);

const carried = (carrying: (port: CarrierPort) => unknown): Promise<CarriedSetup> =>
  setUpCarried(() => OK, { carrying });

const failureOf = (request: Promise<unknown>): Promise<TypeError> =>
  request.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as TypeError,
  );

describe('a request where the page holds a grant', () => {
  it('is carried at once, and the page sends and holds nothing (Z26)', async () => {
    const { server, fake, carrier, broker, url } = await setUpCarried(wants('secret'), {
      carrying: carryWith('secret'),
    });
    const response = await broker.fetch(`${url}?a#fragment`, {
      headers: { 'mcp-session-id': 's' },
    });
    expect([response.status, await response.text()]).toEqual([200, 'fine']);
    expect(carrier.ports[0]?.request).toMatchObject({
      v: 1,
      url: `${url}?a`,
      method: 'GET',
      headers: [['mcp-session-id', 's']],
      body: new Uint8Array(),
      interactive: true,
      stepUps: 1,
      credit: 1_048_576,
    });
    expect(carrier.ports[0]?.request).not.toHaveProperty('refused');
    expect(sent(server)).toEqual(['Bearer secret']);
    expect(fake.received).toEqual([]);
  });

  it('is answered by a Response that says where it comes from, as do its clones', async () => {
    const { broker, url } = await carried((port) =>
      port.answer(new Response('x', { status: 203 })),
    );
    const response = await broker.fetch(`${url}#fragment`);
    for (const one of [response, response.clone(), response.clone().clone()]) {
      expect(one).toMatchObject({ url, type: 'cors', redirected: false, status: 203, ok: true });
      expect(await one.text()).toBe('x');
    }
  });

  it('tells the developer once of each header that is not carried (Z29)', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { broker, url } = await carried((port) => {
      const head = { status: 204, statusText: '', headers: [], hasBody: false };
      port.say({ head: { ...head, dropped: ['x-mine', 'x-other'] } });
      port.say({ end: true });
    });
    for (let i = 0; i < 3; i++) await broker.fetch(url);
    expect(warn.mock.calls.map(([text]) => String(text).match(/x-\w+/)?.[0])).toEqual([
      'x-mine',
      'x-other',
    ]);
    warn.mockRestore();
  });

  it.each([204, 205, 304])('has no body with status %d', async (status) => {
    const { broker, url } = await carried((port) => port.answer(new Response(null, { status })));
    const response = await broker.fetch(url);
    expect([response.status, response.body]).toEqual([status, null]);
  });

  it('is left to the page when it has its own Authorization', async () => {
    const { server, messages, broker, url } = await carried(carryWith('secret'));
    await broker.fetch(url, { headers: { authorization: 'Bearer mine' } });
    expect(sent(server)).toEqual(['Bearer mine']);
    expect(messages()).toBe(0);
  });

  it.each<[string, RequestInit]>([
    ['PUT', { method: 'PUT', body: 'x' }],
    ['HEAD', { method: 'HEAD' }],
    ['with cookies', { credentials: 'include' }],
  ])('is not carried when it cannot be: %s', async (_, init) => {
    const { server, carrier, broker, url } = await carried(carryWith('secret'));
    expect((await broker.fetch(url, init)).status).toBe(200);
    expect(carrier.ports).toEqual([]);
    expect(sent(server)).toEqual([undefined]);
  });
});

describe('the body of a carried request', () => {
  const form = (): FormData => {
    const data = new FormData();
    data.set('a', 'b');
    return data;
  };
  const stream = (): ReadableStream => new Blob(['tü']).stream();

  it.each<[string, BodyInit, string, string | undefined]>([
    ['text', 'tü', 'tü', 'text/plain;charset=UTF-8'],
    [
      'parameters',
      new URLSearchParams({ a: 'ü' }),
      'a=%C3%BC',
      'application/x-www-form-urlencoded',
    ],
    ['a Blob', new Blob(['tü'], { type: 'a/b' }), 'tü', 'a/b'],
    ['bytes', new TextEncoder().encode('tü'), 'tü', undefined],
    ['a part of a buffer', new TextEncoder().encode('xtüx').subarray(1, 4), 'tü', undefined],
    ['a buffer', new TextEncoder().encode('tü').buffer, 'tü', undefined],
  ])('may be %s', async (_, body, text, type) => {
    const { carrier, broker, url } = await carried(carryWith());
    await broker.fetch(url, { method: 'post', body });
    expect(carrier.ports[0]?.text).toBe(text);
    expect(carrier.ports[0]?.request?.method).toBe('POST');
    const headers = new Headers(carrier.ports[0]?.request?.headers);
    expect(headers.get('content-type') ?? undefined).toEqual(
      type === undefined ? undefined : expect.stringContaining(type),
    );
  });

  it('may be a form, whose boundary is in its type', async () => {
    const { carrier, broker, url } = await carried(carryWith());
    await broker.fetch(url, { method: 'POST', body: form() });
    const [, boundary] =
      /boundary=(.+)$/.exec(new Headers(carrier.ports[0]?.request?.headers).get('content-type')!) ??
      [];
    expect(carrier.ports[0]?.text).toContain(`--${boundary}`);
    expect(carrier.ports[0]?.text).toContain('name="a"');
  });

  it('may be a stream, also one that says nothing of being one', async () => {
    const { carrier, broker, url } = await carried(carryWith());
    await broker.fetch(url, { method: 'POST', body: stream() });
    await broker.fetch(url, { method: 'POST', body: stream(), duplex: 'half' } as RequestInit);
    expect(carrier.ports.map(({ text }) => text)).toEqual(['tü', 'tü']);
  });

  it('may come in pieces, of whatever lengths', async () => {
    const { carrier, broker, url } = await carried(carryWith());
    const pieces = ['one, ', 'two', '', ', and three'].map((text) =>
      new TextEncoder().encode(text),
    );
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift();
        if (piece) controller.enqueue(piece);
        else controller.close();
      },
    });
    await broker.fetch(url, { method: 'POST', body });
    expect(carrier.ports[0]?.text).toBe('one, two, and three');
  });

  it('may be that of a Request, with all that it says', async () => {
    const { carrier, broker, url } = await carried(carryWith());
    const request = new Request(url, { method: 'POST', body: 'tü', headers: { 'x-mine': '1' } });
    await broker.fetch(request);
    expect(request.bodyUsed).toBe(true);
    await broker.fetch(new Request(url), { method: 'POST', body: 'other' });
    expect(carrier.ports.map(({ text }) => text)).toEqual(['tü', 'other']);
    expect(carrier.ports[0]?.request?.headers).toContainEqual(['x-mine', '1']);
  });

  it('goes in parts, each after the former was taken', async () => {
    const { carrier, broker, url } = await carried((port) => port.answer(new Response('ok')));
    const sizes = [0, 1, MAX_PART - 1, MAX_PART, MAX_PART + 1, 3 * MAX_PART, 5 * MAX_PART - 7];
    for (const size of sizes) {
      const body = new Uint8Array(size).map((__, at) => at % 251);
      await broker.fetch(url, { method: 'POST', body });
      const port = carrier.ports.at(-1)!;
      expect(Buffer.compare(port.body, body)).toBe(0);
      expect(port.parts).toHaveLength(Math.max(1, Math.ceil(size / MAX_PART)));
      expect(port.request?.length).toBe(size > MAX_PART ? size : undefined);
    }
  });

  it('ends where the limit is, also when it has no end (Z30)', async () => {
    const { carrier, broker, url } = await carried(carryWith());
    let given = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        given += MAX_PART;
        controller.enqueue(new Uint8Array(MAX_PART));
      },
    });
    const failure = await failureOf(broker.fetch(url, { method: 'POST', body: endless }));
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure.cause).toMatchObject({ code: 'invalid_request', retryable: false });
    expect(given).toBeLessThanOrEqual(MAX_UPLOAD + 4 * MAX_PART);
    expect(carrier.ports).toEqual([]);
  });
});

describe('the answer to a carried request', () => {
  it('comes as it was sent, and no faster than the page reads (Z30)', async () => {
    const total = 24 * MAX_PART;
    let made = 0;
    const source = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (made >= total) return controller.close();
          controller.enqueue(new Uint8Array(100_000).fill(made % 251));
          made += 100_000;
        },
      },
      { highWaterMark: 0 },
    );
    const { carrier, broker, url } = await carried((port) => port.answer(new Response(source)));
    const reader = (await broker.fetch(url)).body!.getReader();
    const first = await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made).toBeLessThanOrEqual(2 * MAX_PART);
    let read = first.value!.length;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      read += value.length;
    }
    expect(read).toBe(made);
    const credits = carrier.ports[0]!.credits;
    expect(credits.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(read);
    // In portions: a message for each chunk would be one of the page's for each of the broker's.
    expect(credits.length).toBeLessThan(read / 200_000);
  });

  it('comes in chunks of any size', async () => {
    const pieces = Array.from({ length: 300 }, (_, at) => 'x'.repeat((at * 7919) % 70_000));
    const { broker, url } = await carried((port) =>
      port.answer(new Response(new Blob(pieces).stream())),
    );
    expect(await (await broker.fetch(url)).text()).toBe(pieces.join(''));
  });

  it('may come whole before the page reads any of it', async () => {
    const { carrier, broker, url } = await carried((port) => port.answer(new Response('whole')));
    const response = await broker.fetch(url);
    await expect.poll(() => carrier.ports[0]?.isClosed).toBe(true);
    expect(await response.text()).toBe('whole');
  });
});

describe('a carried request ends', () => {
  it('with the signal of the page, before the head', async () => {
    const { carrier, broker, url } = await carried(() => {});
    const controller = new AbortController();
    const pending = failureOf(broker.fetch(url, { signal: controller.signal }));
    await expect.poll(() => carrier.ports[0]?.request).toBeDefined();
    controller.abort(new RangeError('mine'));
    expect(await pending).toMatchObject({ message: 'mine' });
    expect(carrier.ports[0]).toMatchObject({ isClosed: true });
    const again = broker.fetch(url, { signal: controller.signal });
    await expect(again).rejects.toThrow('mine');
    expect(carrier.ports.filter(({ request }) => request)).toHaveLength(1);
  });

  it('with the signal of the page, after the head', async () => {
    const { carrier, broker, url } = await carried((port) =>
      port.answer(new Response(new ReadableStream())).catch(() => {}),
    );
    const controller = new AbortController();
    const response = await broker.fetch(new Request(url, { signal: controller.signal }));
    const text = failureOf(response.text());
    controller.abort();
    expect(await text).toMatchObject({ name: 'AbortError' });
    expect(carrier.ports[0]).toMatchObject({ isClosed: true });
  });

  it('when the page cancels its body', async () => {
    const { carrier, broker, url } = await carried((port) =>
      port.answer(new Response(new ReadableStream())).catch(() => {}),
    );
    await (await broker.fetch(url)).body!.cancel();
    await expect.poll(() => carrier.ports[0]?.isClosed).toBe(true);
  });

  it('with what the broker says, as a TypeError that names it', async () => {
    const { broker, url } = await carried((port) => port.say({ error: refusal('access_denied') }));
    const failure = await failureOf(broker.fetch(url));
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure.cause).toBeInstanceOf(GrantkeeperError);
    expect(failure.cause).toMatchObject({
      code: 'access_denied',
      correlationId: 'c-access_denied',
    });
  });

  it('in the middle of its body, with what the broker says', async () => {
    const { broker, url } = await carried((port) => {
      port.say({ sent: true });
      port.say({ head: { status: 200, statusText: '', headers: [], hasBody: true, dropped: [] } });
      port.say({ chunk: new TextEncoder().encode('half') });
      setTimeout(() => port.say({ error: refusal('network_error', true) }), 20);
    });
    const reader = (await broker.fetch(url)).body!.getReader();
    expect((await reader.read()).value).toHaveLength(4);
    const failure = await failureOf(reader.read());
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure.cause).toMatchObject({ code: 'network_error', retryable: true });
  });

  it('at once when the worker dies, and is never sent again then (Z28)', async () => {
    const { carrier, broker, url } = await carried((port) => {
      port.say({ sent: true });
      setTimeout(() => port.die(), 5);
    });
    const failure = await failureOf(broker.fetch(url, { method: 'POST', body: '{}' }));
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure.cause).toMatchObject({ code: 'interrupted', retryable: true });
    expect(carrier.ports).toHaveLength(1);
  });

  it('is repeated once, whole, when the worker dies before it was sent (Z31)', async () => {
    const { carrier, broker, url } = await carried((port) =>
      carrier.ports.length === 1 ? port.die() : port.answer(new Response('there')),
    );
    const body = 'x'.repeat(MAX_PART + 5);
    const response = await broker.fetch(url, { method: 'POST', body });
    expect(await response.text()).toBe('there');
    expect(carrier.ports.map(({ text }) => text === body)).toEqual([true, true]);
    carrier.carrying = (port) => port.die();
    const failure = await failureOf(broker.fetch(url));
    expect(failure.cause).toMatchObject({ code: 'interrupted' });
    expect(carrier.ports).toHaveLength(4);
  });

  it('when nobody acknowledges it, twice', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { carrier, broker, url } = await carried(() => {});
    carrier.acknowledges = false;
    const failure = failureOf(broker.fetch(url, { method: 'POST', body: 'x' }));
    await settled();
    await vi.advanceTimersByTimeAsync(5000);
    await settled();
    await vi.advanceTimersByTimeAsync(5000);
    expect((await failure).cause).toMatchObject({ code: 'interrupted' });
    expect(carrier.ports.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });

  it('never by time once it is acknowledged: the user may be reading', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { carrier, broker, url } = await carried(() => {});
    const pending = broker.fetch(url);
    await settled();
    await settled();
    await vi.advanceTimersByTimeAsync(600_000);
    carrier.ports[0]!.say({ sent: true });
    void carrier.ports[0]!.answer(new Response('late'));
    expect(await (await pending).text()).toBe('late');
    expect(carrier.ports).toHaveLength(1);
  });

  it('where no port can be opened any more', async () => {
    const { carrier, broker, url } = await carried(() => {});
    carrier.isGone = true;
    expect((await failureOf(broker.fetch(url))).cause).toMatchObject({
      code: 'broker_unavailable',
    });
  });
});

it('tells the page of more scope, and asks nobody, with onInsufficientScope: throw', async () => {
  const header = 'Bearer error="insufficient_scope", scope="write"';
  const { carrier, broker, url } = await carried((port) =>
    port.answer(new Response('no', { status: 403, headers: { 'www-authenticate': header } })),
  );
  const strict = broker.fetchWith({ onInsufficientScope: 'throw', interactive: false });
  const failure = await failureOf(strict(url));
  expect(failure).toBeInstanceOf(InsufficientScopeError);
  expect(failure).toMatchObject({ requiredScope: 'write', challengeAvailable: true });
  expect(carrier.ports[0]?.request).toMatchObject({ stepUps: 0, interactive: false });
  expect((await broker.fetch(url)).status).toBe(403);
});
