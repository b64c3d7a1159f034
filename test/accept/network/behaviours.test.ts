/**
 * F10: what a server can do with a request for its metadata, live: statuses, content types and faults of the transport.
 * Each call goes through the page door to a real server. Time runs faster here, so that a server that stalls is given up
 * after the product's nine seconds and not after the test's.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { http } from '../../../src/background/browser/http.ts';
import { World, type Servers } from '../../flow/world.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { callAsPage } from './page-call.ts';

/** Seconds of the product in one second of the test. */
const PACE = 20;
/** Calls under way at once: as many as strangers have places, so that none has to make room for another (Z39). */
const AT_ONCE = 15;

const STATUSES = [200, 204, 206, 301, 400, 401, 404, 429, 500, 503];
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/oauth+json',
  'text/html',
  'text/plain',
  'text/event-stream',
  'application/octet-stream',
  '',
];
/** What happens to the body on its way; each leaves no document that could be believed. */
const FAULTS: Record<string, (response: ServerResponse) => void> = {
  none: (response) => response.end('{"resource": "https://another.example"'),
  reset: (response) => {
    response.write('{"resource":');
    setTimeout(() => response.socket?.resetAndDestroy(), 5);
  },
  short: (response) => {
    response.write('{"resource": "https://mcp.example/mcp"');
    setTimeout(() => response.socket?.end(), 5);
  },
  stalled: (response) => response.write('{"resource": "'),
  endless: (response) => {
    const timer = setInterval(() => response.write('[1,'.repeat(20_000)), 1);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
};
const BOMB = gzipSync(Buffer.alloc(5_000_000, ' '));

interface Behaviour {
  status: number;
  type: string;
  fault: string;
}

const ALL: Behaviour[] = STATUSES.flatMap((status) =>
  TYPES.flatMap((type) => Object.keys(FAULTS).map((fault) => ({ status, type, fault }))),
);
/** Eleven has no factor in common with the whole, so its multiples meet each status, type and fault. */
const BEHAVIOURS = isFullForm
  ? ALL
  : Array.from({ length: 80 }, (_, i) => ALL[(i * 11) % ALL.length]!);

let server: Server;
let world: World<Servers>;
/** Requests by host of the behaviour, and what was read of the answers. */
const requests = new Map<string, number>();
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', note);
  server = createServer((request, response) => {
    const { status, type, fault } = ALL[Number(/^\/(\d+)\//.exec(request.url ?? '')?.[1])]!;
    const isBomb = fault === 'endless' && type === 'text/plain';
    const length = fault === 'short' ? { 'content-length': '5000' } : {};
    response.writeHead(status, {
      ...(type && { 'content-type': type }),
      ...(isBomb && { 'content-encoding': 'gzip' }),
      ...(status === 301 && { location: '/elsewhere' }),
      ...(status === 429 && { 'retry-after': '3600' }),
      ...length,
    });
    response.flushHeaders();
    if (isBomb) response.end(BOMB);
    else FAULTS[fault]!(response);
    response.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world = await World.beside({
    siteA: { origin: 'https://site.example' },
    mcpServer: { url: 'https://mcp.example/mcp' },
    close: () => Promise.resolve(),
  });
  world.holdsFailuresBack = true;
  const { port } = server.address() as AddressInfo;
  const start = Date.now();
  world.ports.now = () => start + (Date.now() - start) * PACE;
  world.ports.pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms / PACE));
  world.ports.http = (url, init, { bytes, milliseconds }) => {
    const { host, pathname } = new URL(url);
    const index = /^m(\d+)\.example$/.exec(host)?.[1] ?? '';
    requests.set(index, (requests.get(index) ?? 0) + 1);
    const live = `http://127.0.0.1:${port}/${index}${pathname}`;
    return http(live, init, { bytes, milliseconds: milliseconds / PACE });
  };
});
afterAll(() => {
  process.off('unhandledRejection', note);
  server.closeAllConnections();
  server.close();
});

async function settle(behaviour: Behaviour): Promise<string> {
  const index = ALL.indexOf(behaviour);
  const host = `https://m${index}.example`;
  // The page has read a challenge, so nothing that is not there leads to a question.
  const challenge = `Bearer resource_metadata="${host}/prm.json"`;
  return callAsPage(
    world.life,
    { origin: `https://site${index}.example`, tabId: index },
    { resource: `${host}/mcp`, challenge },
  );
}

it(
  'every behaviour of a server settles the call with one dull code, and opens no window (F10, T-24, T-25)',
  { timeout: 300_000 },
  async () => {
    const codes: string[] = [];
    for (let from = 0; from < BEHAVIOURS.length; from += AT_ONCE) {
      codes.push(...(await Promise.all(BEHAVIOURS.slice(from, from + AT_ONCE).map(settle))));
    }
    expect(codes.filter((code) => code !== 'connect_failed')).toEqual([]);
    expect([world.prompts.length, world.openPrompts]).toEqual([0, 0]);
    expect(unhandled).toEqual([]);
    // Three addresses, one more behind a redirect each, and three tries at most.
    expect(requests.size).toBe(BEHAVIOURS.length);
    expect(Math.max(...requests.values())).toBeLessThanOrEqual(9);
    const early = BEHAVIOURS.filter(({ status, fault }) => status === 429 && fault === 'none');
    expect(early.map((one) => requests.get(String(ALL.indexOf(one))))).toEqual(early.map(() => 3));
    reportBar('F10', {
      behaviours: BEHAVIOURS.length,
      settled: codes.length,
      windows: world.prompts.length,
      unhandled: unhandled.length,
      mostRequestsOfOne: Math.max(...requests.values()),
    });
  },
);
