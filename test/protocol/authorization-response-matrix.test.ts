/**
 * M-ISS: every combination of flag, iss, state and payload. The oracle below is written from the table of
 * docs/requirements.md and knows nothing of the code: it works on names of variants, never on strings.
 */
import { describe, expect, it } from 'vitest';
import {
  findResponseFault,
  rejectResponse,
  type ResponseFault,
} from '../../src/protocol/authorization.ts';
import { parseAuthorizationServer } from '../../src/protocol/authorization-server.ts';
import type { BrokerError } from '../../src/shared/errors.ts';

const ISSUER = 'https://as.xn--mnchen-3ya.example/tenant';
const STATE = 'kBa0bDRpYVNvH-o0qOqkkjVP';
const REDIRECT = 'https://abcdef.chromiumapp.org/cb/0123456789abcdef';

/** The flag as metadata may give it; `"true"` is meant as true (ISS-5, Z50). */
const FLAGS = { true: true, false: false, absent: undefined, 'the string "true"': 'true' };

/** The iss parameters of a response, decoded. */
const ISS = {
  match: [ISSUER],
  'wrong host': ['https://evil.example/tenant'],
  absent: [],
  empty: [''],
  'duplicate, same': [ISSUER, ISSUER],
  'duplicate, different': [ISSUER, 'https://evil.example'],
  'trailing slash': [`${ISSUER}/`],
  'upper-case scheme': [ISSUER.replace('https', 'HTTPS')],
  'upper-case host': [ISSUER.replace('as.', 'AS.')],
  'default port': [ISSUER.replace('.example', '.example:443')],
  'percent-encoded character': [ISSUER.replace('tenant', 't%65nant')],
  'http downgrade': [ISSUER.replace('https', 'http')],
  query: [`${ISSUER}?x=y`],
  fragment: [`${ISSUER}#x`],
  'surrounding space': [` ${ISSUER} `],
  'unicode for punycode': [ISSUER.replace('xn--mnchen-3ya', 'm\u00fcnchen')],
};

const STATES = { match: [STATE], wrong: ['wrong'], missing: [] };

const PAYLOADS = {
  code: [['code', 'marker-code']],
  error: [
    ['error', 'access_denied'],
    ['error_description', 'marker-description'],
    ['error_uri', 'https://marker.example'],
  ],
  both: [
    ['code', 'marker-code'],
    ['error', 'access_denied'],
  ],
  neither: [],
} satisfies Record<string, [string, string][]>;

type Case = {
  flag: keyof typeof FLAGS;
  iss: keyof typeof ISS;
  state: keyof typeof STATES;
  payload: keyof typeof PAYLOADS;
};

const keys = <T extends object>(object: T) => Object.keys(object) as (keyof T)[];
const CASES: Case[] = keys(FLAGS).flatMap((flag) =>
  keys(ISS).flatMap((iss) =>
    keys(STATES).flatMap((state) =>
      keys(PAYLOADS).map((payload) => ({ flag, iss, state, payload })),
    ),
  ),
);

/** The rows of the table, then state, then payload: what each comes to. */
const PAYLOAD_VERDICT: Record<Case['payload'], ResponseFault | undefined> = {
  code: undefined,
  error: 'error',
  both: 'malformed',
  neither: 'malformed',
};

function oracle({ flag, iss, state, payload }: Case): ResponseFault | undefined {
  if (iss === 'duplicate, same' || iss === 'duplicate, different') return 'duplicate';
  const advertised = flag === 'true' || flag === 'the string "true"';
  const row = advertised ? (iss === 'absent' ? 2 : 1) : iss === 'absent' ? 4 : 3;
  if (row === 2) return 'iss_missing';
  if (row !== 4 && iss !== 'match') return 'iss_mismatch';
  if (state !== 'match') return 'state';
  return PAYLOAD_VERDICT[payload];
}

/** The transaction as it would be recorded from metadata with this flag. */
function recorded(flag: Case['flag']) {
  const metadata = parseAuthorizationServer(
    {
      issuer: ISSUER,
      authorization_endpoint: 'https://as.example/authorize',
      token_endpoint: 'https://as.example/token',
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: FLAGS[flag],
    },
    ISSUER,
    { loopback: false },
  );
  return {
    issuer: metadata.issuer,
    issParameterSupported: metadata.authorization_response_iss_parameter_supported === true,
    state: STATE,
    redirectUri: REDIRECT,
  };
}

function callback({ iss, state, payload }: Case): string {
  const query = new URLSearchParams([
    ...PAYLOADS[payload],
    ...ISS[iss].map((value) => ['iss', value]),
    ...STATES[state].map((value) => ['state', value]),
  ] as [string, string][]);
  return `${REDIRECT}?${query.toString()}`;
}

const verdict = (one: Case) => findResponseFault(recorded(one.flag), callback(one));

/** What a rejected response throws. */
function rejection(one: Case, fault: ResponseFault): BrokerError {
  try {
    return rejectResponse(fault, ISSUER, callback(one));
  } catch (error) {
    return error as BrokerError;
  }
}

/** The table: what a fault tells, and so what it must not tell. */
const CODES: Record<ResponseFault, string> = {
  redirect_uri: 'authorization_failed',
  duplicate: 'authorization_failed',
  iss_missing: 'issuer_mismatch',
  iss_mismatch: 'issuer_mismatch',
  state: 'authorization_failed',
  error: 'access_denied',
  malformed: 'authorization_failed',
};

describe('the matrix M-ISS', () => {
  it('has 768 different cases (M-ISS)', () => {
    expect(new Set(CASES.map((one) => JSON.stringify(one))).size).toBe(768);
    expect(new Set(CASES.map((one) => one.flag + callback(one))).size).toBe(768);
  });

  it.each(keys(FLAGS))(
    'agrees with the table in all 192 cases with the flag %s (M-ISS, R63, R64, R90, ISS-5)',
    (flag) => {
      const cases = CASES.filter((one) => one.flag === flag);
      const wrong = cases.filter((one) => verdict(one) !== oracle(one));
      expect(cases).toHaveLength(192);
      expect(wrong).toEqual([]);
    },
  );

  it('lets exactly six of 768 responses exchange a code (M-ISS, R63, R92)', () => {
    const passed = CASES.filter((one) => verdict(one) === undefined);
    expect(passed.map(({ flag, iss }) => `${flag}: ${iss}`).sort()).toEqual([
      'absent: absent',
      'absent: match',
      'false: absent',
      'false: match',
      'the string "true": match',
      'true: match',
    ]);
  });

  it('turns every rejection into its code, with nothing of the response in it (M-ISS, R65, R66, B12)', () => {
    const rejected = CASES.filter((one) => oracle(one) !== undefined);
    const wrong = rejected.filter((one) => {
      const fault = oracle(one) ?? 'malformed';
      const { code, message, detail, cause, stack } = rejection(one, fault);
      const text = JSON.stringify({ code, message, detail, cause, stack });
      return code !== CODES[fault] || text.includes('marker');
    });
    expect(rejected).toHaveLength(762);
    expect(wrong).toEqual([]);
  });
});
