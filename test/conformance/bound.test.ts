/** The scenarios of the official suite about tokens that are bound to a key (SEP-1932, RFC 9449), through the core. */
import { expect, it } from 'vitest';
import { playInCore } from './core.ts';
import { runScenario } from './run.ts';
import { BOUND } from './scenarios.ts';

it.each(BOUND)('passes $name of the official suite (Z36)', async (scenario) => {
  const verdict = await runScenario(scenario, 'allow', playInCore);
  expect(verdict).toMatchObject({ passed: true, fail: 0, warn: 0, complaints: [], error: null });
});

it('fails auth/dpop when the user denies: the broker is what passes it', async () => {
  const verdict = await runScenario(BOUND[0]!, 'deny', playInCore);
  expect(verdict.passed).toBe(false);
});
