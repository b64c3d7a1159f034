/** Runs rows: Grantkeeper and the official client, each before a server of its own that plays the variant. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { failureWords } from '../../src/popup/kit/failure-words.ts';
import type { Failure } from '../../src/shared/prompt.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import { afterTwoHours } from './later.ts';
import { Official } from './official.ts';
import { Ours } from './ours.ts';
import { told, type Refused, type Row, type Wanted } from './row.ts';
import { WildServer } from './server.ts';
import { openWire, type Wire } from './wire.ts';

/** How a row ended. */
export interface Result {
  row: Row;
  /** In one line each. */
  wanted: string;
  got: string;
  ok: boolean;
  /** Connected, and the page is served as long as the person does not have to do anything but sign in. */
  stays: boolean;
  /** Whether the official client connects, and is still served two hours later; the same measure. */
  official: { connects: boolean; stays: boolean } | undefined;
  /** What went over the wire between Grantkeeper and its server. */
  server: WildServer;
}

/** Rows that run at one time: most of each is waiting for a database that waits for the event loop. */
const AT_ONCE = 12;

/** Runs rows, some at a time; the results are in their order. */
export async function runRows(rows: readonly Row[]): Promise<Result[]> {
  const wire = await openWire();
  const native = globalThis.fetch;
  const { warn } = console;
  globalThis.fetch = fetchOf(wire, native);
  // The official client says of every server what it thinks of it.
  console.warn = () => undefined;
  const results: Result[] = [];
  try {
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < rows.length; i = next++) {
        results[i] = await runRow(wire, rows[i]!);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    globalThis.fetch = native;
    console.warn = warn;
    await wire.close();
  }
  return results;
}

/**
 * What `fetch` is to the browser here. The broker's own requests, which carry no credentials, see everything, as an
 * extension with host access does; a page of another origin sees what the server lets it see (Fetch, CORS protocol).
 */
export function fetchOf(wire: Wire, native: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    if (!wire.covers(url)) return native(input, init);
    const response = await wire.fetch(input, init);
    return init?.credentials === 'omit' ? response : asPageSees(response);
  };
}

function asPageSees(response: Response): Response {
  const { headers, status, body } = response;
  if (!headers.has('access-control-allow-origin')) throw new TypeError('Failed to fetch');
  const exposed = (headers.get('access-control-expose-headers') ?? '').toLowerCase().split(/, */);
  const seen = [...headers].filter(([name]) => [...exposed, 'content-type'].includes(name));
  const filtered = new Response(status === 204 ? null : body, { status, headers: seen });
  return Object.defineProperty(filtered, 'type', { value: 'cors' });
}

let port = 4000;

async function runRow(wire: Wire, row: Row): Promise<Result> {
  const server = serverOf(wire, row, 'ours');
  const got = await runOurs(wire, row, server);
  const wanted = told(row.wants);
  return {
    row,
    wanted,
    got: told(got),
    ok: told(got) === wanted,
    stays: got.is === 'connected' && isServed(got.later),
    official: await runOfficial(wire, row),
    server,
  };
}

/** True when every call was answered with 200; what is told begins with the statuses, part by part. */
function isServed(later: string): boolean {
  const parts = later.split('; ').map((part) => part.split(',')[0]!.replace(/^then |^\d+ × /g, ''));
  return later === '' || parts.every((part) => part.split(' ').every((one) => one === '200'));
}

function serverOf(wire: Wire, row: Row, side: string): WildServer {
  const name = `${row.id.toLowerCase()}-${side}`;
  const server = new WildServer(wire, name, row.isLocal ? (port += 1) : undefined);
  row.change?.(server);
  return server;
}

async function runOurs(wire: Wire, row: Row, server: WildServer): Promise<Wanted> {
  const ours = await Ours.open(wire, server);
  await prepare(ours, row, server);
  let status = await ours.call();
  if (row.leavesOut) status = await ours.leaveOut(row.leavesOut);
  const { prompts: asks, windows } = ours;
  if (status !== '200') return refusal(ours, { status, asks, windows });
  const later = await (row.later ?? afterTwoHours)(ours, server);
  return { is: 'connected', asks, windows, later };
}

/** What the person has done before the page calls. */
async function prepare(
  ours: Ours,
  { ticks, entered, overrides }: Row,
  server: WildServer,
): Promise<void> {
  const { own } = ours.world;
  if (ticks) ours.ticks = true;
  if (entered) await ours.enterClient();
  for (const one of overrides?.(server) ?? []) await own.saveOverride(one).catch(() => undefined);
}

async function refusal(
  ours: Ours,
  { status, asks, windows }: { status: string; asks: number; windows: number },
): Promise<Refused> {
  const error = ours.failures.at(-1);
  const reason = error?.detail.reason;
  const why = error ? [error.code, reason].filter(Boolean).join('/') : `the page sees ${status}`;
  const shown = await ours.shown();
  return { is: 'refused', why, asks, windows, says: shown ? sentenceOf(shown) : '' };
}

const ENGLISH = path.join(ROOT, '_locales', 'en', 'messages.json');
const words = JSON.parse(readFileSync(ENGLISH, 'utf8')) as Record<string, { message: string }>;

/** The sentence that the failure's page begins with, in English. */
function sentenceOf(failure: Failure): string {
  const { what } = failureWords(failure);
  return words[what]?.message ?? what;
}

async function runOfficial(wire: Wire, row: Row): Promise<Result['official']> {
  // The official client has no overrides to compare with.
  if (row.id.startsWith('O-')) return undefined;
  if (row.later && row.later !== afterTwoHours) return undefined;
  const server = serverOf(wire, row, 'theirs');
  const official = new Official(wire, server, row.byHand === true);
  if (!(await official.call())) return { connects: false, stays: false };
  server.elapsed += 2 * 3_600_000;
  server.kill();
  return { connects: true, stays: (await official.call()) && (await official.call()) };
}
