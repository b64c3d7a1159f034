import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CHALLENGE_LENGTH } from '../../src/shared/facts/limits.ts';
import { parseBearerChallenge, parseChallenges } from '../../src/protocol/challenge.ts';
import { codeOf } from './code-of.ts';

/** Challenges as plain data, for comparison. */
const read = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
const refusal = (header: string) => codeOf(() => parseBearerChallenge(header));

describe('what an unanchored regular expression reads wrongly (D7)', () => {
  it('reads the scope, not what a description says of one (D7, T-30, R9)', () => {
    const header =
      'Bearer error="insufficient_scope", error_description="need scope=admin:all now", scope="files:read"';
    expect(parseBearerChallenge(header)).toEqual({
      scopes: ['files:read'],
      error: 'insufficient_scope',
    });
  });

  it('is not fooled by a quoted scope="admin" inside a description (D7, T-30)', () => {
    const header = String.raw`Bearer error_description="see \"scope=\", scope=\"admin\"", scope="files:read"`;
    expect(parseBearerChallenge(header)?.scopes).toEqual(['files:read']);
    const alone = String.raw`Bearer error_description="\\\", scope=\"admin\""`;
    expect(parseBearerChallenge(alone)).toEqual({});
  });

  it('takes x_scope for x_scope (D7)', () => {
    expect(parseBearerChallenge('Bearer x_scope="admin", scope="files:read"')).toEqual({
      scopes: ['files:read'],
    });
    expect(parseBearerChallenge('Bearer x_scope="admin"')).toEqual({});
  });

  it('takes my_resource_metadata for my_resource_metadata (D7)', () => {
    expect(parseBearerChallenge('Bearer my_resource_metadata="https://evil/"')).toEqual({});
    const both =
      'Bearer my_resource_metadata="https://evil/", resource_metadata="https://mcp.example/m"';
    expect(parseBearerChallenge(both)).toEqual({ resourceMetadata: 'https://mcp.example/m' });
  });

  it('finds Bearer behind another scheme (D7)', () => {
    const header = 'Basic realm="a, Bearer scope=\\"admin\\"", Bearer scope="files:read"';
    expect(parseBearerChallenge(header)).toEqual({ scopes: ['files:read'] });
  });

  it('reads names and schemes in any case (D7, RFC 9110 §11.1)', () => {
    expect(parseBearerChallenge('BEARER SCOPE="a b", eRRor=invalid_token')).toEqual({
      scopes: ['a', 'b'],
      error: 'invalid_token',
    });
  });
});

describe('the grammar (RFC 9110 §11.6.1)', () => {
  it.each<[string, string, unknown]>([
    ['a scheme alone', 'Bearer', [['bearer', {}]]],
    [
      'schemes alone',
      'Bearer , Basic',
      [
        ['bearer', {}],
        ['basic', {}],
      ],
    ],
    ['tokens and strings', 'Bearer a=b, c="d"', [['bearer', { a: 'b', c: 'd' }]]],
    ['commas and equals signs in quotes', 'Bearer a="b, c=d"', [['bearer', { a: 'b, c=d' }]]],
    ['quoted pairs', String.raw`Bearer a="\"\\\b"`, [['bearer', { a: String.raw`"\b` }]]],
    ['an empty string', 'Bearer a=""', [['bearer', { a: '' }]]],
    ['blanks around the equals sign', 'Bearer a \t=\t "b" ,c= d', [['bearer', { a: 'b', c: 'd' }]]],
    ['empty list elements', ', ,Bearer a=b,, ,c=d,', [['bearer', { a: 'b', c: 'd' }]]],
    ['a token68', 'Negotiate YWJj+/-._~==', [['negotiate', {}]]],
    [
      'a token68 before Bearer',
      'Negotiate ab==, Bearer a=b',
      [
        ['negotiate', {}],
        ['bearer', { a: 'b' }],
      ],
    ],
    [
      'several schemes',
      'Basic realm="x", DPoP algs="ES256", Bearer',
      [
        ['basic', { realm: 'x' }],
        ['dpop', { algs: 'ES256' }],
        ['bearer', {}],
      ],
    ],
    [
      'a scheme named like a parameter',
      'scope a=b, Bearer c=d',
      [
        ['scope', { a: 'b' }],
        ['bearer', { c: 'd' }],
      ],
    ],
    ['obs-text in quotes', 'Bearer a="caf\u00e9"', [['bearer', { a: 'caf\u00e9' }]]],
    [
      'names of Object.prototype',
      'Bearer constructor=a, __proto__="b"',
      [['bearer', { constructor: 'a', ['__proto__']: 'b' }]],
    ],
    ['nothing', '', []],
    ['separators only', ' ,\t, ', []],
  ])('reads %s (T-30)', (_, header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it.each([
    ['a parameter without a scheme', 'scope="a"'],
    ['a string that does not end', 'Bearer scope="a'],
    ['a string that ends in a backslash', 'Bearer scope="a\\'],
    ['an escaped closing quote', String.raw`Bearer scope="a\"`],
    ['text behind a string', 'Bearer scope="a"b'],
    ['no comma between parameters', 'Bearer scope="a" error="b"'],
    ['no comma between challenges', 'Bearer scope="a" Basic realm="b"'],
    ['no comma behind a token', 'Bearer scope=a Basic realm="b"'],
    ['a quoted name', 'Bearer "scope"="a"'],
    ['a quoted scheme', '"Bearer" scope="a"'],
    ['two equals signs', 'Bearer scope=="a"'],
    ['a slash in a token', 'Bearer resource_metadata=https://a.example/b'],
    ['a semicolon', 'Bearer error="a"; scope="b"'],
    ['single quotes with a blank', "Bearer scope='a b'"],
    ['a character beyond ASCII outside quotes', 'Bearer sc\u043epe="a"'],
    ['a line break outside quotes', 'Bearer scope="a",\r\n error="b"'],
  ])('refuses %s (RFC 9110 §11.2, T-30)', (_, header) => {
    expect(refusal(header)).toBe('invalid_request');
  });

  it('refuses a second scheme without a comma before it (RFC 9110 §11.6.1, T-30)', () => {
    expect(refusal('Basic abc Bearer scope="admin"')).toBe('invalid_request');
    expect(refusal('Digest Bearer scope="admin"')).toBe('invalid_request');
  });

  it('refuses a parameter behind a token68, which excludes parameters (RFC 9110 §11.3, T-30)', () => {
    expect(refusal('Bearer abc==, scope="admin"')).toBe('invalid_request');
    expect(refusal('Bearer error=, scope="admin"')).toBe('invalid_request');
  });

  it('refuses control characters in a quoted string (RFC 9110 §5.5, §5.6.4, T-30)', () => {
    const control = ['\0', '\n', '\r', '\x1b', '\x7f'];
    expect(control.map((character) => refusal(`Bearer error="a${character}b"`))).toEqual(
      control.map(() => 'invalid_request'),
    );
  });
});

describe('what two readers could read differently', () => {
  it.each([
    ['scope twice', 'Bearer scope="a", scope="b"'],
    ['scope twice alike', 'Bearer scope="a", scope="a"'],
    ['scope twice in different case', 'Bearer scope="a", SCOPE="b"'],
    ['error twice', 'Bearer error="a", scope="b", error="c"'],
    ['two Bearers with different scopes', 'Bearer scope="a", Bearer scope="b"'],
    ['two Bearers of which one has a scope', 'Bearer realm="x", Bearer scope="b"'],
  ])('refuses %s (T-30)', (_, header) => {
    expect(refusal(header)).toBe('invalid_request');
  });

  it('accepts two Bearers that ask for the same scope (T-30)', () => {
    const header = 'Bearer realm="a", scope="s", Bearer realm="b", scope="s"';
    expect(parseBearerChallenge(header)?.scopes).toEqual(['s']);
  });

  it('accepts the same parameter of two different schemes (RFC 9110 §11.2)', () => {
    expect(parseBearerChallenge('Basic realm="a", Bearer realm="b", scope="s"')).toEqual({
      scopes: ['s'],
    });
  });
});

describe('limits (5.5)', () => {
  const padded = (length: number) => `Bearer a="${'x'.repeat(length - 11)}"`;
  const parameters = (count: number) => Array.from({ length: count }, (_, i) => `p${i}=v`).join();

  it('reads 8 KiB and no character more (T-30)', () => {
    expect(padded(MAX_CHALLENGE_LENGTH)).toHaveLength(8192);
    expect(read(padded(8192))).toHaveLength(1);
    expect(codeOf(() => parseChallenges(padded(8193)))).toBe('invalid_request');
  });

  it('reads 16 challenges and no more (T-30)', () => {
    expect(read(Array(16).fill('Basic a=b').join())).toHaveLength(16);
    expect(refusal(Array(17).fill('Basic a=b').join())).toBe('invalid_request');
  });

  it('reads 32 parameters of a challenge and no more (T-30)', () => {
    expect(parseChallenges(`Bearer ${parameters(32)}`)[0]?.parameters.size).toBe(32);
    expect(refusal(`Bearer ${parameters(33)}`)).toBe('invalid_request');
  });

  it('fails alike, whatever the header says (T-32)', () => {
    try {
      parseBearerChallenge('Bearer scope="secret-marker" x');
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain('secret-marker');
    }
  });
});

describe('the Bearer challenge (RFC 6750 §3)', () => {
  it('is undefined when there is none (RFC 6750 §3)', () => {
    const headers = ['', 'Basic realm="Bearer scope=a"', 'BearerX scope="a"', 'DPoPX scope="a"'];
    expect(headers.map(parseBearerChallenge)).toEqual(headers.map(() => undefined));
  });

  it('gives scope and resource_metadata of a 403 (B8, R7, R54)', () => {
    const header =
      'Bearer error="insufficient_scope", scope="a b a", resource_metadata="https://mcp.example/m"';
    expect(parseBearerChallenge(header)).toEqual({
      scopes: ['a', 'b'],
      error: 'insufficient_scope',
      resourceMetadata: 'https://mcp.example/m',
    });
  });

  it('invents no scope when none is named (Q6, R44)', () => {
    expect(parseBearerChallenge('Bearer error="insufficient_scope"')).not.toHaveProperty('scopes');
    expect(parseBearerChallenge('Bearer scope=""')?.scopes ?? []).toEqual([]);
  });

  it('refuses the whole challenge for one scope that is not NQCHAR (T-18)', () => {
    const bad = ['files:re\u0430d', 'a\u202eb', 'a\u200bb', '<b>\u00e9', 'a\tb'];
    const headers = [...bad.map((scope) => `Bearer scope="ok ${scope}"`), 'Bearer scope="a\\"b"'];
    expect(headers.map(refusal)).toEqual(headers.map(() => 'invalid_request'));
  });
});

const TOKEN_CHARACTERS = [..."!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEF"];
const token = fc.string({ unit: fc.constantFrom(...TOKEN_CHARACTERS), minLength: 1, maxLength: 8 });
/** Everything that may stand in a quoted string, with what is dangerous there more often. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', ',', '=', ' ', 'scope="admin"', 'Bearer ', '\t'),
    fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)),
  ),
  maxLength: 40,
});
const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
const blank = fc.constantFrom('', ' ', '\t', '  ');
const comma = fc.constantFrom(',', ', ', ' ,', ' , ', ',,', ', ,\t');
const isToken = (text: string) => /^[\w!#$%&'*+.^`|~-]+$/.test(text);

/** A header, written in one of its many ways, and what it says. */
const written = fc
  .array(
    fc.record({
      scheme: token,
      parameters: fc.uniqueArray(
        fc.record({ name: token, value: fc.oneof(hostile, token), bare: fc.boolean(), blank }),
        { selector: ({ name }) => name.toLowerCase(), maxLength: 5 },
      ),
      comma,
    }),
    { maxLength: 4 },
  )
  .map((challenges) => ({
    header: challenges
      .map(({ scheme, parameters, comma }) => {
        const written = parameters.map(({ name, value, bare, blank }) => {
          const text = bare && isToken(value) ? value : quote(value);
          return `${name}${blank}=${blank}${text}`;
        });
        return `${scheme} ${written.join(comma)}`.trimEnd();
      })
      .join(', '),
    says: challenges.map(({ scheme, parameters }) => [
      scheme.toLowerCase(),
      parameters.map(({ name, value }) => [name.toLowerCase(), value]),
    ]),
  }));

describe('every header (F1)', () => {
  it('reads back what was written, however it was written (F1, T-30)', () => {
    fc.assert(
      fc.property(written, ({ header, says }) => {
        const challenges = parseChallenges(header);
        expect(challenges.map(({ scheme, parameters }) => [scheme, [...parameters]])).toEqual(says);
      }),
      { numRuns: 10_000 },
    );
  });

  it('lets no quoted text bleed into another parameter (F1, D7, T-30)', () => {
    fc.assert(
      fc.property(hostile, hostile, (before, after) => {
        const header = `Bearer a=${quote(before)}, scope="files:read", z=${quote(after)}`;
        expect(read(header)).toEqual([['bearer', { a: before, scope: 'files:read', z: after }]]);
      }),
      { numRuns: 10_000 },
    );
  });

  it('answers any text with challenges or with invalid_request (F1)', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), hostile);
    fc.assert(
      fc.property(text, (header) => {
        expect([undefined, 'invalid_request']).toContain(refusal(`Bearer ${header}`));
      }),
      { numRuns: 10_000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each<[string, (n: number) => string]>([
    ['escaped quotes', (n) => `Bearer a="${'\\"'.repeat(n / 2)}`],
    ['an open string', (n) => `Bearer a="${'x'.repeat(n)}`],
    ['blanks', (n) => `Bearer${' '.repeat(n)}\u00e9`],
    ['blanks behind a name', (n) => `Bearer a${' '.repeat(n)}b`],
    ['equals signs', (n) => `Bearer a${'='.repeat(n)}"`],
    ['a token68 that is none', (n) => `Bearer ${'a'.repeat(n / 2)}${'='.repeat(n / 2)}"`],
    ['separators', (n) => `${', '.repeat(n / 2)}"`],
    ['a long name', (n) => `Bearer ${'a'.repeat(n)}`],
    ['a long scheme', (n) => `${'a'.repeat(n)}=`],
  ])('takes time linear in the length of %s (P-PARSE, T-30)', (_, hostileOf) => {
    // A quadratic reader needs four times as long for the double, in each of five attempts.
    const ratios = Array.from(
      { length: 5 },
      () => duration(hostileOf(8000)) / duration(hostileOf(4000)),
    );
    expect(Math.min(...ratios)).toBeLessThan(3);
  });
});

/** The shortest of several measurements, each of many readings; milliseconds. */
function duration(header: string): number {
  const measured = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (let i = 0; i < 40; i += 1) codeOf(() => parseChallenges(header));
    return performance.now() - start;
  });
  return Math.min(...measured);
}

describe('a DPoP challenge (RFC 9449 §7.1)', () => {
  it.each([
    [
      'alone, as a Bearer challenge is',
      'DPoP scope="a b", error="invalid_token", resource_metadata="https://mcp.example/m"',
      {
        scopes: ['a', 'b'],
        error: 'invalid_token',
        resourceMetadata: 'https://mcp.example/m',
        dpop: 'only',
      },
    ],
    ['in any case', 'dpop', { dpop: 'only' }],
    ['with the algorithms that it takes', 'DPoP algs="RS256 ES256"', { dpop: 'only' }],
    [
      'with other algorithms only, as nothing that helps',
      'DPoP algs="RS256", scope="a"',
      { scopes: ['a'] },
    ],
    [
      'beside a Bearer challenge, which is heard first',
      'DPoP scope="b", Bearer scope="a"',
      { scopes: ['a'], dpop: 'offered' },
    ],
    [
      'for what the Bearer challenge leaves out',
      'Bearer, DPoP scope="b", resource_metadata="https://mcp.example/m"',
      { scopes: ['b'], resourceMetadata: 'https://mcp.example/m', dpop: 'offered' },
    ],
    [
      'first, where it alone says what was wrong',
      'Bearer scope="a", DPoP error="insufficient_scope", scope="b"',
      { scopes: ['b'], error: 'insufficient_scope', dpop: 'offered' },
    ],
    [
      'after a Bearer challenge that says it too',
      'DPoP error="invalid_token", Bearer error="insufficient_scope", scope="a"',
      { scopes: ['a'], error: 'insufficient_scope', dpop: 'offered' },
    ],
  ])('is read %s (Z36)', (_, header, read) => {
    expect(parseBearerChallenge(header)).toEqual(read);
  });

  it('is refused when two of them ask for different scopes, as with Bearer', () => {
    expect(refusal('DPoP scope="a", DPoP scope="b"')).toBe('invalid_request');
  });

  it('counts for nothing inside quotes or in the name of another scheme (D7)', () => {
    expect(parseBearerChallenge('Bearer realm="DPoP algs=ES256"')).toEqual({});
    expect(parseBearerChallenge('Bearer dpop="x"')).toEqual({});
  });
});
