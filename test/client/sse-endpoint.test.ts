/** The older SSE transport's endpoint: who may name it, and which token it gets. */
import { afterEach, describe, expect, it } from 'vitest';
import { watchEndpoint } from '../../src/client/sse-endpoint.ts';
import { refusal, token } from './fake-broker.ts';
import { sent, setUp, tearDown, UNAUTHORIZED, type Setup } from './fetch-setup.ts';
import type { Answer } from './http-server.ts';

afterEach(tearDown);

const encoder = new TextEncoder();

/** What is found in a stream that arrives in these pieces, and what the page reads. */
async function watch(...pieces: string[]): Promise<{ found: string[]; text: string }> {
  const found: string[] = [];
  const stream = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
  const watched = watchEndpoint(new Response(stream), (endpoint) => found.push(endpoint));
  return { found, text: await watched.text() };
}

describe('the first event of a stream', () => {
  it.each([
    ['line feeds', ['event: endpoint\ndata: /messages?s=1\n\n']],
    ['carriage returns and line feeds', ['event: endpoint\r\ndata: /messages?s=1\r\n\r\n']],
    ['carriage returns', ['event: endpoint\rdata: /messages?s=1\r\r']],
    ['no space after the colon', ['event:endpoint\ndata:/messages?s=1\n\n']],
    ['the fields in the other order', ['data: /messages?s=1\nevent: endpoint\n\n']],
    ['a comment before it', [': hello\n\nevent: endpoint\ndata: /messages?s=1\n\n']],
    ['pieces', ['event: endp', 'oint\ndata: /mess', 'ages?s=1\n', '\nevent: message\n']],
  ])('names the endpoint, with %s (HTML, "Interpreting an event stream")', async (_, pieces) => {
    expect(await watch(...pieces)).toEqual({ found: ['/messages?s=1'], text: pieces.join('') });
  });

  it('is looked for once', async () => {
    const event = 'event: endpoint\ndata: /messages\n\n';
    expect((await watch(event, event, event)).found).toEqual(['/messages']);
  });

  it('may break anywhere, even within a character', async () => {
    const bytes = encoder.encode('event: endpoint\ndata: /mäßig\n\n');
    const found: string[] = [];
    const stream = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    await watchEndpoint(new Response(stream), (endpoint) => found.push(endpoint)).text();
    expect(found).toEqual(['/mäßig']);
  });

  it.each([
    ['is a message', 'data: event: endpoint\n\n'],
    ['comes before one that does', 'data: 1\n\nevent: endpoint\ndata: /x\n\n'],
    ['does not end', 'event: endpoint\ndata: /x\n'],
    ['is too long', `event: endpoint\ndata: /${'x'.repeat(8192)}\n\n`],
    ['begins after too much else', `:${'x'.repeat(8192)}\n\nevent: endpoint\ndata: /x\n\n`],
  ])('names none when it %s', async (_, text) => {
    const { found } = await watch(...(text.match(/[\s\S]{1,1000}/g) ?? []));
    expect(found).toEqual([]);
  });

  it('leaves the response as it was', () => {
    const response = Object.defineProperties(new Response('x', { status: 203, statusText: 'So' }), {
      url: { value: 'https://mcp.example/sse' },
      type: { value: 'cors' },
      redirected: { value: false },
    });
    response.headers.set('x-kept', '1');
    const watched = watchEndpoint(response, () => {});
    expect(watched).toMatchObject({
      url: 'https://mcp.example/sse',
      type: 'cors',
      redirected: false,
      status: 203,
      statusText: 'So',
    });
    expect(watched.headers.get('x-kept')).toBe('1');
  });

  it('is not waited for by a page that gives the stream up', async () => {
    let cancelled = false;
    const silent = new ReadableStream({ cancel: () => void (cancelled = true) });
    await watchEndpoint(new Response(silent), () => {}).body?.cancel();
    await expect.poll(() => cancelled).toBe(true);
  });
});

describe('an endpoint', () => {
  const stream = (endpoint: string, type = 'text/event-stream'): Answer => ({
    status: 200,
    headers: { 'content-type': type },
    body: `event: endpoint\ndata: ${endpoint}\n\n`,
  });

  /** A host with `/sse`, which names this endpoint, and other paths; the broker holds a token for `/sse`. */
  const host = (endpoint: string, more: Record<string, Answer> = {}): Promise<Setup> =>
    setUp(
      ({ path }) => more[path] ?? (path === '/sse' ? stream(endpoint) : { status: 202 }),
      (_, { resource }) =>
        String(resource).endsWith('/sse') ? token('sse') : refusal('interaction_required'),
    );

  const open = async ({ broker, server }: Setup, path = '/sse', method = 'get'): Promise<string> =>
    (await broker.fetch(server.origin + path, { method })).text();
  const post = async ({ broker, server }: Setup, path: string): Promise<Response> =>
    broker.fetch(server.origin + path, { method: 'POST', body: '{}' });

  it('gets the token of the resource that named it', async () => {
    const setup = await host('/messages?session=1#fragment');
    await open(setup);
    await post(setup, '/messages?session=1');
    expect(sent(setup.server)).toEqual(['Bearer sse', 'Bearer sse']);
  });

  it('may be named by an absolute URL, but only of the same origin', async () => {
    const other = await setUp(
      () => ({ status: 202 }),
      () => refusal('interaction_required'),
    );
    const setup = await host(`${other.server.origin}/messages`);
    await open(setup);
    await setup.broker.fetch(`${other.server.origin}/messages`, { method: 'POST' });
    expect(sent(other.server)).toEqual([undefined]);
  });

  it('is that very URL and no other', async () => {
    const setup = await host('/messages?session=1');
    await open(setup);
    for (const path of ['/messages', '/messages?session=2', '/messages/x']) {
      await post(setup, path);
    }
    expect(sent(setup.server).slice(1)).toEqual([undefined, undefined, undefined]);
  });

  it('does not take over a path that has a token of its own', async () => {
    const setup = await setUp(
      ({ path }) => (path === '/sse' ? stream('/tenant') : { status: 202 }),
      (_, { resource }) => token(new URL(String(resource)).pathname),
    );
    await open(setup);
    await post(setup, '/tenant');
    expect(sent(setup.server)).toEqual(['Bearer /sse', 'Bearer /tenant']);
  });

  it('is not named by a stream that was read without a token', async () => {
    let granted = false;
    const setup = await setUp(
      ({ path }) => (path === '/sse' ? stream('/messages') : { status: 202 }),
      (_, { resource }) =>
        granted && String(resource).endsWith('/sse')
          ? token('sse')
          : refusal('interaction_required'),
    );
    await open(setup);
    granted = true;
    setup.fake.tell({ type: 'grantchange', resource: setup.url, scopes: [] });
    await post(setup, '/messages');
    expect(sent(setup.server)).toEqual([undefined, undefined]);
  });

  it('is not named by the answer to a POST', async () => {
    const setup = await host('/messages');
    await open(setup, '/sse', 'POST');
    await post(setup, '/messages');
    expect(sent(setup.server)).toEqual(['Bearer sse', undefined]);
  });

  it('may be nonsense, and the stream goes on', async () => {
    const setup = await host('https://[');
    expect(await open(setup)).toContain('https://[');
  });

  it.each([
    ['a response that is no stream', '/sse', stream('/messages', 'text/plain')],
    ['a stream that is an error', '/sse', { ...stream('/messages'), status: 500 }],
  ])('is not named by %s', async (_, path, answer) => {
    const setup = await host('/messages', { [path]: answer });
    await open(setup, path);
    await post(setup, '/messages');
    expect(sent(setup.server)[1]).toBeUndefined();
  });

  it('is not named by a stream from where a redirect led', async () => {
    const setup = await host('/unused', {
      '/sse': { status: 307, headers: { location: '/tenant/stream' } },
      '/tenant/stream': stream('/tenant/messages'),
    });
    await open(setup);
    await post(setup, '/tenant/messages');
    expect(sent(setup.server).at(-1)).toBeUndefined();
  });

  it('is refreshed at the resource that named it when it answers 401', async () => {
    let fresh = 'old';
    const setup = await setUp(
      ({ path, authorization }) => {
        if (path === '/sse') return stream('/messages');
        return authorization === 'Bearer new' ? { status: 202 } : UNAUTHORIZED;
      },
      (_, { resource, rejected }) => {
        if (!String(resource).endsWith('/sse')) return refusal('interaction_required');
        if (rejected === 'old') fresh = 'new';
        return token(fresh);
      },
    );
    await open(setup);
    expect((await post(setup, '/messages')).status).toBe(202);
    expect(setup.fake.asked.at(-1)).toMatchObject({
      resource: `${setup.server.origin}/sse`,
      rejected: 'old',
    });
  });

  it('is given up when it refuses every token of that resource', async () => {
    let issued = 0;
    const setup = await setUp(
      ({ path }) => (path === '/sse' ? stream('/tenant') : UNAUTHORIZED),
      (_, { resource }) =>
        String(resource).endsWith('/sse') ? token(`t${++issued}`) : refusal('interaction_required'),
    );
    await open(setup);
    await post(setup, '/tenant');
    await post(setup, '/tenant');
    expect(setup.fake.asked.at(-1)).toMatchObject({ resource: `${setup.server.origin}/tenant` });
    expect(sent(setup.server).at(-1)).toBeUndefined();
  });
});
