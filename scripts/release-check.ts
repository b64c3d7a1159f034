/**
 * `npm run release-check`: everything that CI leaves out because it takes too long. Writes docs/release-check.md, with
 * day and commit, whatever came out. It takes more than an hour.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT, runAsProgram } from './set-up.mjs';
import { runSteps, sumOf, type Outcome, type Step } from './steps.ts';

const PAGE = path.join(ROOT, 'docs', 'release-check.md');

const RELEASE_STEPS: readonly Step[] = [
  { name: 'check', command: ['npm', 'run', 'check'], minutes: 10, isGate: true },
  { name: 'every test', command: ['npm', 'test', '--silent', '--', '--all'], minutes: 60 },
  { name: 'real servers', command: ['npm', 'run', '--silent', 'wild'], minutes: 10 },
  { name: 'providers', command: ['npm', 'run', '--silent', 'providers'], minutes: 30 },
  { name: 'beside the SDK', command: ['npm', 'run', '--silent', 'compare'], minutes: 10 },
  {
    name: 'every attack',
    command: ['npm', 'run', '--silent', 'accept', '--', '--full'],
    minutes: 60,
  },
  { name: 'every break', command: ['npm', 'run', '--silent', 'breaks'], minutes: 45 },
  {
    name: 'official suite',
    command: ['npm', 'run', '--silent', 'test:conformance'],
    minutes: 45,
  },
  { name: 'screenshots', command: ['npm', 'run', '--silent', 'screenshots'], minutes: 20 },
  { name: 'bench', command: ['npm', 'run', '--silent', 'bench'], minutes: 45 },
];

/** Longer than all steps together take on a machine that does something else as well. */
const RELEASE_MINUTES = 270;

/** When and of what the check was made. */
export interface Run {
  /** Such as 2026-11-27. */
  day: string;
  commit: string;
  machine: string;
}

/** The page: the sum, a row for each step, and the last lines of each. */
export function pageOf(outcomes: readonly Outcome[], { day, commit, machine }: Run): string {
  const rows = outcomes.map(
    ({ name, passed, failed, seconds }) =>
      `| ${name} | ${passed} | ${failed === 0 ? failed : `**${failed}**`} | ${Math.ceil(seconds / 60)} |`,
  );
  const ends = outcomes.map(
    ({ name, closing }) => `## ${name}\n\n\`\`\`text\n${shown(closing)}\n\`\`\`\n`,
  );
  return `# Release check

Written by \`npm run release-check\` on ${day}, of commit \`${commit}\`, on ${machine}: **${sumOf(outcomes)}**. What CI runs for every change is shorter; this is what stands behind a release ([releasing.md](releasing.md)).

| Step | Passed | Failed | Minutes |
| --- | --- | --- | --- |
${rows.join('\n')}

The last lines of each step:

${ends.join('\n')}`;
}

/** Without the folder of whoever ran it, and without what would end the block. */
function shown(lines: readonly string[]): string {
  return lines.map((line) => line.replaceAll(ROOT, '.').replaceAll('```', "'''")).join('\n');
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

await runAsProgram(import.meta.url, async () => {
  if (git('status', '--porcelain') !== '') {
    throw new Error('The tree has changes that are not committed: the page could not name them.');
  }
  const commit = git('rev-parse', '--short=12', 'HEAD');
  // A second try is listed on the page.
  process.env['GRANTKEEPER_RETRY'] = '1';
  const outcomes = await runSteps(RELEASE_STEPS, RELEASE_MINUTES);
  const machine = `${os.cpus().length} cores, Node ${process.versions.node}, ${os.platform()}`;
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(PAGE, pageOf(outcomes, { day, commit, machine }));
  console.log(`\n${sumOf(outcomes)}`);
  if (outcomes.some(({ failed }) => failed > 0)) process.exitCode = 1;
});
