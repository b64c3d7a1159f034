/** How many carried streams live at once: at many hosts of HTTP/1.1, and at one of HTTP/2 (Z32). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { LOOPBACK, type Tls } from '../demo/listen.ts';
import { POPUP } from '../drivers/driver.ts';
import type { Bed } from './bed.ts';
import { seedGrants } from './seed-grants.ts';
import { serveSite } from './site.ts';
import {
  MULTIPLEXED_HOST,
  startHosts,
  startMultiplexed,
  type StreamServers,
} from './stream-servers.ts';
import type { StreamsSurface } from './streams-page.ts';
import { exactly, type Row } from './table.ts';

const HOSTS = 20;
/** Streams of one site: at each host of HTTP/1.1, one in each of so many tabs; and at the one host of HTTP/2. */
const TABS = 2;
const AT_ONE_HOST = 20;
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
}

/** Measures. The store must hold one grant, of any site. */
export async function measureStreams(bed: Bed, tls: Tls): Promise<Row[]> {
  const hosts = await startHosts(HOSTS);
  const multiplexed = await startMultiplexed(MULTIPLEXED_HOST, tls);
  await giveAccess(bed, `https://${MULTIPLEXED_HOST}/*`);
  try {
    return [
      await measure(bed, {
        what: `Carried streams alive: 2 sites × ${TABS} × ${HOSTS} hosts of HTTP/1.1`,
        ...{ servers: hosts, sites: 2, tabs: TABS, each: 1 },
      }),
      await measure(bed, {
        what: `Carried streams alive: 5 sites × ${AT_ONE_HOST} at one host of HTTP/2`,
        ...{ servers: multiplexed, sites: 5, tabs: 1, each: AT_ONE_HOST },
      }),
    ];
  } finally {
    await Promise.all([hosts.close(), multiplexed.close()]);
  }
}

async function measure(bed: Bed, { what, servers, sites, tabs, each }: Plan): Promise<Row> {
  const { urls } = servers;
  const served = await Promise.all(Array.from({ length: sites }, () => serveSite()));
  try {
    const origins = served.map(({ address }) => `http://${LOOPBACK}:${address.port}`);
    const places = origins.flatMap((origin) => urls.map((resource) => ({ origin, resource })));
    await seedGrants(bed.chromium, places);
    // What it has read before is not so any more.
    await bed.killWorkers();
    const pages: Page[] = [];
    for (const origin of origins.flatMap((one) => Array<string>(tabs).fill(one))) {
      pages.push(await openPage(bed, `${origin}/`));
    }
    const called = await Promise.all(pages.map((page) => inPage(page, 'call', urls[0]!)));
    const wanted = urls.flatMap((url) => Array<string>(each).fill(url));
    const opened = await Promise.all(pages.map((page) => inPage(page, 'openAll', wanted)));
    const word = `to all of ${pages.length}`;
    servers.beat(word);
    await sleep(SPREAD_MS);
    const heard = await Promise.all(pages.map((page) => inPage(page, 'heard', word)));
    await Promise.all(pages.map((page) => page.close()));
    const alive = heard.reduce((sum, one) => sum + one, 0);
    const other = [...new Set([...called.map(String), ...opened.flat()])];
    const why = other.filter((one) => one !== 'open' && one !== '200').join(', ');
    return {
      what,
      measured: why ? `${alive} (${why})` : `${alive}`,
      must: exactly(alive, pages.length * wanted.length),
    };
  } finally {
    await Promise.all(served.map((site) => site.close()));
  }
}

/** The browser asks nobody, as it was told before. It wants a click all the same. */
async function giveAccess({ chromium }: Bed, pattern: string): Promise<void> {
  const page = await chromium.extensionPage(POPUP);
  const session = await page.createCDPSession();
  await session.send('Runtime.evaluate', {
    expression: `chrome.permissions.request({ origins: ['${pattern}'] })`,
    userGesture: true,
    awaitPromise: true,
  });
  await page.close();
}

async function openPage(bed: Bed, url: string): Promise<Page> {
  const page = await bed.chromium.page(url);
  await page.waitForFunction(() => 'streams' in globalThis);
  await inPage(page, 'find', bed.chromium.extensionId);
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
