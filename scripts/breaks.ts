/**
 * `npm run breaks`: plants a fault in the source, one after the other, each against a promise: a MUST of the register
 * (docs/conformance.md names its test), or what SECURITY.md, docs/architecture.md or a decision says (the list names
 * its test). Every fault has to turn its test red. Works in a copy. `-- --short` plants two in each room, for CI;
 * `-- R7 "SECURITY 14"` plants those of the promises named; `-- --write` plants all, and writes docs/breaks.md.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BREAKS, type Break } from './breaks-list.ts';
import { PROMISES } from './breaks-promises.ts';
import { CONFORMANCE, isProofBy, patternOf, rowsOf, type Proof, type Row } from './conformance.ts';
import { ROOT, runAsProgram } from './set-up.mjs';
import { UNDER } from './test-titles.ts';

/** The table of all faults, and which test notices each. */
export const BREAKS_PAGE = path.join(ROOT, 'docs', 'breaks.md');

/** What the tests need of the tree. */
const COPIED = ['src', 'test', 'demo', 'drivers', 'scripts', 'docs', '_locales', 'manifest.json'];
const CONFIGURATION = [
  'package.json',
  'package-lock.json',
  'vitest.config.ts',
  'vite.config.ts',
  'eslint.config.js',
  'eslint.background.js',
  '.npmrc',
];
const TYPES = ['tsconfig.json', 'tsconfig.node.json', 'tsconfig.pure.json', 'tsconfig.lint.json'];

/** One run of vitest; milliseconds. */
const LIMIT_MS = 300_000;
/** Faults of one room in the short form. */
const SHORT = 2;

/** A fault and the test that has to notice it. */
export interface Planted extends Break {
  test: Proof;
}

/** Every fault with its test: named in the list itself, or by the register's row. */
export function allPlanted(): Planted[] {
  const rows = rowsOf(readFileSync(CONFORMANCE, 'utf8'));
  return [...BREAKS, ...PROMISES].map((one) => ({ ...one, test: testOf(one, rows) }));
}

function testOf({ of, test }: Break, rows: readonly Row[]): Proof {
  const proof = test ?? rows.find(({ id }) => id === of)?.proof;
  if (!proof) throw new Error(`${of} has no test in docs/conformance.md`);
  return proof;
}

/** The first few of each room, so that none is left out. */
export function shortForm<T extends { file: string }>(all: readonly T[]): T[] {
  const seen = new Map<string, number>();
  return all.filter(({ file }) => {
    const room = path.posix.dirname(file);
    const count = (seen.get(room) ?? 0) + 1;
    seen.set(room, count);
    return count <= SHORT;
  });
}

/** The page: a row for each fault. */
export function breaksPage(all: readonly Planted[]): string {
  const rows = all.map(({ of, says, file, test }) => {
    const title = test.title.replaceAll('|', '\\|').replaceAll('<', '&lt;');
    return `| ${of} | ${says} | \`${file}\` | \`${test.file}\` “${title}” |`;
  });
  return `# Planted faults

${String(all.length)} mistakes, each as small as one that a tired person makes. \`npm run breaks\` plants them in a copy of the source, one after the other, and each has to turn the test beside it red: a test that notices nothing proves nothing. Written by \`npm run breaks -- --write\`, which writes it only when every fault was noticed. Guarantees are those of [SECURITY.md](../SECURITY.md#guarantees-and-what-shows-them), of which each has at least three faults.

| Against | What goes wrong | Planted in | Noticed by, below \`test/\` |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** Plants the faults, prints a line for each, and counts how many were noticed. */
export function plantAll(faults: readonly Planted[]): { red: number; all: number } {
  const copy = mkdtempSync(path.join(tmpdir(), 'grantkeeper-breaks-'));
  try {
    for (const name of [...COPIED, ...CONFIGURATION, ...TYPES]) {
      cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
    assertGreen(copy, faults);
    const isRed = faults.map((planted) => {
      const outcome = plant(copy, planted);
      console.log(`${planted.of.padEnd(22)} ${outcome.padEnd(7)} ${planted.says}`);
      console.log(`${' '.repeat(31)}${planted.test.file}`);
      return outcome === 'red';
    });
    return { red: isRed.filter(Boolean).length, all: faults.length };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * A test that is red anyway notices nothing. All of them in one run.
 * @throws when one is red, or did not run
 */
function assertGreen(copy: string, faults: readonly Planted[]): void {
  const ran = runTests(
    copy,
    faults.map(({ test }) => test),
  );
  for (const { test, of } of faults) {
    const own = ran.filter((one) => isProofBy(test, one));
    if (own.length === 0) throw new Error(`${of}: did not run: ${test.file} ${test.title}`);
    if (own.some(({ status }) => status !== 'passed')) {
      throw new Error(`${of}: red without any fault: ${test.file} ${test.title}`);
    }
  }
}

/**
 * @returns `green` when the test passes all the same; `no run` when the source as it is then cannot be run at all, which
 *   proves nothing
 * @throws when the source no longer has the place
 */
function plant(copy: string, { file, find, replace, test }: Planted): 'red' | 'green' | 'no run' {
  const full = path.join(copy, file);
  const source = readFileSync(full, 'utf8');
  if (source.split(find).length !== 2) {
    throw new Error(`${file} does not hold exactly once: ${find}`);
  }
  writeFileSync(
    full,
    source.replace(find, () => replace),
  );
  try {
    const own = runTests(copy, [test]).filter((one) => isProofBy(test, one));
    if (own.length === 0) return 'no run';
    return own.some(({ status }) => status === 'failed') ? 'red' : 'green';
  } finally {
    writeFileSync(full, source);
  }
}

interface Ran extends Proof {
  status: string;
}

/** Runs the tests of these titles, and says what became of each. */
function runTests(copy: string, tests: readonly Proof[]): Ran[] {
  const report = path.join(copy, 'report.json');
  rmSync(report, { force: true });
  const files = [...new Set(tests.map(({ file }) => `test/${file}`))];
  const titles = [
    ...new Set(tests.map(({ title }) => title.split(UNDER).map(patternOf).join(' '))),
  ];
  const vitest = path.join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', '--project', 'unit', '--reporter=json', `--outputFile=${report}`];
  spawnSync(process.execPath, [vitest, ...args, ...files, '-t', titles.join('|')], {
    cwd: copy,
    // A test that notices a fault only now and then has noticed it.
    env: { ...process.env, GRANTKEEPER_RETRY: '0' },
    stdio: 'ignore',
    timeout: LIMIT_MS,
  });
  if (!existsSync(report)) throw new Error(`vitest did not run ${files.join(' ')}`);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: {
      name: string;
      assertionResults: { title: string; ancestorTitles: string[]; status: string }[];
    }[];
  };
  const base = path.join(realpathSync(copy), 'test');
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ title, ancestorTitles, status }) => ({
        file: path.relative(base, name),
        title: [...ancestorTitles, title].join(UNDER),
        status,
      })),
  );
}

await runAsProgram(import.meta.url, () => {
  const words = process.argv.slice(2);
  const all = allPlanted();
  const named = words.filter((word) => !word.startsWith('--'));
  const isShort = words.includes('--short') && !words.includes('--write');
  const chosen = isShort ? shortForm(all) : all;
  const isWhole = named.length === 0 || words.includes('--write');
  const faults = chosen.filter(({ of }) => isWhole || named.includes(of));
  const { red, all: count } = plantAll(faults);
  console.log(`${red} of ${count} red`);
  if (red < count) process.exitCode = 1;
  else if (words.includes('--write')) writeFileSync(BREAKS_PAGE, breaksPage(all));
});
