import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkScopes,
  computeScopeUnion,
  coversScopes,
  formatScope,
  MAX_SCOPE_STRING,
  parseScope,
  scopesBeyond,
} from '../../src/protocol/scope.ts';
import { MAX_SCOPE_LENGTH, MAX_SCOPES } from '../../src/shared/facts/limits.ts';
import { codeOf } from './code-of.ts';

const refusal = (text: string) => codeOf(() => parseScope(text));
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`);

describe('a scope string (RFC 6749 §3.3)', () => {
  it('keeps first-seen order and drops duplicates (RFC 6749 §3.3)', () => {
    expect(parseScope('b a b c a')).toEqual(['b', 'a', 'c']);
    expect(parseScope('  b   a ')).toEqual(['b', 'a']);
    expect(parseScope('')).toEqual([]);
  });

  it('compares scopes as case-sensitive strings (RFC 6749 §3.3)', () => {
    expect(parseScope('Read read')).toEqual(['Read', 'read']);
  });

  it('takes exactly the characters of NQCHAR, of all below U+0100 (RFC 6749 §3.3, T-18)', () => {
    const taken = Array.from({ length: 256 }, (_, code) => code).filter(
      (code) => code !== 0x20 && refusal(`a${String.fromCharCode(code)}b`) === undefined,
    );
    const nqchar = Array.from({ length: 256 }, (_, code) => code).filter(
      (code) => code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e),
    );
    expect(taken).toEqual(nqchar);
  });

  it.each([
    ['a Cyrillic letter', 'files:re\u0430d'],
    ['a right-to-left override', 'files:\u202edaer'],
    ['a zero-width space', 'a\u200bdmin'],
    ['a byte order mark', '\ufeffadmin'],
    ['a non-breaking space', 'a\u00a0b'],
    ['a full-width letter', '\uff41dmin'],
    ['an emoji', 'a\u{1f600}'],
    ['a lone surrogate', 'a\ud800'],
    ['a newline', 'a\nb'],
    ['a final newline', 'a\n'],
    ['a tab', 'a\tb'],
    ['a null', 'a\0'],
    ['a quote', 'a"b'],
    ['a backslash', 'a\\b'],
  ])('refuses the whole string for %s (T-18, F9)', (_, bad) => {
    expect(refusal(`ok ${bad}`)).toBe('invalid_request');
    expect(codeOf(() => checkScopes(['ok', bad]))).toBe('invalid_request');
  });

  it('takes markup and wildcards as they are: they are text (T-18, T-19)', () => {
    expect(parseScope('<b>x</b> * admin:* __proto__ constructor')).toEqual([
      '<b>x</b>',
      '*',
      'admin:*',
      '__proto__',
      'constructor',
    ]);
  });

  it('blames whose text it is', () => {
    expect(codeOf(() => parseScope('\u00e9', 'token_failed'))).toBe('token_failed');
    expect(codeOf(() => checkScopes(['\u00e9'], 'discovery_failed'))).toBe('discovery_failed');
    expect(codeOf(() => checkScopes(['']))).toBe('invalid_request');
    expect(codeOf(() => checkScopes(['a b']))).toBe('invalid_request');
  });
});

describe('limits (5.5, T-18)', () => {
  it('takes 100 scopes and no more (5.5)', () => {
    expect(parseScope(numbered(MAX_SCOPES).join(' '))).toHaveLength(100);
    expect(refusal(numbered(101).join(' '))).toBe('invalid_request');
    expect(codeOf(() => checkScopes(numbered(101)))).toBe('invalid_request');
    expect(checkScopes([...numbered(100), ...numbered(100)])).toHaveLength(100);
  });

  it('takes 256 characters of a scope and no more (5.5)', () => {
    expect(parseScope('x'.repeat(MAX_SCOPE_LENGTH))[0]).toHaveLength(256);
    expect(refusal('x'.repeat(257))).toBe('invalid_request');
  });

  it('takes 4 KiB of a scope string and no more (5.5)', () => {
    const text = Array(16).fill('x'.repeat(255)).join(' ') + ' ';
    expect(text).toHaveLength(MAX_SCOPE_STRING);
    expect(refusal(text)).toBeUndefined();
    expect(refusal(`${text} `)).toBe('invalid_request');
  });

  it('takes 4 KiB of scopes given one by one and no more (5.5, T-18)', () => {
    const long = numbered(17).map((name) => name.padEnd(256, 'x'));
    expect(codeOf(() => checkScopes(long.slice(0, 15)))).toBeUndefined();
    expect(codeOf(() => checkScopes(long))).toBe('invalid_request');
  });
});

describe('scope arithmetic (P-SCOPE)', () => {
  const scope = fc.constantFrom('a', 'b', 'c', 'd', 'A', 'a:b', '*', '__proto__', 'constructor');
  const scopes: fc.Arbitrary<string[]> = fc.array(scope, { maxLength: 8 });
  const laws = { numRuns: 8000 };
  const asSet = (list: readonly string[]) => [...new Set(list)].sort();

  it('is idempotent (R55, B5)', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        const union = computeScopeUnion(a, b);
        expect(computeScopeUnion(union, a, b, union)).toEqual(union);
      }),
      laws,
    );
  });

  it('is commutative and associative as a set (P-SCOPE)', () => {
    fc.assert(
      fc.property(scopes, scopes, scopes, (a, b, c) => {
        const union = asSet(computeScopeUnion(a, b, c));
        expect(asSet(computeScopeUnion(c, b, a))).toEqual(union);
        expect(asSet(computeScopeUnion(computeScopeUnion(a, b), c))).toEqual(union);
      }),
      laws,
    );
  });

  it('never loses a scope and never adds one (R45, B5, B7, P-SCOPE)', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        const union = computeScopeUnion(a, b);
        expect(coversScopes(union, a) && coversScopes(union, b)).toBe(true);
        expect(coversScopes([...a, ...b], union)).toBe(true);
      }),
      laws,
    );
  });

  it('keeps first-seen order without duplicates (P-SCOPE)', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        const all = [...a, ...b];
        const firstSeen = all.filter((one, i) => all.indexOf(one) === i);
        expect(computeScopeUnion(a, b)).toEqual(firstSeen);
      }),
      laws,
    );
  });

  it('splits a set into what is beyond another and what is within (P-SCOPE)', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        const beyond = scopesBeyond(a, b);
        expect(beyond.every((one) => a.includes(one) && !b.includes(one))).toBe(true);
        expect(asSet([...beyond, ...a.filter((one) => b.includes(one))])).toEqual(asSet(a));
      }),
      laws,
    );
  });

  it('covers exactly the subsets (B4, P-SCOPE)', () => {
    fc.assert(
      fc.property(scopes, scopes, (base, asked) => {
        expect(coversScopes(base, asked)).toBe(asked.every((one) => base.includes(one)));
      }),
      laws,
    );
  });

  it('reads back what it writes (RFC 6749 §3.3)', () => {
    fc.assert(
      fc.property(scopes, (list) => {
        const set = computeScopeUnion(list);
        expect(parseScope(formatScope(set))).toEqual(set);
      }),
      laws,
    );
  });

  it('implies no hierarchy: files does not cover files:read (R43, R60)', () => {
    expect(coversScopes(['files', 'files:*', '*', 'admin'], ['files:read'])).toBe(false);
    expect(scopesBeyond(['files:read'], ['files'])).toEqual(['files:read']);
  });

  it('treats an empty set as nothing, never as everything (S7)', () => {
    expect(coversScopes([], ['a'])).toBe(false);
    expect(coversScopes([], [])).toBe(true);
    expect(computeScopeUnion()).toEqual([]);
  });
});
