/** What it costs a page that the background carries its requests, against the page's own fetch in the same run. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { BrowserName, Driver } from '../drivers/driver.ts';
import type { Asked, CarriedSurface, Way } from './carried-page.ts';
import type { CarriedBenchServer } from './carried-server.ts';
import { compare, summarise } from './statistics.ts';
import { atMost, milliseconds, times, type Row } from './table.ts';

const MB = 1_000_000;
/** A site may say five hundred things in ten seconds; ms. */
const PAUSE_MS = 60;
/** How long the slow reader sleeps; ms. */
const SLEEP_MS = 4000;
const FLOOD = 200 * MB;
const WARM_UP = 5;
/**
 * How far a server may be ahead of a reader that sleeps; MB. What lies in the system's own buffers is left out: Linux
 * makes them as large as it likes. What a page fetches itself Chromium reads ahead, up to 64 MB, unless the answer says
 * `no-store`.
 */
const SERVER_AHEAD_MB = 16;

/** A browser, as the carried rows need it. */
export interface CarriedBed {
  name: BrowserName;
  driver: Driver;
  /** How its pages reach the broker; empty where they need no id. */
  extensionId: string;
  /** Opens a page of the bench's site, in front. */
  page(): Promise<Page>;
  /** Allows a first contact and all that is asked, then signs in. */
  approve(): Promise<void>;
  /** Kills the background, as the browser may at any time; resolves when its pages can have heard of it. */
  killWorkers(): Promise<void>;
}

/** What is sent, how often, and how much slower it may be. */
interface Kind {
  what: string;
  asked: (url: string) => Asked;
  rounds: number;
  must: number;
  aim?: number;
}

const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } });

const KINDS: readonly Kind[] = [
  {
    what: 'carried JSON POST, against a direct one with its preflight',
    asked: (url) => ({ url, body: CALL, type: 'json' }),
    // Of forty, the ratio had an interval as wide as its distance from the bound.
    rounds: 150,
    must: 1.2,
  },
  {
    what: 'carried 1 MB of JSON',
    asked: (url) => ({ url: `${url}/bytes?size=${MB}` }),
    rounds: 20,
    must: 2,
    aim: 1.5,
  },
  {
    what: 'carried 20 MB of JSON',
    asked: (url) => ({ url: `${url}/bytes?size=${20 * MB}` }),
    rounds: 7,
    must: 3.5,
    aim: 3,
  },
];

/** Measures. The page's site gets its grant here. */
export async function measureCarried(bed: CarriedBed, server: CarriedBenchServer): Promise<Row[]> {
  const page = await bed.page();
  await page.waitForFunction(() => 'carried' in globalThis);
  const connected = call(page, 'connect', bed.extensionId, server.url);
  await Promise.all([connected, bed.approve()]);
  await page.bringToFront();
  await call(page, 'sample', KINDS[0]!.asked(server.url), WARM_UP, PAUSE_MS);
  const rows: Row[] = [];
  for (const kind of KINDS) {
    rows.push(
      rowOf(kind, await call(page, 'sample', kind.asked(server.url), kind.rounds, PAUSE_MS)),
    );
  }
  const text: Asked = { url: server.url, body: CALL, type: 'text' };
  rows.push(withoutPreflight(await call(page, 'sample', text, 40, PAUSE_MS)));
  return [...rows, ...(await slowReader(page, server)), await killed(bed, page, server)];
}

function call<Name extends keyof CarriedSurface>(
  page: Page,
  name: Name,
  ...args: Parameters<CarriedSurface[Name]>
): Promise<Awaited<ReturnType<CarriedSurface[Name]>>> {
  return page.evaluate(
    (member, given) => {
      const { carried } = globalThis as unknown as {
        carried: Record<string, (...all: unknown[]) => unknown>;
      };
      return carried[member]!(...given);
    },
    name,
    args as unknown[],
  ) as Promise<Awaited<ReturnType<CarriedSurface[Name]>>>;
}

function rowOf(
  { what, must, aim }: Pick<Kind, 'what' | 'must' | 'aim'>,
  { carried, direct }: Record<Way, number[]>,
): Row {
  const ratio = compare(carried, direct);
  return {
    what,
    measured: milliseconds(summarise(carried)),
    against: `the page’s own fetch ${milliseconds(summarise(direct))}`,
    ratio: times(ratio),
    must: atMost(ratio.value, must),
    ...(aim !== undefined && { aim: atMost(ratio.value, aim) }),
  };
}

/** For comparison only: a page that needs no preflight is no MCP client. */
function withoutPreflight(measured: Record<Way, number[]>): Row {
  const what = 'carried JSON POST, against a direct one that needs no preflight (for comparison)';
  const { must: _must, ...row } = rowOf({ what, must: Infinity }, measured);
  return row;
}

async function slowReader(page: Page, server: CarriedBenchServer): Promise<Row[]> {
  const url = `${server.url}/flood?size=${FLOOD}`;
  const measure = async (way: Way) => {
    const reading = call(page, 'readSlowly', way, url, SLEEP_MS);
    await sleep(SLEEP_MS / 2);
    const [flooded, inSystem] = [server.flooded(), server.inSystem()];
    const { ahead, read } = await reading;
    const atServer = (flooded - inSystem - read) / MB;
    return { inPage: ahead / MB, atServer, inSystem: inSystem / MB };
  };
  const direct = await measure('direct');
  const carried = await measure('carried');
  const shown = (megabytes: number) => `${megabytes.toFixed(1)} MB`;
  return [
    {
      what: 'slow reader of 200 MB, what lies in its page unread',
      measured: shown(carried.inPage),
      must: atMost(carried.inPage, 2.1, ' MB'),
    },
    {
      what: 'slow reader of 200 MB, how far its server is ahead',
      measured: `${shown(carried.atServer)}, and ${shown(carried.inSystem)} in the system’s buffers`,
      against: `the page’s own fetch ${shown(direct.atServer)}`,
      must: atMost(carried.atServer, SERVER_AHEAD_MB, ' MB'),
    },
  ];
}

async function killed(bed: CarriedBed, page: Page, server: CarriedBenchServer): Promise<Row> {
  await call(page, 'openStream', `${server.url}/stream`);
  await call(page, 'noteKill');
  await bed.killWorkers();
  const after = await call(page, 'heardAfter');
  const text = await call(page, 'openStream', `${server.url}/stream`, '1');
  const isResumed = text.includes('id: 2') && server.streams.at(-1) === '1';
  return {
    what: 'killed worker, the stream errs and is resumed after its last event',
    measured: isResumed && after >= 0 ? `heard after ${after} ms` : 'not resumed',
    against: 'the client’s first retry, after 1 s',
    must: { text: 'before it', met: isResumed && after >= 0 && after < 1000 },
  };
}
