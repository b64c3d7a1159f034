/**
 * Scenarios of the official suite, one of each kind, through the packaged extension in real Chromium. All 44 are
 * run by `npm run test:conformance`; docs/conformance-suite.md has its table.
 */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runScenario } from './run.ts';
import { ALL, SCENARIOS, VERSIONS, type Scenario } from './scenarios.ts';
import { getTools } from './tools.ts';

const newest = (name: string): Scenario => ({ name, version: '2026-07-28' });

describe('the official suite', () => {
  it('has the auth scenarios that are run, and no others (A-CONF)', () => {
    const { node, suite } = getTools();
    const said = execFileSync(node, [suite, 'list', '--client'], { encoding: 'utf8' });
    const listed = [...said.matchAll(/- (auth\/\S+) \[(.*)\]/g)].flatMap(([, name = '', of = '']) =>
      VERSIONS.filter((version) => of.includes(version)).map((version) => `${version} ${name}`),
    );
    expect(ALL.map(({ name, version }) => `${version} ${name}`).sort()).toEqual(listed.sort());
    expect(VERSIONS.map((version) => SCENARIOS[version].length)).toEqual([25, 14, 3, 2]);
  });

  it.each([
    [newest('auth/metadata-default'), 2],
    [newest('auth/scope-step-up'), 3],
    [newest('auth/basic-cimd'), 2],
    [newest('auth/pre-registration'), 3],
    [newest('auth/authorization-server-migration'), 3],
    [newest('auth/iss-wrong-issuer'), 2],
    [newest('auth/resource-mismatch'), 1],
    [{ name: 'auth/2025-03-26-oauth-endpoint-fallback', version: '2025-03-26' } as const, 2],
  ])('passes $name with %i clicks and without a fault', async (scenario, clicks) => {
    const verdict = await runScenario(scenario);
    expect(verdict).toMatchObject({ passed: true, fail: 0, warn: 0, complaints: [], clicks });
    expect(verdict.faults).toEqual([]);
  });

  it('fails auth/metadata-default when the user denies: the extension is what passes it', async () => {
    const verdict = await runScenario(newest('auth/metadata-default'), 'deny');
    expect(verdict).toMatchObject({ passed: false, clicks: 1 });
    expect(verdict.fail).toBeGreaterThan(0);
  });
});
