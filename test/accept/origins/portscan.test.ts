/**
 * E-PORTSCAN: a page uses the broker to look around where it cannot look itself. Nothing leaves before a click towards
 * what is private by address or by name; and of public names no time tells what answers behind them (T-25, T-29, Z43).
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BrokerError } from '../../../src/shared/errors.ts';
import { World, type Servers } from '../../flow/world.ts';
import { LOCAL_BY_NAME, LOOPBACK, PRIVATE } from '../../protocol/addresses.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { inBackground, isWaitedFor } from '../network/background-pauses.ts';
import { callAsPage } from '../network/page-call.ts';

/** Ports that a scan would try. */
const PORTS = [443, 22, 80, 631, 3000, 5432, 8080, 9200];
const HOSTS = [...LOOPBACK, ...PRIVATE, ...LOCAL_BY_NAME];
const ALL = PORTS.flatMap((port) => HOSTS.map((host) => `https://${host}:${port}/mcp`));
/** THREATS names 256 targets; the full form has every host at every port. */
const TARGETS = isFullForm
  ? ALL
  : ALL.filter((_, i) => i % Math.ceil(ALL.length / 256) === 0 || i < HOSTS.length);

let world: World<Servers>;
let sent: string[];
/** What a request comes to, and how long it takes; milliseconds of the fake clock. */
let behind: { takes: number; answer: () => Promise<Response> };
const lost = () =>
  Promise.reject(new BrokerError('network_error', { detail: { reason: 'unreachable' } }));

beforeEach(async () => {
  world = await World.beside({
    siteA: { origin: 'https://site.example' },
    mcpServer: { url: 'https://mcp.example/mcp' },
    close: () => Promise.resolve(),
  });
  world.holdsFailuresBack = true;
  sent = [];
  behind = { takes: 0, answer: lost };
  world.answer = () => 'close';
  world.ports.now = () => 1_800_000_000_000 + world.elapsed;
  world.ports.pause = (milliseconds) => {
    if (!isWaitedFor(milliseconds)) return inBackground(milliseconds);
    world.elapsed += Math.round(milliseconds);
    return Promise.resolve();
  };
  world.ports.http = (url, _init, { milliseconds }) => {
    sent.push(url);
    world.elapsed += Math.min(behind.takes, milliseconds);
    return behind.takes > milliseconds ? lost() : behind.answer();
  };
});
afterEach(() => world.close());

it(
  'nothing is sent to anything private before a click, at whichever port (E-PORTSCAN, T-25, T-29, Z43)',
  { timeout: 120_000 },
  async () => {
    const codes: Record<string, number> = {};
    for (const [i, resource] of TARGETS.entries()) {
      // A site of its own for each: no budget of one site is what keeps it in.
      const site = { origin: `https://s${i}.example`, tabId: i };
      const code = await callAsPage(world.life, site, { resource });
      codes[code] = (codes[code] ?? 0) + 1;
      world.elapsed += 3_600_000;
    }
    expect(sent).toEqual([]);
    expect(TARGETS.length).toBeGreaterThanOrEqual(256);
    reportBar('E-PORTSCAN', { targets: TARGETS.length, requests: sent.length, ...codes });
  },
);

const NOT_FOUND = () => Promise.resolve(new Response('{}', { status: 404 }));
const PAGE = () =>
  Promise.resolve(new Response('<html>', { headers: { 'content-type': 'text/html' } }));
const SITUATIONS: [name: string, takes: number, answer: () => Promise<Response>][] = [
  ['a closed port', 1, lost],
  ['a closed port far away', 300, lost],
  ['a firewall that drops', 60_000, lost],
  ['TLS that fails', 40, lost],
  ['a web server', 5, PAGE],
  ['a slow web server', 2500, PAGE],
  ['a server without metadata', 10, NOT_FOUND],
  ['a server that fails', 8000, () => Promise.resolve(new Response('', { status: 500 }))],
];

it('what lies behind a public name shows in neither code nor time (E-PORTSCAN, T-25, Z43)', async () => {
  const seen = new Set<string>();
  for (const [i, [, takes, answer]] of SITUATIONS.entries()) {
    behind = { takes, answer };
    world.elapsed += 3_600_000;
    const begin = world.elapsed;
    const host = `https://in${i}.example`;
    const challenge = `Bearer resource_metadata="${host}/prm.json"`;
    const site = { origin: `https://p${i}.example`, tabId: i };
    const code = await callAsPage(world.life, site, { resource: `${host}/mcp`, challenge });
    seen.add(`${code} after ${world.elapsed - begin}`);
  }
  expect([...seen]).toEqual(['connect_failed after 10000']);
  expect(world.prompts).toEqual([]);
  reportBar('E-PORTSCAN time', { situations: SITUATIONS.length, outcomes: seen.size });
});

it('what is never contacted is refused at once, whatever the network is like (Z43)', async () => {
  const begin = world.elapsed;
  for (const resource of ['https://10.0.0.1/mcp', 'http://mcp.example/mcp', 'https://nas/mcp']) {
    const site = { origin: 'https://site.example' };
    expect(await callAsPage(world.life, site, { resource })).toBe('connect_failed');
  }
  expect(world.elapsed - begin).toBe(0);
});
