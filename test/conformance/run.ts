/**
 * Runs the official suite, one scenario at a time, with the extension as the client. The suite judges, from what
 * its servers saw; this only reads its verdict.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { LOOPBACK } from '../../demo/listen.ts';
import { play, type Assignment, type Play } from './driver.ts';
import type { Scenario } from './scenarios.ts';
import { getTools } from './tools.ts';

const COMMAND = path.join(import.meta.dirname, 'client.mjs');
const LOOPBACK_ONLY = pathToFileURL(path.join(import.meta.dirname, 'loopback.mjs')).href;

/** What the suite waits for its client command, and this waits for the suite; milliseconds. */
const CLIENT_LIMIT_MS = 75_000;
const SUITE_LIMIT_MS = 100_000;

/** One check of the suite, as its checks.json has it. */
interface Check {
  id: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
  errorMessage?: string;
}

/** The suite's verdict on a scenario, and what it cost the user. */
export interface Verdict extends Scenario {
  /**
   * The suite's own (its exit code is 0, with at least one check that succeeded), and the page has sent no credential
   * by itself; what it got after it was served has been carried.
   */
  passed: boolean;
  /** Answers that the background has carried to the page; one that was refused throughout got none. */
  carried: number;
  /** Answers that the page's own fetch had read, before the site held anything. */
  own: number;
  /** Numbers of its checks. */
  ok: number;
  fail: number;
  warn: number;
  /** Ids and messages of the checks that failed or warned. */
  complaints: readonly string[];
  /** Prompts of ours that were answered. */
  clicks: number;
  /** The error that the page's calls ended with; in scenarios of refusal there is one. */
  error: string | null;
  /** What our own window said at the end: after a failure, why. */
  told: string;
  /** What the extension logged or failed at. */
  faults: readonly string[];
}

/** Who plays a scenario. */
type Player = (assignment: Assignment, decision: 'allow' | 'deny') => Promise<Play>;

/**
 * Plays one scenario; the user gives one answer to every prompt.
 * @param player the built extension in Chromium, unless it says otherwise
 */
export async function runScenario(
  scenario: Scenario,
  decision: 'allow' | 'deny' = 'allow',
  player: Player = play,
): Promise<Verdict> {
  const output = mkdtempSync(path.join(tmpdir(), 'grantkeeper-suite-'));
  const plays: Play[] = [];
  const driver = await startDriver((assignment) => player(assignment, decision), plays);
  try {
    const status = await runSuite(scenario, driver, output);
    const checks = checksIn(output);
    const count = (wanted: Check['status']) => checks.filter((one) => one.status === wanted).length;
    const bad = checks.filter(({ status: is }) => is === 'FAILURE' || is === 'WARNING');
    const ok = count('SUCCESS');
    const sum = (of: (played: Play) => number | undefined) =>
      plays.reduce((total, played) => total + (of(played) ?? 0), 0);
    const own = sum(({ answers }) => answers?.own);
    const carried = sum(({ answers }) => answers?.all) - own;
    const withToken = sum(({ answers }) => answers?.withToken);
    // In Node there is no page, and nothing else than what is carried.
    const isServed = plays.some(({ error, answers }) => answers && error === null);
    const isCarried = withToken === 0 && (carried > 0 || !isServed);
    return {
      ...scenario,
      passed: status === 0 && ok > 0 && bad.length === 0 && isCarried,
      carried,
      own,
      ok,
      fail: count('FAILURE'),
      warn: count('WARNING'),
      complaints: bad.map(({ id, status: is, errorMessage }) => `${is} ${id}: ${errorMessage}`),
      clicks: sum(({ clicks }) => clicks),
      error: plays.length === 1 ? (plays[0]?.error ?? null) : `${plays.length} plays`,
      told: plays
        .map(({ told }) => told ?? '')
        .join(' ')
        .trim(),
      faults: plays.flatMap(({ faults }) => faults),
    };
  } finally {
    driver.close();
    rmSync(output, { recursive: true, force: true });
  }
}

/** Where the client command reports; plays what it is told. */
async function startDriver(
  playing: (assignment: Assignment) => Promise<Play>,
  plays: Play[],
): Promise<Server> {
  const server = createServer((request, response) => {
    void json(request)
      .then((assignment) => playing(assignment as Assignment))
      .catch((error: unknown) => brokenPlay(String(error)))
      .then((played) => {
        plays.push(played);
        response.end(JSON.stringify({ error: played.error }));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return server;
}

/** A play that did not come to an end: the browser did not start, or had to be closed. */
const brokenPlay = (error: string): Play => ({ error, clicks: 0, told: null, faults: [error] });

/** Resolves the suite's exit code; null when it had to be ended. */
function runSuite({ name, version, isExtension }: Scenario, driver: Server, output: string) {
  const { node, suite } = getTools();
  const { port } = driver.address() as AddressInfo;
  // The suite gives its command to a shell, split at single spaces.
  const command = `${quoted(node)} ${quoted(COMMAND)}`;
  // An extension is on no version's list; asked for one, the suite would skip it.
  const wire = isExtension ? [] : ['--spec-version', version];
  const args = ['client', '--scenario', name, ...wire, '--command', command];
  const limits = ['--timeout', String(CLIENT_LIMIT_MS), '-o', output];
  const child = spawn(node, ['--import', LOOPBACK_ONLY, suite, ...args, ...limits], {
    stdio: 'ignore',
    env: { ...process.env, GRANTKEEPER_DRIVER: `http://${LOOPBACK}:${port}` },
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), SUITE_LIMIT_MS);
  return new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(limit);
      resolve(code);
    });
  });
}

function quoted(file: string): string {
  return file.includes(' ') ? `"${file}"` : file;
}

/** The suite writes one folder for each run, named after scenario and time; no folder, no check. */
function checksIn(output: string): Check[] {
  const names = readdirSync(output, { recursive: true, encoding: 'utf8' });
  const [file] = names.filter((name) => path.basename(name) === 'checks.json');
  if (file === undefined) return [];
  return JSON.parse(readFileSync(path.join(output, file), 'utf8')) as Check[];
}
