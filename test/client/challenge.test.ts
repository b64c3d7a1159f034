import { describe, expect, it } from 'vitest';
import { findBearerChallenge, readableChallenge } from '../../src/client/challenge.ts';

const read = (header: string): Record<string, string> | undefined => {
  const challenge = findBearerChallenge(header);
  return challenge && Object.fromEntries(challenge);
};

describe('the challenge reader (RFC 9110 §11)', () => {
  it.each([
    ['a bare scheme', 'Bearer', {}],
    ['any case of scheme and names', 'bEARER SCOPE="a b", Error=x', { scope: 'a b', error: 'x' }],
    ['tokens and quoted strings', 'Bearer a=b, c="d, e=f"', { a: 'b', c: 'd, e=f' }],
    ['quoted pairs', String.raw`Bearer a="say \"hi\", \\o/"`, { a: String.raw`say "hi", \o/` }],
    ['space around the equals sign', 'Bearer a = "b" , c= d', { a: 'b', c: 'd' }],
    ['empty list elements', ', ,Bearer ,, a=b,', { a: 'b' }],
    ['a challenge before ours', 'Basic realm="x", Bearer scope="a"', { scope: 'a' }],
    ['a challenge after ours', 'Bearer scope="a", Basic realm="x"', { scope: 'a' }],
    ['token68 credentials of another scheme', 'Negotiate YWJj==, Bearer a=b', { a: 'b' }],
    ['the first of two equal names', 'Bearer scope="a", scope="b"', { scope: 'a' }],
    ['an empty value', 'Bearer scope=""', { scope: '' }],
  ])('reads %s', (_, header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it.each([
    ['', 'nothing'],
    ['Basic realm="Bearer scope=admin"', 'another scheme'],
    ['BearerX scope="a"', 'a longer scheme'],
    ['DPoP error="use_dpop_nonce"', 'another token type'],
    ['"Bearer scope=a"', 'quoted text'],
  ])('finds no Bearer challenge in %j (%s)', (header) => {
    expect(read(header)).toBeUndefined();
  });

  it('is not fooled by what a quoted string says', () => {
    const header =
      'Bearer error="insufficient_scope", error_description="need scope=admin:all, scope=\\"root\\"", scope="files:read"';
    expect(read(header)?.['scope']).toBe('files:read');
  });

  it('takes a name as a whole', () => {
    expect(read('Bearer x_scope="admin", my_resource_metadata="https://evil.example/"')).toEqual({
      x_scope: 'admin',
      my_resource_metadata: 'https://evil.example/',
    });
  });

  it('reads nothing after a quoted string that does not end', () => {
    expect(read('Bearer error="invalid_token", a="scope="admin", scope="root')).not.toHaveProperty(
      'scope',
    );
    expect(read('Bearer error="insufficient_scope, scope=admin')).toEqual({});
  });

  it('prefers the Bearer challenge that says insufficient_scope', () => {
    const header = 'Bearer realm="a", Bearer error="insufficient_scope", scope="w"';
    expect(read(header)).toEqual({ error: 'insufficient_scope', scope: 'w' });
  });

  it('takes linear time for what looks like a challenge and is none', () => {
    const hostile = [
      (n: number) => `Bearer a="${'\\"'.repeat(n)}`,
      (n: number) => `Bearer ${'a'.repeat(n)}${'='.repeat(n)}`,
      (n: number) => `Bearer a${' '.repeat(n)}`.repeat(2),
      (n: number) => 'a '.repeat(n),
      (n: number) => 'Bearer a='.repeat(n),
    ];
    const duration = (header: string): number => {
      const start = performance.now();
      findBearerChallenge(header);
      return performance.now() - start;
    };
    for (const make of hostile) expect(duration(make(200_000))).toBeLessThan(500);
  });
});

describe('the readable challenge', () => {
  const from = (value?: string): string | undefined =>
    readableChallenge(
      new Response(null, value === undefined ? {} : { headers: { 'www-authenticate': value } }),
    );

  it('is the header verbatim', () => {
    expect(from('Bearer  scope="a",x')).toBe('Bearer  scope="a",x');
  });

  it('is undefined without the header, and for one longer than 8192 characters', () => {
    expect(from()).toBeUndefined();
    expect(from(`Bearer a="${'x'.repeat(8181)}"`)).toHaveLength(8192);
    expect(from(`Bearer a="${'x'.repeat(8182)}"`)).toBeUndefined();
  });
});
