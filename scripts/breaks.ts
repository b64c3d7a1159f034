/**
 * `npm run breaks`: plants a fault in the source, one after the other, each against a MUST of the register, and
 * runs the test that docs/conformance.md names for it. Every fault has to turn its test red. Works in a copy.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BREAKS, type Break } from './breaks-list.ts';
import { CONFORMANCE, rowsOf, type Proof } from './conformance.ts';
import { ROOT, runAsProgram } from './set-up.mjs';

/** What the tests need of the tree. */
const COPIED = ['src', 'test', 'demo', 'drivers', 'scripts', 'docs', '_locales', 'manifest.json'];
const CONFIGURATION = ['package.json', 'package-lock.json', 'vitest.config.ts', 'vite.config.ts'];
const TYPES = ['tsconfig.json', 'tsconfig.node.json', 'tsconfig.pure.json'];

/** One test with its fault; milliseconds. */
const LIMIT_MS = 60_000;

/** Plants every fault, or those of the rows named, prints a line for each, and counts how many were noticed. */
export function plantAll(named: readonly string[] = []): { red: number; all: number } {
  const breaks = BREAKS.filter(({ row }) => named.length === 0 || named.includes(row));
  const copy = mkdtempSync(path.join(tmpdir(), 'grantkeeper-breaks-'));
  try {
    for (const name of [...COPIED, ...CONFIGURATION, ...TYPES]) {
      cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
    const rows = rowsOf(readFileSync(CONFORMANCE, 'utf8'));
    const isRed = breaks.map((planted) => {
      const proof = rows.find(({ id }) => id === planted.row)?.proof;
      if (!proof) throw new Error(`${planted.row} has no test in docs/conformance.md`);
      const outcome = plant(copy, planted, proof);
      console.log(`${planted.row.padEnd(5)} ${outcome.padEnd(6)} ${planted.says}`);
      return outcome === 'red';
    });
    return { red: isRed.filter(Boolean).length, all: breaks.length };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @throws when the test is red without the fault, or the source no longer has the place */
function plant(copy: string, { file, find, replace }: Break, proof: Proof): 'red' | 'green' {
  const full = path.join(copy, file);
  const source = readFileSync(full, 'utf8');
  if (source.split(find).length !== 2) {
    throw new Error(`${file} does not hold exactly once: ${find}`);
  }
  if (!passes(copy, proof)) throw new Error(`Red without any fault: ${proof.file} ${proof.title}`);
  writeFileSync(
    full,
    source.replace(find, () => replace),
  );
  try {
    return passes(copy, proof) ? 'green' : 'red';
  } finally {
    writeFileSync(full, source);
  }
}

/** Whether at least one test of the title ran, and none failed. */
function passes(copy: string, { file, title }: Proof): boolean {
  const report = path.join(copy, 'report.json');
  rmSync(report, { force: true });
  const parts = title.split(/%[sdijof]|\$\w+/);
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  const vitest = path.join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', '--project', 'unit', '--reporter=json', `--outputFile=${report}`];
  spawnSync(process.execPath, [vitest, ...args, `test/${file}`, '-t', pattern], {
    cwd: copy,
    stdio: 'ignore',
    timeout: LIMIT_MS,
  });
  if (!existsSync(report)) throw new Error(`vitest did not run test/${file}`);
  const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    success: boolean;
  };
  return success && numPassedTests > 0 && numFailedTests === 0;
}

await runAsProgram(import.meta.url, () => {
  const { red, all } = plantAll(process.argv.slice(2));
  console.log(`${red} of ${all} red`);
  if (red < all) process.exitCode = 1;
});
