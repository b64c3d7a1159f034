/**
 * `npm run accept`: attacks, floods, kills, races and faults against the product, in families. Prints what each bar
 * counted, and fails on any miss. `-- kills races` runs some families; `-- --full` runs the whole counts instead of
 * samples, and in Firefox as well; `--write` puts the figures of the families that ran into docs/reliability.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Figures } from '../test/support/bars.ts';
import { getChromium, getFirefox } from './browsers.mjs';
import { ROOT, runAsProgram, setUp } from './set-up.mjs';
import { failures, type ToldReport } from './test.mjs';

/** Each family and its tests in browsers, below test/; those in Node lie in test/accept/<family>. */
export const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  inputs: ['e2e/flood.test.ts'],
  origins: ['e2e/channel.test.ts', 'e2e/position.test.ts'],
  consent: ['e2e/leaving.test.ts', 'e2e/windows-bounded.test.ts'],
  mixup: ['e2e/iss.test.ts'],
  kills: ['e2e/kill.test.ts', 'e2e/kill-points.test.ts', 'e2e/browser-kill.test.ts'],
  races: ['e2e/at-once.test.ts'],
  persistence: ['e2e/session.test.ts'],
  leaks: ['e2e/leaks.test.ts'],
  static: ['packaging/manifest.test.ts', 'packaging/dependencies.test.ts'],
  network: ['e2e/https.test.ts'],
};

/** Of those, what `npm test -- --all` runs anyway and nobody waits for here: in the full form only. */
const FULL_ONLY: ReadonlySet<string> = new Set([
  'e2e/iss.test.ts',
  'e2e/https.test.ts',
  'e2e/channel.test.ts',
  'e2e/session.test.ts',
  'e2e/kill.test.ts',
  'e2e/browser-kill.test.ts',
  'e2e/at-once.test.ts',
  'e2e/position.test.ts',
  'e2e/leaving.test.ts',
  'e2e/leaks.test.ts',
  'e2e/kill-points.test.ts',
]);

/** The page that keeps the figures of the last full run. */
export const RELIABILITY = path.join(ROOT, 'docs', 'reliability.md');
/** Between these lines of it. */
const BEGIN = '<!-- figures: npm run accept -- --write -->';
const END = '<!-- end of figures -->';

/** What a bar counted, and in which family. */
export interface Bar {
  family: string;
  bar: string;
  figures: Figures;
}

/** How one family went. */
export interface FamilyOutcome {
  family: string;
  passed: number;
  failed: number;
  bars: Bar[];
}

interface OneFile {
  status: string;
  assertionResults: { status: string }[];
}

/** The family of a test file, below test/. */
export function familyOf(file: string): string | undefined {
  const [, named] = /^accept\/([^/]+)\//.exec(file) ?? [];
  return named ?? Object.keys(FAMILIES).find((family) => FAMILIES[family]?.includes(file));
}

/** What a run counts for each family; a file that did not load, and a family without any test, count as a failure. */
export function outcomesOf(
  families: readonly string[],
  results: readonly (OneFile & { file: string })[],
  bars: readonly Bar[],
): FamilyOutcome[] {
  return families.map((family) => {
    const own = results.filter(({ file }) => familyOf(file) === family);
    const tests = own.flatMap(({ assertionResults }) => assertionResults);
    const count = (wanted: string) => tests.filter(({ status }) => status === wanted).length;
    const broken = own.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    );
    const failed = count('failed') + broken.length;
    const isEmpty = count('passed') + failed === 0;
    const ofFamily = bars.filter((bar) => bar.family === family);
    return { family, passed: count('passed'), failed: isEmpty ? 1 : failed, bars: ofFamily };
  });
}

/** What a bar counted, in words: `codesTwice: 0` is `0 codes twice`. */
export function figuresText({ figures }: Bar): string {
  const words = (name: string) =>
    name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const said = Object.entries(figures).map(([what, figure]) => `${String(figure)} ${words(what)}`);
  return said.join(', ');
}

/** A bar as it is printed: its name, and what it counted. */
export function barLine(bar: Bar): string {
  return `  ${bar.bar.padEnd(40)} ${figuresText(bar)}`;
}

/** The rows of one family in docs/reliability.md. */
export function familyRows({ family, passed, bars }: FamilyOutcome, made: string): string[] {
  return [
    `| **${family}** | ${String(passed)} tests passed, ${made} |`,
    ...bars.map((one) => `| ${one.bar} | ${figuresText(one)} |`),
  ];
}

/** The page with the figures of these families in place of their former ones; those of the others stay. */
export function withFigures(page: string, fresh: ReadonlyMap<string, readonly string[]>): string {
  const [before, rest] = page.split(BEGIN);
  const [held, after] = rest?.split(END) ?? [];
  if (before === undefined || held === undefined || after === undefined) {
    throw new Error('The page has no place for it.');
  }
  const rows = rowsByFamily(held);
  for (const [family, lines] of fresh) rows.set(family, lines);
  const ordered = Object.keys(FAMILIES).flatMap((family) => rows.get(family) ?? []);
  const table = ['| Bar | Counted |', '| --- | --- |', ...ordered].join('\n');
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

function rowsByFamily(table: string): Map<string, readonly string[]> {
  const rows = new Map<string, string[]>();
  let own: string[] | undefined;
  for (const line of table.split('\n')) {
    const family = /^\| \*\*([^*]+)\*\* \|/.exec(line)?.[1];
    if (family !== undefined) rows.set(family, (own = []));
    if (line.startsWith('| ')) own?.push(line);
  }
  return rows;
}

/** Runs the tests of these families, and reads what they report. */
function run(families: readonly string[], isFull: boolean): FamilyOutcome[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-accept-'));
  try {
    const report = path.join(folder, 'report.json');
    const bars = path.join(folder, 'bars.jsonl');
    const files = families
      .flatMap((family) => [`accept/${family}/`, ...(FAMILIES[family] ?? [])])
      .filter((file) => isFull || !FULL_ONLY.has(file))
      .map((file) => `test/${file}`)
      .filter((file) => existsSync(path.join(ROOT, file)));
    const projects = [
      'unit',
      'build',
      'packages',
      'e2e-chromium',
      ...(isFull ? ['e2e-firefox'] : []),
    ];
    const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const names = ['default', 'json', path.join(ROOT, 'scripts', 'second-try.ts')];
    const reporters = [...names.map((name) => `--reporter=${name}`), `--outputFile.json=${report}`];
    const args = [...projects.map((name) => `--project=${name}`), ...reporters, ...files];
    const env = {
      ...process.env,
      CHROMIUM: getChromium(),
      ...(isFull && { FIREFOX: getFirefox() }),
      GRANTKEEPER_ACCEPT: isFull ? 'full' : 'short',
      GRANTKEEPER_BARS: bars,
    };
    const limits = isFull ? ['--testTimeout=1200000'] : [];
    spawnSync(process.execPath, [vitest, 'run', ...limits, ...args], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const testResults = resultsIn(report);
    for (const line of failures({ testResults })) console.log(`failed: ${line}`);
    return outcomesOf(families, testResults, barsIn(bars));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultsIn(report: string) {
  if (!existsSync(report)) return [];
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as ToldReport;
  return testResults.map((one) => ({
    ...one,
    file: path.relative(path.join(ROOT, 'test'), one.name).replaceAll('\\', '/'),
  }));
}

/** What the tests have reported into this file; nothing when none has. */
export function barsIn(file: string): Bar[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const { bar, figures, file: from } = JSON.parse(line) as Omit<Bar, 'family'> & { file: string };
    return { family: familyOf(from) ?? '', bar, figures };
  });
}

function made(isFull: boolean): string {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const day = new Date().toISOString().slice(0, 10);
  return `${isFull ? 'full' : 'short'} form, ${day}, \`${commit.stdout.trim()}\``;
}

await runAsProgram(import.meta.url, () => {
  setUp();
  const words = process.argv.slice(2);
  const named = words.filter((word) => !word.startsWith('--'));
  const unknown = named.filter((family) => !(family in FAMILIES));
  if (unknown.length > 0) throw new Error(`There is no family ${unknown.join(', ')}`);
  const isFull = words.includes('--full');
  const outcomes = run(named.length > 0 ? named : Object.keys(FAMILIES), isFull);
  for (const { family, passed, failed, bars } of outcomes) {
    console.log(`${family.padEnd(16)} ${String(passed)} passed, ${String(failed)} failed`);
    for (const bar of bars) console.log(barLine(bar));
  }
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((all, one) => all + one[key], 0);
  if (words.includes('--write') && sum('failed') === 0) {
    const fresh = new Map(outcomes.map((one) => [one.family, familyRows(one, made(isFull))]));
    writeFileSync(RELIABILITY, withFigures(readFileSync(RELIABILITY, 'utf8'), fresh));
  }
  console.log(`${String(sum('passed'))} passed, ${String(sum('failed'))} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
});
