import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unproved } from '../../scripts/conformance-ran.ts';
import { CONFORMANCE, faultsOf, isProofBy, rowsOf } from '../../scripts/conformance.ts';

const page = readFileSync(CONFORMANCE, 'utf8');
const rows = rowsOf(page);

describe('docs/conformance.md', () => {
  it('has a test that there is, or a reason, for each of the 143 requirements', () => {
    expect(rows).toHaveLength(143);
    expect(faultsOf(rows)).toEqual([]);
  });

  it('is not right any more with a row missing, twice, or proved by a test that is not there', () => {
    expect(faultsOf(rows.slice(1))).toEqual(['R1 is missing']);
    expect(faultsOf([...rows, rows[0]!])).toContain('R1 stands twice');
    const invented = rows.map((row) =>
      row.id === 'R7' && row.proof ? { ...row, proof: { ...row.proof, title: 'is fine' } } : row,
    );
    expect(faultsOf(invented)).toEqual([
      'R7 names no test that there is: protocol/protected-resource.test.ts is fine',
    ]);
  });

  it('lets one test prove five rows at most', () => {
    const { proof } = rows.find(({ id }) => id === 'R7')!;
    const taken = rows.map((row) => (/^R1?[1-6]$/.test(row.id) ? { ...row, proof } : row));
    expect(faultsOf(taken)).toEqual([`${proof?.file} ${proof?.title} is to prove 13 rows`]);
  });

  it('gives a reason where it names no test', () => {
    expect(() => rowsOf('| R1 | somehow | – |')).toThrow('R1 has neither');
  });
});

describe('a whole run', () => {
  const title = 'refuses %j as any of the four (R83)';
  const proof = { file: 'protocol/a.test.ts', title };

  it('proves a row in whichever browser the subject names, and under no other subject', () => {
    const named = { ...proof, title: 'a page › connects (R1)' };
    expect(isProofBy(named, { ...named, title: 'a page, in Firefox › connects (R1)' })).toBe(true);
    expect(isProofBy(named, { ...named, title: 'a popup › connects (R1)' })).toBe(false);
    expect(isProofBy(named, { ...named, title: 'connects (R1)' })).toBe(false);
  });

  it('proves a row when one of the cases passed, in the file that is named', () => {
    const ran = { ...proof, title: 'refuses "http://a" as any of the four (R83)' };
    expect(isProofBy(proof, ran)).toBe(true);
    expect(isProofBy(proof, { ...ran, file: 'protocol/b.test.ts' })).toBe(false);
    expect(isProofBy(proof, { ...ran, title: 'refuses another (R83)' })).toBe(false);
  });

  it('leaves no row without a test that passed', () => {
    const register = [
      { id: 'R1', proof },
      { id: 'R2', proof: undefined },
    ];
    expect(unproved(register, [])).toEqual([`R1: ${proof.file} ${title}`]);
    expect(unproved(register, [proof])).toEqual([]);
  });
});
