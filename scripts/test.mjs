/**
 * `npm test`: sets up, finds the browsers, runs unit, flow and end-to-end tests in Chromium; with `--all` every test in
 * both browsers. The last line is `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getChromium, getFirefox } from './browsers.mjs';
import { ROOT, runAsProgram, setUp } from './set-up.mjs';

/** The projects of vitest.config.ts that a change needs while it is made: about a quarter of an hour on two cores. */
const FAST = ['unit', 'build', 'e2e-chromium'];

function test() {
  let counts = { passed: 0, failed: 1 };
  try {
    setUp();
    const run = chooseTests(process.argv.slice(2));
    const browsers = {
      CHROMIUM: getChromium(),
      ...(run.needsFirefox && { FIREFOX: getFirefox() }),
    };
    counts = runVitest({ ...process.env, ...browsers }, run);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

/**
 * What to run: the fast projects, unless the words name others. `isWhole` is true only for `--all` on its own, because
 * a part of the tests can't show that a requirement has no proof.
 * @param {string[]} words what stands behind `npm test --`
 * @returns {{ args: string[], isWhole: boolean, needsFirefox: boolean }}
 */
export function chooseTests(words) {
  const rest = words.filter((word) => word !== '--all');
  const isAll = rest.length < words.length;
  const named = rest.some((word) => /^--project\b/.test(word));
  const projects = isAll || named ? [] : FAST.map((name) => `--project=${name}`);
  return {
    args: [...projects, ...rest],
    isWhole: isAll && rest.length === 0,
    needsFirefox: isAll || named,
  };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {{ args: string[], isWhole: boolean }} run
 */
function runVitest(env, { args, isWhole }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-test-'));
  try {
    const report = path.join(folder, 'report.json');
    const bars = path.join(folder, 'bars.jsonl');
    const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const ours = ['compatibility.ts', 'conformance-ran.ts', 'second-try.ts', 'figures.ts'];
    const reporters = ['default', 'json', ...ours.map((name) => path.join(ROOT, 'scripts', name))];
    const flags = reporters.map((name) => `--reporter=${name}`);
    flags.push(`--outputFile.json=${report}`);
    const { status } = spawnSync(process.execPath, [vitest, 'run', ...flags, ...args], {
      cwd: ROOT,
      env: isWhole ? { ...env, GRANTKEEPER_WHOLE_RUN: '1', GRANTKEEPER_BARS: bars } : env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const told = JSON.parse(readFileSync(report, 'utf8'));
    const named = failures(told);
    for (const line of named) console.log(`failed: ${line}`);
    if (status !== 0 && named.length === 0) console.log('failed: the run, outside any test');
    return countTests(told, status === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A file that does not load counts as one failure, and so does a run that failed outside any test or ran none.
 * @param {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @param {boolean} succeeded what vitest's exit code says
 */
export function countTests(report, succeeded) {
  const passed = report.numPassedTests;
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + broken.length;
  const silent = failed === 0 && (passed === 0 || !succeeded);
  return { passed, failed: silent ? 1 : failed };
}

/**
 * A line for each test that failed, and for each file that did not load: which, and the first words of why.
 * @param {{ testResults: { name: string, status: string, message?: string, assertionResults: { status: string, fullName: string, failureMessages?: string[] }[] }[] }} report
 * @returns {string[]}
 */
export function failures(report) {
  return report.testResults.flatMap(({ name, status, message = '', assertionResults }) => {
    const file = path.relative(ROOT, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [`${file}: ${firstLine(message)}`];
    return failed.map(
      ({ fullName, failureMessages: [why = ''] = [] }) =>
        `${file} › ${fullName}: ${firstLine(why)}`,
    );
  });
}

/** @param {string} text */
function firstLine(text) {
  return text.split('\n', 1)[0];
}

await runAsProgram(import.meta.url, test);
