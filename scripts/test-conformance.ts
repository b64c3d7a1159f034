/**
 * `npm run test:conformance`: the official suite against the built extension in real Chromium, one scenario after
 * the other, then the control. Prints the table and writes docs/conformance-suite.md. With words behind it
 * (`-- iss 2025-11-25`) only scenarios whose name or version contains one of each kind, and nothing is written.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runScenario, type Verdict } from '../test/conformance/run.ts';
import { ALL, AUTH, type Scenario, VERSIONS } from '../test/conformance/scenarios.ts';
import { hashOfSources, TABLE, tablePage } from '../test/conformance/table.ts';
import { getTools } from '../test/conformance/tools.ts';
import { getChromium } from './browsers.mjs';
import { packageAll } from './package.ts';
import { runAsProgram } from './set-up.mjs';

await runAsProgram(import.meta.url, async () => {
  const words = process.argv.slice(2);
  const isVersion = (word: string) => (VERSIONS as readonly string[]).includes(word);
  const matches = ({ name, version }: Scenario) =>
    (!words.some(isVersion) || words.includes(version)) &&
    (words.every(isVersion) || words.some((word) => name.includes(word)));
  const chosen = ALL.filter(matches);
  if (chosen.length === 0) throw new Error('No scenario is called that.');
  const sources = hashOfSources();
  await packageAll();

  const verdicts = await runAll(chosen, 'allow');
  const passed = verdicts.filter((one) => one.passed).length;
  console.log(`${passed} of ${chosen.length} scenarios passed`);
  if (passed < chosen.length) process.exitCode = 1;
  if (words.length > 0) return;

  console.log('\nThe control: everything is denied, so every scenario has to fail.\n');
  const denied = await runAll(
    AUTH.filter(({ version }) => version === VERSIONS[0]),
    'deny',
  );
  const vacuous = denied.filter((one) => one.passed);
  console.log(`${denied.length - vacuous.length} of ${denied.length} failed`);
  if (vacuous.length > 0) process.exitCode = 1;
  if (hashOfSources() !== sources) throw new Error('The sources have changed during the run.');
  writeFileSync(TABLE, tablePage(verdicts, denied, { ...made(), sources }));
});

async function runAll(chosen: readonly Scenario[], decision: 'allow' | 'deny'): Promise<Verdict[]> {
  console.log(`${'scenario'.padEnd(56)} verdict   ok fail warn  clicks carried own`);
  const verdicts: Verdict[] = [];
  for (const scenario of chosen) {
    const verdict = await runScenario(scenario, decision);
    verdicts.push(verdict);
    print(verdict);
    if (decision === 'allow' && !verdict.passed) explain(verdict);
  }
  return verdicts;
}

function print(verdict: Verdict): void {
  const { name, version, passed, ok, fail, warn, clicks, carried, own } = verdict;
  const counts = [ok, fail, warn].map((count) => String(count).padStart(4)).join(' ');
  const label = `${version} ${name}`.padEnd(56);
  const others = `${String(clicks).padStart(7)} ${String(carried).padStart(7)} ${String(own).padStart(3)}`;
  console.log(`${label} ${passed ? 'passed' : 'FAILED'} ${counts} ${others}`);
}

function explain({ complaints, error, told, faults }: Verdict): void {
  for (const line of [...complaints, `page: ${error}`, told, ...faults]) {
    if (line !== '') console.log(`    ${line.replaceAll(/\s+/g, ' ')}`);
  }
}

function made() {
  const { suite } = getTools();
  const manifest = path.join(path.dirname(suite), '..', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const said = execFileSync(getChromium(), ['--version'], { encoding: 'utf8' });
  return { suite: version, browser: `Chromium ${/\d[\w.]*/.exec(said)?.[0] ?? ''}` };
}
