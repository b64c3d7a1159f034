/** Every number that a stranger meets in this repository is explained in it, in one place. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';
import { definedIn, faultsIn, wildRowsIn } from './numbers.ts';
import { allTexts } from './pages.ts';

const pages = allTexts();
const wildRows = wildRowsIn(readFileSync(path.join(ROOT, 'docs', 'wild.md'), 'utf8'));

describe('the numbers that code, tests and documents cite', () => {
  it('are each defined in docs/, and once', () => {
    expect(faultsIn(pages, wildRows)).toEqual([]);
  });

  it('are those of whole lists: nothing was left out in the middle', () => {
    const defined = definedIn(pages);
    const lists = { 'Z%': 56, 'R%': 104, 'B%': 21, 'D%': 18, 'ISS-%': 10, 'PLAN-%': 7 };
    const expected = Object.entries(lists).flatMap(([form, last]) =>
      Array.from({ length: last }, (_, i) => form.replace('%', String(i + 1))),
    );
    const padded = Array.from({ length: 50 }, (_, i) => `T-${String(i + 1).padStart(2, '0')}`);
    const points = Array.from({ length: 27 }, (_, i) => `K${String(i + 1).padStart(2, '0')}`);
    expect([...expected, ...padded, ...points].filter((number) => !defined.has(number))).toEqual(
      [],
    );
  });
});

describe('the check', () => {
  const page = (text: string, name = 'src/a.ts') => ({ name, text });
  const z1 = page('| <a id="z1"></a>Z1 | … |', 'docs/design.md');

  it('knows a number that is defined', () => {
    expect(faultsIn([z1, page('as Z1 says')], new Set())).toEqual([]);
  });

  it.each(['Z99', 'M7', 'T-51', 'ISS-11', 'X-NEW', 'K28'])('finds that %s is unknown', (number) => {
    expect(faultsIn([z1, page(`// so it must (${number}, Z1)`)], new Set())).toEqual([
      `src/a.ts: ${number} is defined nowhere`,
    ]);
  });

  it('finds a number that is defined twice, and one behind another anchor', () => {
    const again = page('| <a id="z1"></a>Z1 | … |', 'docs/other.md');
    expect(faultsIn([z1, again], new Set())).toEqual([
      'Z1 is defined in docs/design.md and docs/other.md',
    ]);
    expect(faultsIn([page('<a id="z2"></a>Z1', 'docs/design.md')], new Set())).toHaveLength(1);
  });

  it('knows rows of the wild where they are called so', () => {
    const rows = new Set(['A24']);
    expect(faultsIn([page('of wild row A24')], rows)).toEqual([]);
    expect(faultsIn([page('of wild row A25')], rows)).toEqual(['src/a.ts: A25 is no row']);
    expect(faultsIn([page('A24')], rows)).toEqual(['src/a.ts: A24 is defined nowhere']);
    expect(faultsIn([page('A24', 'docs/before-and-after.md')], rows)).toEqual([]);
  });
});
