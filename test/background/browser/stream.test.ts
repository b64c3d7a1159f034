/** A carried request on the wire, against a real server (Z29). */
import type { RequestListener } from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { listen, type Listener } from '../../../demo/listen.ts';
import { stream } from '../../../src/background/browser/stream.ts';

// Rules of the browser: test/e2e/carried-page.test.ts sees them at work.
vi.mock('../../../src/background/browser/origin-rule.ts', () => ({
  withOrigin: (url: string) => Promise.resolve(url),
}));

let server: Listener | undefined;
/** Paths that were asked for. */
let asked: string[] = [];
afterEach(async () => {
  await server?.close();
  server = undefined;
  asked = [];
});

async function serve(handler: RequestListener): Promise<string> {
  server = await listen((request, response) => {
    asked.push(request.url ?? '');
    handler(request, response);
  });
  return `http://127.0.0.1:${server.address.port}`;
}

const send = (url: string, signal = new AbortController().signal) =>
  stream(
    url,
    { method: 'POST', headers: [], body: new Uint8Array([1]), origin: 'http://a.test' },
    signal,
  );

it.each([301, 302, 303, 307, 308])(
  'follows no %i, and says that it was a redirect (T-27, Z29)',
  async (status) => {
    const origin = await serve((_request, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end('moved');
    });
    await expect(send(`${origin}/mcp`)).rejects.toMatchObject({
      code: 'network_error',
      detail: { host: new URL(origin).host, reason: 'redirected' },
    });
    expect(asked).toEqual(['/mcp']);
  },
);

it.each([200, 304, 401, 405])('gives %i on as it came', async (status) => {
  const origin = await serve((_request, response) => response.writeHead(status).end());
  expect(await send(`${origin}/mcp`)).toMatchObject({ status });
});

it('says of a server that is down that it cannot be reached', async () => {
  const origin = await serve(() => undefined);
  await server?.close();
  await expect(send(`${origin}/mcp`)).rejects.toMatchObject({
    code: 'network_error',
    detail: { reason: 'unreachable' },
  });
});

it('ends as given up when its page goes before the head', async () => {
  const abort = new AbortController();
  const origin = await serve(() => {
    abort.abort();
  });
  await expect(send(`${origin}/mcp`, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
});
