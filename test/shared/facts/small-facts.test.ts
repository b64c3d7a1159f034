/** Facts of a line or two. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { isClientAuthMethod, isCredential } from '../../../src/shared/facts/client-auth.ts';
import { compact } from '../../../src/shared/facts/compact.ts';
import { sha256Hex } from '../../../src/shared/facts/sha256.ts';

describe('compact', () => {
  it('leaves out what is undefined, and nothing else', () => {
    const whole = { a: undefined, b: null, c: 0, d: false, e: '', f: [undefined] };
    expect(Object.keys(compact(whole))).toEqual(['b', 'c', 'd', 'e', 'f']);
  });

  it('returns a copy', () => {
    const whole = { a: 1 };
    const copy = compact(whole);
    expect(copy).toEqual(whole);
    expect(copy).not.toBe(whole);
  });

  it('makes members that may be undefined optional, and keeps the others', () => {
    const whole: { a: string; b: string | undefined; c?: number } = { a: 'a', b: undefined };
    expectTypeOf(compact(whole)).toExtend<{ a: string; b?: string; c?: number }>();
    // @ts-expect-error -- what may be missing is not there for sure
    expectTypeOf(compact(whole)).toExtend<{ a: string; b: string }>();
    expect(compact(whole)).toEqual({ a: 'a' });
  });
});

describe('a credential', () => {
  it('consists of the characters of RFC 6749 appendix A', () => {
    expect([' ', '~', 'a b'].filter((text) => !isCredential(text))).toEqual([]);
    expect(['', '\u001f', '\u007f', 'a\n', 'ä'].filter(isCredential)).toEqual([]);
  });

  it('is sent by one of three methods', () => {
    const methods = ['none', 'client_secret_basic', 'client_secret_post'];
    expect(methods.filter((method) => !isClientAuthMethod(method))).toEqual([]);
    expect(['private_key_jwt', '', undefined, 0].filter(isClientAuthMethod)).toEqual([]);
  });
});

describe('SHA-256', () => {
  it('is 64 hexadecimal digits, of the bytes in UTF-8 (FIPS 180-4)', async () => {
    expect(await sha256Hex('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(await sha256Hex('ä')).toBe(
      '33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc',
    );
  });
});
