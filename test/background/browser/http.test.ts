/** The edge to the network, against a real server that misbehaves. */
import type { RequestListener } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, expect, it, vi } from 'vitest';
import { listen, type Listener } from '../../../demo/listen.ts';
import { http } from '../../../src/background/browser/http.ts';
import type { BrokerError } from '../../../src/shared/errors.ts';

const LIMITS = { milliseconds: 5000, bytes: 1000 };

let server: Listener | undefined;
/** Paths that were asked for. */
let asked: string[] = [];
afterEach(async () => {
  await server?.close();
  asked = [];
});

async function serve(handler: RequestListener): Promise<string> {
  server = await listen((request, response) => {
    asked.push(request.url ?? '');
    handler(request, response);
  });
  return `http://127.0.0.1:${server.address.port}`;
}

it.each([301, 302, 303, 307, 308])('follows no %i to another place (R96, D8)', async (status) => {
  const origin = await serve((_request, response) => {
    response.writeHead(status, { location: '/elsewhere' }).end();
  });
  const answer = await http(`${origin}/here`, {}, LIMITS);
  expect([answer.status, [...answer.headers], await answer.text()]).toEqual([302, [], '']);
  expect(asked).toEqual(['/here']);
});

it('reads as many bytes as it was told, and refuses one more (D8, 5.5)', async () => {
  let bytes = LIMITS.bytes;
  const origin = await serve((_request, response) => response.end('x'.repeat(bytes)));
  expect((await (await http(origin, {}, LIMITS)).text()).length).toBe(LIMITS.bytes);
  bytes += 1;
  await expect(http(origin, {}, LIMITS)).rejects.toMatchObject({
    code: 'network_error',
    detail: { reason: 'oversized' },
  });
});

it('stops reading an answer that does not end (D8, T-24)', async () => {
  let sent = 0;
  let ended = false;
  const origin = await serve((_request, response) => {
    response.on('close', () => (ended = true));
    const more = (): void => {
      if (ended) return;
      sent += 64_000;
      response.write('x'.repeat(64_000), () => setImmediate(more));
    };
    more();
  });
  await expect(http(origin, {}, LIMITS)).rejects.toMatchObject({
    code: 'network_error',
    detail: { reason: 'oversized' },
  });
  await expect.poll(() => ended).toBe(true);
  expect(sent).toBeLessThan(100_000_000);
});

it('gives up on a server that never answers (D8, T-24)', async () => {
  const origin = await serve(() => undefined);
  const limits = { ...LIMITS, milliseconds: 50 };
  const answer = http(origin, {}, limits).catch(({ code }: BrokerError) => code);
  // Long after the limit, and long before Node's own.
  const late = new Promise((resolve) => setTimeout(resolve, 4000, 'still waiting'));
  expect(await Promise.race([answer, late])).toBe('network_error');
});

it('gives up on a body that stalls, though memory is cleared meanwhile (D8, T-24)', async () => {
  setFlagsFromString('--expose-gc');
  const clear = runInNewContext('gc') as () => void;
  const origin = await serve((_request, response) => response.write('{"resource":'));
  let given = 0;
  for (let i = 0; i < 30; i += 1) {
    void http(`${origin}/${String(i)}`, {}, { ...LIMITS, milliseconds: 500 }).catch(() => {
      given += 1;
    });
  }
  const clearing = setInterval(clear, 50);
  await expect.poll(() => given).toBe(30);
  clearInterval(clearing);
});

it('refuses JSON nested deeper than 16, brackets in strings aside (D18, T-24)', async () => {
  let body = '';
  const origin = await serve((_request, response) => response.end(body));
  body = JSON.stringify({ text: '['.repeat(100), and: '"[' });
  expect(await (await http(origin, {}, LIMITS)).text()).toBe(body);
  body = '['.repeat(16) + ']'.repeat(16);
  expect((await http(origin, {}, LIMITS)).status).toBe(200);
  body = '['.repeat(17) + ']'.repeat(17);
  await expect(http(origin, {}, LIMITS)).rejects.toMatchObject({ code: 'network_error' });
});

/** JSON with this many members, some of them inside others. */
function withKeys(count: number): string {
  const half = Math.floor(count / 2);
  const members = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => [`k${from + i}`, ':"{'] as const);
  const inner = Object.fromEntries(members(0, half - 1));
  return JSON.stringify([{ inner }, Object.fromEntries(members(half, count))]);
}

it('refuses JSON with more than 500 keys, in however many objects, strings aside (T-24, 5.5)', async () => {
  let body = '';
  const limits = { ...LIMITS, bytes: 100_000 };
  const origin = await serve((_request, response) => response.end(body));
  for (const before of ['', ' \r\n\t', '\uFEFF', '\uFEFF \uFEFF']) {
    body = before + withKeys(500);
    expect((await http(origin, {}, limits)).status).toBe(200);
    body = before + withKeys(501);
    await expect(http(origin, {}, limits)).rejects.toMatchObject({
      detail: { reason: 'oversized' },
    });
  }
});

it('takes a web page for what it is, however many colons and brackets it has (T-24)', async () => {
  const page = `<html><style>${'a{b:c}'.repeat(600)}${'{'.repeat(20)}</style></html>`;
  const origin = await serve((_request, response) => response.end(page));
  expect(await (await http(origin, {}, { ...LIMITS, bytes: 100_000 })).text()).toBe(page);
});

it.each(['gzip', 'deflate', 'br'] as const)(
  'counts what a %s body becomes, and reads no more of a bomb than it may (T-24)',
  async (encoding) => {
    const pack = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[encoding];
    let size = LIMITS.bytes;
    let sent = 0;
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding });
      const packed = pack(Buffer.alloc(size, 'x'));
      sent = packed.length;
      response.end(packed);
    });
    expect((await (await http(origin, {}, LIMITS)).text()).length).toBe(LIMITS.bytes);
    for (size of [LIMITS.bytes + 1, 20_000_000]) {
      await expect(http(origin, {}, LIMITS)).rejects.toMatchObject({
        detail: { reason: 'oversized' },
      });
    }
    expect(sent).toBeLessThan(size / 100);
  },
);

it('gives up on a body that comes byte by byte, and on headers that do (T-24)', async () => {
  const timers: NodeJS.Timeout[] = [];
  const origin = await serve((request, response) => {
    const trickle = () =>
      request.url === '/body' ? response.write(' ') : response.socket?.write('x');
    timers.push(setInterval(trickle, 20));
  });
  const limits = { ...LIMITS, milliseconds: 300 };
  for (const path of ['/body', '/headers']) {
    const answer = http(origin + path, {}, limits).catch(({ code }: BrokerError) => code);
    // Long after the limit; the trickle itself does not end.
    const late = new Promise((resolve) => setTimeout(resolve, 4000, 'still waiting'));
    expect(await Promise.race([answer, late])).toBe('network_error');
  }
  timers.forEach(clearInterval);
});

it('inherits nothing of the browser: no cookies, no cache, no referrer, no redirect (T-27)', async () => {
  const fetching = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({}));
  // Whatever the caller says: this is the only file that can.
  const init: RequestInit = { credentials: 'include', cache: 'default', redirect: 'follow' };
  await http('https://mcp.example/', { ...init, referrerPolicy: 'unsafe-url' }, LIMITS);
  expect(fetching.mock.calls[0]?.[1]).toMatchObject({
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'manual',
    referrerPolicy: 'no-referrer',
  });
  fetching.mockRestore();
});
