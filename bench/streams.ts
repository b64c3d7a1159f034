/** How many carried streams live at once: at many hosts of HTTP/1.1, and at one of HTTP/2 (Z32). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { LOOPBACK } from '../demo/listen.ts';
import { POPUP } from '../drivers/driver.ts';
import type { CarriedBed } from './carried.ts';
import { seedGrants } from './seed-grants.ts';
import { serveSite } from './site.ts';
import { MULTIPLEXED_HOST, startHosts, type StreamServers } from './stream-servers.ts';
import type { StreamsSurface } from './streams-page.ts';
import { exactly, type Row } from './table.ts';

const HOSTS = 20;
/** Streams of one site: at each host of HTTP/1.1, one in each of so many tabs; and at the one host of HTTP/2. */
const TABS = 2;
const AT_ONE_HOST = 20;
/** Most streams at a server whose protocol isn't known. */
const AT_UNKNOWN = 4;
/** Until a word has come to the last of them; ms. */
const SPREAD_MS = 3000;

/** Sites and how their streams are spread. */
interface Plan {
  what: string;
  servers: StreamServers;
  sites: number;
  tabs: number;
  /** Streams of one tab at each server. */
  each: number;
  /** How many of them live. */
  alive: number;
  /** Of the row about one more at each server, from one more site; there is none when it isn't said. */
  more?: string;
}

/** Measures. The store must hold one grant, of any site. */
export async function measureStreams(bed: CarriedBed, multiplexed: StreamServers): Promise<Row[]> {
  if (!bed.driver.ways.holdsHostAccessFromStart) {
    await giveAccess(bed, `https://${MULTIPLEXED_HOST}/*`);
  }
  const hosts = await startHosts(HOSTS);
  const isToldProtocol = bed.name === 'chromium';
  try {
    return [
      ...(await measure(bed, {
        what: `carried streams alive, 2 sites × ${TABS} × ${HOSTS} hosts of HTTP/1.1`,
        ...{ servers: hosts, sites: 2, tabs: TABS, each: 1, alive: 2 * TABS * HOSTS },
        more: `a fifth stream at each of these ${HOSTS}, of Streamable HTTP and of the old SSE transport`,
      })),
      ...(await measure(bed, {
        what: `carried streams alive, 5 sites × ${AT_ONE_HOST} at one host of HTTP/2${isToldProtocol ? '' : ', which it doesn’t say'}`,
        ...{ servers: multiplexed, sites: 5, tabs: 1, each: AT_ONE_HOST },
        alive: isToldProtocol ? 5 * AT_ONE_HOST : AT_UNKNOWN,
      })),
    ];
  } finally {
    await hosts.close();
  }
}

async function measure(bed: CarriedBed, plan: Plan): Promise<Row[]> {
  const { servers, sites, tabs, more } = plan;
  const { urls } = servers;
  const served = await Promise.all(Array.from({ length: sites + 1 }, () => serveSite()));
  const [other = '', ...origins] = served.map(
    ({ address }) => `http://${LOOPBACK}:${address.port}`,
  );
  const places = [other, ...origins].flatMap((origin) =>
    urls.map((resource) => ({ origin, resource })),
  );
  const pages: Page[] = [];
  try {
    await seedGrants(bed.driver, places);
    // What it has read before is not so any more.
    await bed.killWorkers();
    for (const origin of origins.flatMap((one) => Array<string>(tabs).fill(one))) {
      pages.push(await openPage(bed, origin));
    }
    const opened = await openAll(pages, plan);
    const late = more === undefined ? undefined : await openPage(bed, other);
    const refused = late && (await oneMore(late, urls, more ?? ''));
    const alive = await countAlive(pages, servers);
    await late?.close();
    const why = opened.length > 0 ? ` (${opened.join(', ')})` : '';
    const row = { what: plan.what, measured: `${alive}${why}`, must: exactly(alive, plan.alive) };
    return refused ? [row, refused] : [row];
  } finally {
    await Promise.all(pages.map((page) => page.close()));
    await Promise.all(served.map((site) => site.close()));
  }
}

/** Resolves what has become of those that are not open, each once. */
async function openAll(pages: readonly Page[], { servers, each }: Plan): Promise<string[]> {
  const { urls } = servers;
  const called = await Promise.all(pages.map((page) => inPage(page, 'call', urls[0]!)));
  const wanted = urls.flatMap((url) => Array<string>(each).fill(url));
  const opened = await Promise.all(pages.map((page) => inPage(page, 'openAll', wanted)));
  const all = [...called.map(String), ...opened.flat()];
  return [...new Set(all)].filter((one) => one !== 'open' && one !== '200');
}

/** How many hear what is said to all of them now. */
async function countAlive(pages: readonly Page[], servers: StreamServers): Promise<number> {
  const word = `to all of ${pages.length}`;
  servers.beat(word);
  await sleep(SPREAD_MS);
  const heard = await Promise.all(pages.map((page) => inPage(page, 'heard', word)));
  return heard.reduce((sum, one) => sum + one, 0);
}

/** A client of Streamable HTTP hears that there is no stream; the old transport, which can't do without, why. */
async function oneMore(page: Page, urls: string[], what: string): Promise<Row> {
  const count = (outcomes: string[]) =>
    [...new Set(outcomes)]
      .map((one) => `${outcomes.filter((other) => other === one).length} × ${one}`)
      .join(', ');
  const streamable = count(await inPage(page, 'openAll', urls));
  const old = count(await inPage(page, 'openAll', urls, 'old'));
  const measured = `${streamable}; ${old}`;
  const text = `${urls.length} × 405; ${urls.length} × rate_limited`;
  return { what, measured, must: { text, met: measured === text } };
}

/** The browser asks nobody, as it was told before. It wants a click all the same. */
async function giveAccess({ driver }: CarriedBed, pattern: string): Promise<void> {
  const page = await driver.extensionPage(POPUP);
  const session = await page.createCDPSession();
  await session.send('Runtime.evaluate', {
    expression: `chrome.permissions.request({ origins: ['${pattern}'] })`,
    userGesture: true,
    awaitPromise: true,
  });
  await page.close();
}

async function openPage({ driver, extensionId }: CarriedBed, origin: string): Promise<Page> {
  const page = await driver.page(`${origin}/`);
  await page.waitForFunction(() => 'streams' in globalThis);
  await inPage(page, 'find', extensionId);
  return page;
}

function inPage<Name extends keyof StreamsSurface>(
  page: Page,
  name: Name,
  ...args: Parameters<StreamsSurface[Name]>
): Promise<Awaited<ReturnType<StreamsSurface[Name]>>> {
  return page.evaluate(
    (member, given) => {
      const { streams } = globalThis as unknown as {
        streams: Record<string, (...all: unknown[]) => unknown>;
      };
      return streams[member]!(...given);
    },
    name,
    args as unknown[],
  ) as Promise<Awaited<ReturnType<StreamsSurface[Name]>>>;
}
