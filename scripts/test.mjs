/** `npm test`: sets up, finds the browsers, runs every test; the last line is `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getChromium, getFirefox } from './browsers.mjs';
import { ROOT, runAsProgram, setUp } from './set-up.mjs';

function test() {
  let counts = { passed: 0, failed: 1 };
  try {
    setUp();
    const env = { ...process.env, CHROMIUM: getChromium(), FIREFOX: getFirefox() };
    counts = runVitest(env, process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} extra
 */
function runVitest(env, extra) {
  const folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-test-'));
  try {
    const report = path.join(folder, 'report.json');
    const vitest = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const ours = ['compatibility.ts', 'conformance-ran.ts', 'second-try.ts'];
    const reporters = ['default', 'json', ...ours.map((name) => path.join(ROOT, 'scripts', name))];
    const flags = reporters.map((name) => `--reporter=${name}`);
    flags.push(`--outputFile.json=${report}`);
    const { status } = spawnSync(process.execPath, [vitest, 'run', ...flags, ...extra], {
      cwd: ROOT,
      // Of a part of the tests nobody can say that a requirement was left without its proof.
      env: extra.length === 0 ? { ...env, GRANTKEEPER_WHOLE_RUN: '1' } : env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return countTests(JSON.parse(readFileSync(report, 'utf8')), status === 0);
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

await runAsProgram(import.meta.url, test);
