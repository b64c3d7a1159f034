/** The committed table of the official suite: complete, clean, and made from the sources as they are. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL } from '../conformance/scenarios.ts';
import { hashOfSources, TABLE } from '../conformance/table.ts';

const page = readFileSync(TABLE, 'utf8');

/** Version, scenario, verdict and checks of each row. */
const rows = [
  ...page.matchAll(
    /^\| (\d{4}-\d\d-\d\d) \| (\S+) \| (\S+) \| (\d+) \/ (\d+) \/ (\d+) \| \d+ \| (\d+) \| (\d+) \| (\S+) \|/gm,
  ),
].map(([, version = '', name = '', verdict = '', ok, fail, warn, carried, own, was = '']) => ({
  version,
  name,
  verdict,
  counts: [ok, fail, warn].map(Number),
  carried: Number(carried),
  own: Number(own),
  was,
}));

describe('docs/conformance-suite.md', () => {
  it('was made from the sources as they are (npm run test:conformance)', () => {
    expect(/^Sources: `(\w+)`$/m.exec(page)?.[1]).toBe(hashOfSources());
  });

  it('every scenario passes at every version, without a failure or a warning (R1, R6, A-CONF)', () => {
    expect(rows.map(({ version, name }) => ({ version, name }))).toEqual(
      ALL.map(({ name, version }) => ({ version, name })),
    );
    expect(rows.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(rows.filter(({ counts: [ok = 0, fail, warn] }) => ok < 1 || fail || warn)).toEqual([]);
  });

  it('every page that was served was so by carried requests, all but one from an origin that can read nothing (Z26, Z28)', () => {
    expect(rows.filter(({ was, carried }) => was === 'served' && carried < 1)).toEqual([]);
    const read = rows.filter(({ own }) => own > 0);
    expect(read.map(({ version, name }) => `${version} ${name}`)).toEqual([
      '2025-11-25 auth/scope-step-up',
    ]);
  });

  it('counts 25, 14, 3 and 2 scenarios, two of bound tokens and nine of the transport, none of which passes when the user denies', () => {
    const totals = [...page.matchAll(/^\| [^|]+ \| (\d+)\/(\d+) \|/gm)];
    expect(totals.map(([, passed, all]) => `${passed} of ${all}`)).toEqual([
      '25 of 25',
      '14 of 14',
      '3 of 3',
      '2 of 2',
      '2 of 2',
      '9 of 9',
    ]);
    expect(page).toContain('with Deny in place of Allow, 25 of 25 scenarios at 2026-07-28 fail.');
  });
});
