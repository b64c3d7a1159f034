/**
 * What CI runs once the dependencies are there. It should take 28 minutes at most on a quiet machine with two cores, and
 * took 41 when last measured, most of them browsers. So add no minute without taking two away; what's longer belongs in
 * `npm run release-check`.
 */
import { runAsProgram } from './set-up.mjs';
import { runSteps, sumOf, tellingLines, type Step } from './steps.ts';

/** Limits, not expectations: machines differ by half, and a run that hangs must still end with its line. */
export const CI_STEPS: readonly Step[] = [
  { name: 'check', command: ['npm', 'run', 'check'], minutes: 15, isGate: true },
  { name: 'commits', command: ['npm', 'run', '--silent', 'commits'], minutes: 1 },
  { name: 'tests', command: ['npm', 'test', '--silent', '--', '--all'], minutes: 45 },
  { name: 'wild', command: ['npm', 'run', '--silent', 'wild'], minutes: 5 },
  {
    // A short form: four rows in Chromium, which one browser profile takes. All 24 are of the release.
    name: 'broken',
    command: 'npm run --silent broken-servers -- chromium no-cors preflight-405 redirect sse'.split(
      ' ',
    ),
    minutes: 5,
  },
  {
    name: 'demo',
    command: ['npm', 'start', '--silent', '--', '--headless'],
    minutes: 5,
  },
  { name: 'breaks', command: ['npm', 'run', '--silent', 'breaks', '--', '--short'], minutes: 8 },
];

/** `.ci/run` cuts everything at sixty minutes; this ends earlier, with its count. */
const CI_MINUTES = 56.5;

await runAsProgram(import.meta.url, async () => {
  // A test that fails is tried once more; scripts/second-try.ts lists what passed only then.
  process.env['GRANTKEEPER_RETRY'] = '1';
  // Fewer journeys in Firefox and fewer screens; see vitest.config.ts.
  process.env['GRANTKEEPER_SHORT'] = '1';
  const outcomes = await runSteps(CI_STEPS, CI_MINUTES);
  console.log('');
  // Said again at the end: of a long run that's what everybody sees.
  for (const line of outcomes.flatMap(({ closing }) => tellingLines(closing))) console.log(line);
  for (const { name, passed, failed, seconds } of outcomes) {
    const minutes = (seconds / 60).toFixed(1);
    console.log(
      `${name.padEnd(10)} ${minutes.padStart(5)} min  ${passed} passed, ${failed} failed`,
    );
  }
  console.log(sumOf(outcomes));
  if (outcomes.some(({ failed }) => failed > 0)) process.exitCode = 1;
});
