/**
 * Scenarios of the official suite, one of each kind, through the packaged extension in real Chromium. All of them are
 * run by `npm run test:conformance`; docs/conformance-suite.md has its table.
 */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runScenario } from './run.ts';
import { AUTH, BOUND, SCENARIOS, TRANSPORT, VERSIONS } from './scenarios.ts';
import { getTools } from './tools.ts';

describe('the official suite', () => {
  it('has the auth scenarios that are run, and no others (A-CONF)', () => {
    const { node, suite } = getTools();
    const said = execFileSync(node, [suite, 'list', '--client'], { encoding: 'utf8' });
    const listed = (name: RegExp) =>
      [...said.matchAll(/- (\S+) \[(.*)\]/g)].flatMap(([, found = '', of = '']) =>
        VERSIONS.filter((version) => name.test(found) && of.includes(version)).map(
          (version) => `${version} ${found}`,
        ),
      );
    const named = (scenarios: typeof AUTH) =>
      scenarios.map(({ name, version }) => `${version} ${name}`);
    expect(named(AUTH).sort()).toEqual(listed(/^auth\//).sort());
    const transport = /^(?:tools_call|sse-retry|request-metadata|http-.*|sep-2322-.*)$/;
    expect(named(TRANSPORT).sort()).toEqual(listed(transport).sort());
    for (const { name } of BOUND) expect(said).toContain(`- ${name} [extension]`);
    expect(VERSIONS.map((version) => SCENARIOS[version].length)).toEqual([25, 14, 3, 2]);
  });

  it.each([
    ['auth/metadata-default', '2026-07-28', 2],
    ['auth/scope-step-up', '2026-07-28', 3],
    ['auth/basic-cimd', '2026-07-28', 2],
    ['auth/pre-registration', '2026-07-28', 3],
    ['auth/authorization-server-migration', '2026-07-28', 3],
    ['auth/iss-wrong-issuer', '2026-07-28', 2],
    ['auth/resource-mismatch', '2026-07-28', 1],
    ['auth/2025-03-26-oauth-endpoint-fallback', '2025-03-26', 3],
    ['sse-retry', '2025-11-25', 2],
    ['request-metadata', '2026-07-28', 2],
  ] as const)(
    'passes %s at %s with %i clicks and without a fault',
    async (name, version, clicks) => {
      const verdict = await runScenario({ name, version });
      expect(verdict).toMatchObject({ passed: true, fail: 0, warn: 0, complaints: [], clicks });
      expect(verdict.faults).toEqual([]);
      // The page is at another origin, and these servers send no CORS.
      expect(verdict.own).toBe(0);
      expect(verdict.carried > 0).toBe(verdict.error === null);
    },
  );

  it('fails auth/metadata-default when the user denies: the extension is what passes it', async () => {
    const verdict = await runScenario(
      { name: 'auth/metadata-default', version: '2026-07-28' },
      'deny',
    );
    expect(verdict).toMatchObject({ passed: false, clicks: 1 });
    expect(verdict.fail).toBeGreaterThan(0);
  });
});
