import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findResponseFault,
  rejectResponse,
  type AuthorizationTransaction,
} from '../../src/protocol/authorization.ts';
import { BrokerError } from '../../src/shared/errors.ts';

const REDIRECT = 'https://abcdef.chromiumapp.org/cb/0123456789abcdef';
const RECORDED: AuthorizationTransaction = {
  issuer: 'https://as.example',
  issParameterSupported: true,
  state: 'kBa0bDRpYVNvH-o0qOqkkjVP',
  redirectUri: REDIRECT,
};
const ISS = encodeURIComponent(RECORDED.issuer);
const GOOD = `iss=${ISS}&state=${RECORDED.state}&code=c`;
const judge = (query: string, change: Partial<AuthorizationTransaction> = {}) =>
  findResponseFault({ ...RECORDED, ...change }, `${REDIRECT}?${query}`);
const ofCallback = (callback: string) => findResponseFault(RECORDED, callback);

/** What a fault becomes; the whole error as text, for a search in it. */
function thrown(fault: Parameters<typeof rejectResponse>[0], query: string) {
  try {
    return rejectResponse(fault, RECORDED.issuer, `${REDIRECT}?${query}`);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    const { code, detail, cause, message, stack } = error;
    return { code, text: JSON.stringify({ code, detail, cause, message, stack }) };
  }
}

describe('the four rows of the table (RFC 9207 §2.4)', () => {
  it('row 1: iss advertised and present is compared (R63, R64)', () => {
    expect(judge(GOOD)).toBeUndefined();
    expect(judge(GOOD.replace('as.example', 'evil.example'))).toBe('iss_mismatch');
  });

  it('row 2: iss advertised and absent is rejected (R63, R66)', () => {
    expect(judge(`state=${RECORDED.state}&code=c`)).toBe('iss_missing');
  });

  it('row 3: iss not advertised and present is compared all the same (R63, R66)', () => {
    const change = { issParameterSupported: false };
    expect(judge(GOOD, change)).toBeUndefined();
    expect(judge(GOOD.replace('as.example', 'evil.example'), change)).toBe('iss_mismatch');
  });

  it('row 4: iss neither advertised nor present proceeds (R63)', () => {
    const change = { issParameterSupported: false };
    expect(judge(`state=${RECORDED.state}&code=c`, change)).toBeUndefined();
  });
});

describe('our completion of the table', () => {
  it('takes an empty iss for a present one, in every row (ISS-2)', () => {
    const query = `iss=&state=${RECORDED.state}&code=c`;
    expect(judge(query)).toBe('iss_mismatch');
    expect(judge(query, { issParameterSupported: false })).toBe('iss_mismatch');
    expect(judge(`iss&state=${RECORDED.state}&code=c`)).toBe('iss_mismatch');
  });

  it('rejects iss, state, code or error given twice, alike or not (ISS-3)', () => {
    const twice = [`iss=${ISS}`, 'iss=x', `state=${RECORDED.state}`, 'state=x', 'code=c', 'code=d'];
    expect(twice.map((one) => judge(`${GOOD}&${one}`))).toEqual(twice.map(() => 'duplicate'));
    expect(judge(`${GOOD}&error=a&error=a`)).toBe('duplicate');
    expect(judge(`${GOOD}&%69ss=x`)).toBe('duplicate');
  });

  it('reads nothing from the fragment (ISS-4)', () => {
    const state = `state=${RECORDED.state}`;
    expect(judge(`${state}&code=c#iss=${ISS}`)).toBe('iss_missing');
    expect(judge(`iss=${ISS}&${state}#code=c`)).toBe('malformed');
    expect(judge(`iss=${ISS}&code=c#${state}`)).toBe('state');
    expect(judge(`${GOOD}#iss=https://evil.example&error=x`)).toBeUndefined();
  });

  it('rejects a JWT response, which was never asked for (ISS-4)', () => {
    expect(judge(`${GOOD}&response=eyJ`)).toBe('malformed');
    expect(judge(`iss=${ISS}&state=${RECORDED.state}&response=eyJ`)).toBe('malformed');
    expect(judge('response=eyJ')).toBe('iss_missing');
  });

  it('rejects code together with error, after iss and state (ISS-6)', () => {
    expect(judge(`${GOOD}&error=x`)).toBe('malformed');
    expect(judge(`${GOOD}&error=`)).toBe('malformed');
    expect(judge(`state=${RECORDED.state}&code=c&error=x`)).toBe('iss_missing');
    expect(judge(`iss=${ISS}&code=c&error=x`)).toBe('state');
  });

  it('rejects a response with neither code nor error, after iss and state (ISS-7)', () => {
    expect(judge(`iss=${ISS}&state=${RECORDED.state}`)).toBe('malformed');
    expect(judge(`iss=${ISS}&state=${RECORDED.state}&code=`)).toBe('malformed');
    expect(judge('')).toBe('iss_missing');
    expect(judge(`iss=${ISS}`)).toBe('state');
  });

  it('rejects a missing, wrong or longer state, whatever else is right (ISS-8, R92)', () => {
    const states = [
      '',
      'x',
      `${RECORDED.state}x`,
      RECORDED.state.slice(1),
      RECORDED.state.slice(0, -1),
    ];
    const wrong = [...states, RECORDED.state.toUpperCase(), `${RECORDED.state}\0`, '%00'];
    expect(wrong.map((state) => judge(`iss=${ISS}&state=${state}&code=c`))).toEqual(
      wrong.map(() => 'state'),
    );
    expect(judge(`iss=${ISS}&code=c`)).toBe('state');
    expect(judge(`iss=${ISS}&state=x&error=access_denied`)).toBe('state');
  });

  it('compares with what was recorded, not with what the server says by now (ISS-9, R62)', () => {
    const before = { issuer: 'https://before.example', issParameterSupported: false };
    const rest = `state=${RECORDED.state}&code=c`;
    expect(judge(rest, before)).toBeUndefined();
    expect(judge(`iss=https%3A%2F%2Fbefore.example&${rest}`, before)).toBeUndefined();
    expect(judge(`iss=${ISS}&${rest}`, before)).toBe('iss_mismatch');
  });

  it('rejects another redirect URI before it reads anything (ISS-10)', () => {
    const elsewhere = [
      `https://abcdef.chromiumapp.org/cb/0123456789abcdee?${GOOD}`,
      `https://abcdef.chromiumapp.org/cb/0123456789abcdef/?${GOOD}`,
      `https://abcdef.chromiumapp.org/cb/0123456789abcdef/x?${GOOD}`,
      `https://abcdef.chromiumapp.org/cb/0123456789ABCDEF?${GOOD}`,
      `https://abcdef.chromiumapp.org/?${GOOD}`,
      `https://abcdeg.chromiumapp.org/cb/0123456789abcdef?${GOOD}`,
      `http://abcdef.chromiumapp.org/cb/0123456789abcdef?${GOOD}`,
      `https://abcdef.chromiumapp.org:444/cb/0123456789abcdef?${GOOD}`,
      `https://evil.example/?${REDIRECT}?${GOOD}`,
      `chrome-extension://abcdef/cb/0123456789abcdef?${GOOD}`,
      'about:blank',
      'not a URL',
      '',
    ];
    expect(elsewhere.map(ofCallback)).toEqual(elsewhere.map(() => 'redirect_uri'));
    expect(ofCallback(`https://evil.example/?${GOOD}&code=d`)).toBe('redirect_uri');
  });

  it('rejects a redirect URI with a user in it (ISS-10)', () => {
    expect(ofCallback(`https://evil@abcdef.chromiumapp.org/cb/0123456789abcdef?${GOOD}`)).toBe(
      'redirect_uri',
    );
  });

  it('accepts the redirect URI of Firefox, which has no path of its own (ISS-10)', () => {
    const redirectUri = 'https://0123.extensions.allizom.org/';
    const expected = { ...RECORDED, redirectUri };
    expect(findResponseFault(expected, `${redirectUri}?${GOOD}`)).toBeUndefined();
  });

  it('reads 16 KiB of a callback URL and no more (5.5)', () => {
    const ofLength = (length: number) => `${REDIRECT}?${GOOD}&x=`.padEnd(length, 'x');
    expect(ofCallback(ofLength(16_384))).toBeUndefined();
    expect(ofCallback(ofLength(16_385))).toBeDefined();
  });

  it('judges in the order redirect URI, duplicates, iss, state, error (ISS-3, ISS-8, ISS-10, B11, B12)', () => {
    const everything = `https://evil.example/?iss=x&iss=y&state=z&error=e`;
    expect(ofCallback(everything)).toBe('redirect_uri');
    expect(judge('iss=x&iss=y&state=z&error=e')).toBe('duplicate');
    expect(judge('iss=x&state=z&error=e')).toBe('iss_mismatch');
    expect(judge(`iss=${ISS}&state=z&error=e`)).toBe('state');
    expect(judge(`iss=${ISS}&state=${RECORDED.state}&error=e`)).toBe('error');
  });
});

describe('what a fault becomes', () => {
  const MARKED =
    'error=access_denied&error_description=secret-marker&error_uri=secret-marker&code=secret-marker';

  it.each(['iss_missing', 'iss_mismatch'] as const)(
    'tells issuer_mismatch for %s and nothing of the response (R65, R66, B11, B12)',
    (fault) => {
      const { code, text } = thrown(fault, MARKED);
      expect(code).toBe('issuer_mismatch');
      expect(text).not.toMatch(/secret-marker|access_denied/);
    },
  );

  it.each(['redirect_uri', 'duplicate', 'state', 'malformed'] as const)(
    'tells authorization_failed for %s, whatever error the response names (R65, ISS-8)',
    (fault) => {
      const { code, text } = thrown(fault, MARKED);
      expect(code).toBe('authorization_failed');
      expect(text).not.toMatch(/secret-marker|access_denied/);
    },
  );

  it('tells access_denied when the right server says so (RFC 6749 §4.1.2.1)', () => {
    const { code, text } = thrown('error', MARKED);
    expect(code).toBe('access_denied');
    expect(text).not.toContain('secret-marker');
  });

  it('tells authorization_failed for any other error, and not its name (RFC 6749 §4.1.2.1, T-32)', () => {
    const errors = ['invalid_scope', 'server_error', 'ACCESS_DENIED', 'secret-marker', ''];
    const results = errors.map((error) => thrown('error', `error=${error}`));
    expect(results.map(({ code }) => code)).toEqual(errors.map(() => 'authorization_failed'));
    expect(results.filter(({ text }) => text.includes('secret-marker'))).toEqual([]);
  });
});

describe('every callback URL (F2)', () => {
  const name = fc.constantFrom('iss', 'state', 'code', 'error', 'response', 'x', 'ISS', 'iss[]');
  const value = fc.constantFrom(
    ...[RECORDED.issuer, `${RECORDED.issuer}/`, RECORDED.state, 'c', '', 'https://evil.example'],
  );
  const query = fc
    .array(fc.tuple(name, value), { maxLength: 6 })
    .map((pairs) => new URLSearchParams(pairs).toString());

  it('passes only with one right state, one code, no error, and the issuer or no iss (F2, R63, R92)', () => {
    fc.assert(
      fc.property(query, fc.boolean(), (text, issParameterSupported) => {
        const given = (one: string) => new URLSearchParams(text).getAll(one);
        const iss = given('iss').join('|');
        const right =
          (iss === RECORDED.issuer || (given('iss').length === 0 && !issParameterSupported)) &&
          given('state').join('|') === RECORDED.state &&
          given('code').length === 1 &&
          given('code')[0] !== '' &&
          given('error').length + given('response').length === 0;
        expect(judge(text, { issParameterSupported }) === undefined).toBe(right);
      }),
      { numRuns: 20_000 },
    );
  });
});
