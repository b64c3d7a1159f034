/** Rows as a damaged disk leaves them. */
import { describe, expect, it } from 'vitest';
import { withReadableLists } from '../../src/shared/stored-rows.ts';

describe('what was learned of an issuer', () => {
  const refusal = {
    origin: 'https://a.example',
    resource: 'https://m.example',
    scopes: ['a'],
    at: 1,
  };
  const whole = { issuer: 'https://as.example', sentIss: true, slots: ['https://a.example'] };

  it('is read as it was written (Z45, Z56)', () => {
    const row = { ...whole, refusedScopes: [refusal] };
    expect(withReadableLists(row)).toEqual(row);
    expect(withReadableLists({ issuer: 'https://as.example' })).toEqual({
      issuer: 'https://as.example',
    });
  });

  it.each([[1], ['text'], [{ 0: 'a' }], [[1]], [null]])(
    'loses a list that can’t be read, %j, and nothing else (T-46)',
    (damaged) => {
      const { slots: _, ...rest } = whole;
      expect(withReadableLists({ ...whole, slots: damaged } as never)).toEqual(rest);
      const row = { ...whole, refusedScopes: damaged } as never;
      expect(withReadableLists(row)).toEqual(whole);
    },
  );

  it('loses the list of which one entry can’t be read (T-46)', () => {
    const row = { ...whole, refusedScopes: [refusal, { ...refusal, scopes: 'a' }] };
    expect(withReadableLists(row as never)).toEqual(whole);
  });
});
