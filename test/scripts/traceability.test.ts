/** Every attack and every stop of the worker has a test, and the page that says which is up to date. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  allTests,
  numbersIn,
  testsFor,
  threatNumbers,
  TRACEABILITY,
  traceabilityPage,
  untraced,
} from '../../scripts/traceability.ts';

describe('docs/traceability.md', () => {
  it('has a test for every attack and every stop, none left out', () => {
    const numbers = threatNumbers();
    expect(numbers.length).toBeGreaterThanOrEqual(78);
    expect(untraced(numbers, allTests())).toEqual([]);
  });

  it('says what the titles say now: npm run traceability writes it', () => {
    const page = readFileSync(TRACEABILITY, 'utf8');
    expect(page).toBe(traceabilityPage(threatNumbers(), allTests()));
  });
});

describe('a number', () => {
  const tests = [
    { file: 'a.test.ts', title: 'a kill › ends nothing (K13b, T-36)' },
    { file: 'b.test.ts', title: 'a page › says so (xT-37)' },
  ];

  it('is traced by tests that name it whole', () => {
    expect(testsFor('K13b', tests)).toEqual([tests[0]]);
    expect(testsFor('K13', tests)).toEqual([]);
    expect(untraced(['T-36', 'T-37', 'K13'], tests)).toEqual(['T-37', 'K13']);
  });

  it('is traced by a range that a table of cases is named after', () => {
    const table = [{ file: 'c.test.ts', title: 'a kill (K01–K12) › %s' }];
    expect(['K01', 'K07', 'K12'].every((one) => testsFor(one, table).length === 1)).toBe(true);
    expect(untraced(['K13', 'K13b', 'T-07'], table)).toEqual(['K13', 'K13b', 'T-07']);
  });

  it('is one that the page of threats defines', () => {
    const row = (number: string) => `| <a id="${number.toLowerCase()}"></a>${number} | T-02 |`;
    const page = ['T-01', 'K13b', 'Z1'].map(row).join('\n');
    expect(numbersIn(page)).toEqual(['T-01', 'K13b']);
  });
});
