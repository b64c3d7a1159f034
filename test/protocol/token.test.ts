import { describe, expect, it } from 'vitest';
import {
  isFresh,
  isWithinCeiling,
  processToken,
  type TokenExpectation,
  type TokenResponse,
} from '../../src/protocol/token.ts';
import { MAX_TOKEN_LENGTH } from '../../src/shared/facts/limits.ts';
import { NO_KNOWN_END } from '../../src/shared/facts/duration.ts';
import { codeOf } from './code-of.ts';

const NOW = 1_800_000_000_000;
const RESPONSE: TokenResponse = { access_token: 'at', token_type: 'Bearer', expires_in: 3600 };
const EXPECTED: TokenExpectation = { scopes: ['a', 'b'], assumed: true, now: NOW };
const read = (change: Partial<TokenResponse> = {}, expected: Partial<TokenExpectation> = {}) =>
  processToken({ ...RESPONSE, ...change }, { ...EXPECTED, ...expected });
const refusal = (change: Partial<TokenResponse>, expected: Partial<TokenExpectation> = {}) =>
  codeOf(() => read(change, expected));
/** Lifetime in seconds, of a token that can be refreshed and of one that cannot. */
const lifetime = (expires_in: number | undefined, refresh_token?: string) =>
  (read({ expires_in, refresh_token }).expiresAt - NOW) / 1000;
const NO_END = (NO_KNOWN_END - NOW) / 1000;
const jwt = (claims: object) => `e30.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.c2ln`;

describe('the lifetime (T-44, TIME-1)', () => {
  it.each([
    [undefined, 300, NO_END],
    [0, 300, NO_END],
    [0.5, 300, NO_END],
    [1, 1, 1],
    [1.5, 1.5, 1.5],
    [59, 59, 59],
    [60, 60, 60],
    [61, 61, 61],
    [3600, 3600, 3600],
    [86_400, 86_400, 86_400],
    [86_401, 86_400, 86_401],
    [5_184_000, 86_400, 5_184_000],
    [1e12, 86_400, NO_END],
    [Infinity, 86_400, NO_END],
  ])(
    'of a token with expires_in %s is %d seconds where it can be refreshed, else %d (T-44, TIME-1, Z52)',
    (expires_in, renewable, alone) => {
      expect([lifetime(expires_in, 'rt'), lifetime(expires_in)]).toEqual([renewable, alone]);
    },
  );

  it('ends with a JWT that says so, by its own clock, and never later for it (Z52)', () => {
    const end = (claims: object, expires_in?: number) =>
      (read({ access_token: jwt(claims), expires_in }).expiresAt - NOW) / 1000;
    const now = NOW / 1000;
    expect(end({ exp: now + 600 })).toBe(600);
    expect(end({ iat: now - 7200, exp: now - 6600 })).toBe(600);
    expect(end({ iat: now, exp: now + 600 }, 60)).toBe(60);
    expect(end({ iat: now, exp: now + 600 }, 3600)).toBe(600);
    // Over on arrival: it could never be used, and each call would bring another one.
    expect(end({ iat: now, exp: now + 0.001 }, 3600)).toBe(3600);
  });

  it.each([{}, { exp: 'soon' }, { exp: -1 }, { iat: 2, exp: 1 }, { exp: null }])(
    'is not ended by a JWT that says %j (Z52)',
    (claims) => {
      expect(read({ access_token: jwt(claims), expires_in: undefined }).expiresAt).toBe(
        NO_KNOWN_END,
      );
    },
  );

  it('never makes a token with a negative or unreadable expires_in fresh (T-44, TIME-1, D14)', () => {
    const tokens = [-1, -1e9, NaN, -Infinity].map((expires_in) =>
      read({ expires_in, refresh_token: 'rt' }),
    );
    const times = [NOW - 1, NOW, NOW + 1, NOW + 86_400_000];
    expect(tokens.flatMap((token) => times.filter((now) => isFresh(token, now)))).toEqual([]);
  });

  it('counts from before the request was sent (T-47)', () => {
    expect(read().obtainedAt).toBe(NOW);
  });

  it.each([
    [3600, 3540],
    [121, 61],
    [120, 60],
    [119, 59.5],
    [61, 30.5],
    [60, 30],
    [59, 29.5],
    [1, 0.5],
  ])(
    'stops handing out a token of %i seconds after %d: a minute, or half of a short life, is margin (T-47, TIME-1)',
    (expires_in, last) => {
      const token = read({ expires_in });
      expect(isFresh(token, NOW + last * 1000 - 1)).toBe(true);
      expect(isFresh(token, NOW + last * 1000)).toBe(false);
    },
  );
});

describe('the token type (T-44, D14)', () => {
  it('is bearer, in any case (RFC 6749 §5.1, T-44)', () => {
    expect(['bearer', 'Bearer', 'BEARER'].map((token_type) => refusal({ token_type }))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is nothing else (T-44, D14)', () => {
    const types = ['mac', 'DPoP', 'N_A', '', ' bearer', 'bearer ', 'bearertoken', 'b\u0435arer'];
    expect(types.map((token_type) => refusal({ token_type }))).toEqual(
      types.map(() => 'token_failed'),
    );
  });
});

describe('a token that is bound to a key (RFC 9449 §5)', () => {
  it('is one when the request came with a proof, in any case', () => {
    for (const token_type of ['DPoP', 'dpop', 'DPOP']) {
      expect(refusal({ token_type }, { proven: true })).toBeUndefined();
      expect(read({ token_type }, { proven: true }).bound).toBe(true);
    }
  });

  it('is a bearer token where the server says so', () => {
    expect(read({ token_type: 'Bearer' }, { proven: true })).not.toHaveProperty('bound');
  });

  it('is refused when nothing was proven: nobody could use it', () => {
    expect(refusal({ token_type: 'DPoP' })).toBe('token_failed');
    expect(refusal({ token_type: 'DPoP' }, { proven: false })).toBe('token_failed');
  });
});

describe('the access token (RFC 6749 A.12)', () => {
  it('is what can stand in an Authorization header (RFC 6750 §2.1, R77)', () => {
    const tokens = [
      'a',
      'eyJ.eyJ.sig-_',
      'A+/~.=',
      'abc==',
      'u:g:s',
      '1|abc',
      '00D!AQ',
      'a@b:c:d',
      'a%b',
    ];
    expect(tokens.map((access_token) => read({ access_token }).accessToken)).toEqual(tokens);
  });

  it.each([
    ['nothing', ''],
    ['a blank', 'a b'],
    ['a line break', 'a\r\nX-Evil: 1'],
    ['a final newline', 'a\n'],
    ['a null', 'a\0'],
    ['a tab', 'a\t'],
    ['a letter beyond ASCII', 'caf\u00e9'],
    ['an emoji', '\u{1f600}'],
  ])('is refused when it is or holds %s (T-44, F5)', (_, access_token) => {
    expect(refusal({ access_token })).toBe('token_failed');
  });

  it('has 16 KiB and no more (5.5)', () => {
    expect(MAX_TOKEN_LENGTH).toBe(16_384);
    expect(refusal({ access_token: 'x'.repeat(16_384) })).toBeUndefined();
    expect(refusal({ access_token: 'x'.repeat(16_385) })).toBe('token_failed');
  });

  it('is refused without a word of it in the error (T-32, D12)', () => {
    const failing = () => read({ access_token: 'secret marker' });
    expect(failing).not.toThrow(/marker/);
    expect(failing).toThrow(expect.objectContaining({ detail: { reason: 'unusable_token' } }));
  });
});

describe('the refresh token (RFC 6749 §6)', () => {
  it('is not assumed to come (R50)', () => {
    expect(read()).not.toHaveProperty('refreshToken');
  });

  it('is kept when a refresh brings no new one (RFC 6749 §6)', () => {
    expect(read({}, { refreshToken: 'old' }).refreshToken).toBe('old');
  });

  it('is replaced when a refresh brings a new one (RFC 6749 §6, T-38)', () => {
    expect(read({ refresh_token: 'new' }, { refreshToken: 'old' }).refreshToken).toBe('new');
  });

  it('may hold any printable ASCII: it goes into a form body (RFC 6749 §A.17)', () => {
    const refresh_token = 'a b"c\\d&e=f%20~';
    expect(read({ refresh_token }).refreshToken).toBe(refresh_token);
    const bad = ['', 'a\n', 'a\0', 'caf\u00e9'];
    expect(bad.map((token) => refusal({ refresh_token: token }))).toEqual(
      bad.map(() => 'token_failed'),
    );
  });

  it('has 16 KiB and no more (5.5)', () => {
    expect(refusal({ refresh_token: 'x'.repeat(16_384) })).toBeUndefined();
    expect(refusal({ refresh_token: 'x'.repeat(16_385) })).toBe('token_failed');
  });
});

describe('the granted scopes (RFC 6749 §5.1)', () => {
  it('are those that the response names (T-44)', () => {
    expect(read({ scope: 'b c b' })).toMatchObject({ granted: ['b', 'c'], assumed: false });
  });

  it('are those that were asked for when it names none, and then only assumed (Q1, RFC 6749 §5.1)', () => {
    expect(read()).toMatchObject({ granted: ['a', 'b'], assumed: true });
  });

  it('are none when it names an empty scope: presence is authority (S7, T-44)', () => {
    expect(read({ scope: '' })).toMatchObject({ granted: [], assumed: false });
  });

  it('shrink when a refresh names fewer (RFC 6749 §6)', () => {
    expect(read({ scope: 'a' }, { scopes: ['a', 'b'], assumed: false })).toMatchObject({
      granted: ['a'],
      assumed: false,
    });
  });

  it('stay known when a refresh names none and they were named before (Q1)', () => {
    expect(read({}, { scopes: ['a'], assumed: false })).toMatchObject({
      granted: ['a'],
      assumed: false,
    });
  });

  it('are refused whole for one that is not NQCHAR, or too many (T-18, F5)', () => {
    const many = Array.from({ length: 101 }, (_, i) => `s${i}`).join(' ');
    const bad = ['a \u0430', 'a\tb', 'a "b"', 'x'.repeat(257), many];
    expect(bad.map((scope) => refusal({ scope }))).toEqual(bad.map(() => 'token_failed'));
  });

  it('are no alias of what was asked for', () => {
    const scopes = ['a'];
    const { granted } = read({}, { scopes });
    scopes.push('admin');
    expect(granted).toEqual(['a']);
  });

  it('are within the ceiling only as a subset (Z23, T-44)', () => {
    expect(isWithinCeiling(['a'], ['a', 'b'])).toBe(true);
    expect(isWithinCeiling([], [])).toBe(true);
    expect(isWithinCeiling(['a', 'c'], ['a', 'b'])).toBe(false);
    expect(isWithinCeiling(['a'], [])).toBe(false);
  });
});
