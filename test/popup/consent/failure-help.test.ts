/** What a failure says and offers, reason by reason. */
import { describe, expect, it } from 'vitest';
import de from '../../../_locales/de/messages.json' with { type: 'json' };
import en from '../../../_locales/en/messages.json' with { type: 'json' };
import {
  ERROR_CODES,
  FAILURE_REASONS,
  type ErrorCode,
  type FailureReason,
} from '../../../src/shared/errors.ts';
import { SETTINGS_OVERRIDES } from '../../../src/shared/facts/override.ts';
import { cureOf } from '../../../src/shared/override-cures.ts';
import { lookOf } from '../../../src/shared/failure-look.ts';
import type { Failure } from '../../../src/shared/prompt.ts';
import {
  addresseeOf,
  helpFor,
  recipeFor,
  settingsLink,
  type HelpView,
} from '../../../src/popup/consent/failure-help.ts';
import {
  failureWords,
  type FailureWords,
  type Help,
} from '../../../src/popup/kit/failure-words.ts';
import { reportOf } from '../../../src/popup/consent/report.ts';
import type { PlainKey } from '../../../src/popup/kit/text.ts';

const REPORT = { owner: 'Words.', at: 0, version: '1.2.3' };

/** Reason, what helps, and whether Try again is offered. */
const TABLE: Record<FailureReason, [help: Help, retry: boolean]> = {
  no_resource_metadata: ['owner', true],
  names_no_provider: ['owner', true],
  malformed_resource_metadata: ['owner', true],
  other_resource: ['owner', true],
  no_server_metadata: ['exception', true],
  malformed_server_metadata: ['owner', true],
  other_issuer: ['exception', true],
  endpoint_of_other: ['careful', false],
  no_pkce: ['owner', true],
  par_required: ['limit', false],
  dpop_required: ['limit', false],
  redirected: ['owner', true],
  forbidden_address: ['owner', true],
  key_in_address: ['owner', true],
  no_registration: ['client', true],
  registration_refused: ['registration', true],
  redirect_refused: ['redirect', true],
  document_unusable: ['document', true],
  client_of_other_issuer: ['client', true],
  iss_missing: ['careful', false],
  iss_wrong: ['careful', false],
  state_wrong: ['careful', false],
  malformed_response: ['owner', true],
  provider_refused: ['declined', true],
  provider_failed: ['later', true],
  sign_in_closed: ['closed', true],
  sign_in_expired: ['again', true],
  scope_refused: ['owner', true],
  resource_refused: ['exception', true],
  request_refused: ['owner', true],
  exchange_refused: ['exchange', true],
  unusable_token: ['owner', true],
  unknown_client: ['anew', true],
  wrong_client: ['wrongClient', true],
  too_many_requests: ['later', true],
  oversized: ['owner', true],
  unreachable: ['later', true],
  storage_full: ['again', true],
  storage_newer: ['update', false],
  storage_failed: ['own', true],
  credential_returned: ['owner', true],
  unread: ['nothing', false],
};

/** Reasons that no RFC has a word about. */
const OUTSIDE = ['oversized', 'storage_failed', 'credential_returned'];

const LANGUAGES = {
  en: {
    texts: en as Record<PlainKey, { message: string }>,
    patience: /\b(later|wait|minutes?|moment)\b/i,
    repeats: /(?<!Don’t )\btry again\b|\bTrying again helps\b/i,
    blame: /\b(broken|faulty|wrong|invalid|bad|error of|insecure|fault)\b/i,
  },
  de: {
    texts: de as Record<PlainKey, { message: string }>,
    patience: /\b(später|warte|Minuten?)\b/i,
    // „Versuche es nicht …“ and „hilft nicht“ are the opposite.
    repeats: /versuche es (dann )?noch einmal|ein neuer Versuch hilft, sobald/i,
    blame: /\b(kaputt|defekt|falsch|fehlerhaft|ungültig|unsicher)\b/i,
  },
};

/** An address on this computer that is left to try (Z35). */
const LEFT = { uri: 'http://127.0.0.1:50000/callback', isLeft: true, missing: [] };

/** Everything that can be told: all reasons, all codes without one, and the page that did not come. */
const TOLD: readonly (readonly [name: string, Failure])[] = [
  ...FAILURE_REASONS.map((reason) => [reason, { code: 'token_failed', reason }] as const),
  ...ERROR_CODES.map((code) => [code, { code }] as const),
  ['no page', { code: 'authorization_failed', reason: 'unreachable' }],
  ['refused, other way', { code: 'token_failed', reason: 'redirect_refused', loopback: LEFT }],
  ['closed, other way', { code: 'access_denied', reason: 'sign_in_closed', loopback: LEFT }],
  ['no page, other way', { code: 'authorization_failed', reason: 'unreachable', loopback: LEFT }],
  ['no access, other way', { code: 'host_access_required', loopback: LEFT }],
];

const ALL: [name: string, FailureWords, HelpView, Failure][] = TOLD.map(([name, failure]) => [
  name,
  failureWords(failure),
  helpFor(failure),
  failure,
]);

it.each(FAILURE_REASONS)('%s leads to what helps', (reason) => {
  const { help } = failureWords({ code: 'token_failed', reason });
  expect([help, helpFor({ code: 'token_failed', reason }).retry]).toEqual(TABLE[reason]);
});

it('what stands out is the address on this computer, as long as one is left and may be the cure (Z35)', () => {
  const mains = ([code, reason]: [ErrorCode, FailureReason | undefined]) => {
    const failure = { code, ...(reason && { reason }) };
    const with_ = helpFor({ ...failure, loopback: LEFT });
    const without = helpFor({ ...failure, loopback: { ...LEFT, isLeft: false } });
    return [with_.main, without.main, with_.link];
  };
  expect(mains(['registration_failed', 'redirect_refused'])).toEqual([
    'loopback',
    'address',
    undefined,
  ]);
  expect(mains(['authorization_failed', 'unreachable'])).toEqual(['loopback', 'retry', undefined]);
  // Most who close a window have meant to.
  expect(mains(['access_denied', 'sign_in_closed'])).toEqual(['retry', 'retry', undefined]);
  expect(mains(['discovery_failed', 'no_pkce'])[0]).toBe('report');
});

describe('what is offered agrees with the look', () => {
  const named = (holds: (one: (typeof ALL)[number]) => boolean) =>
    ALL.filter((one) => !holds(one)).map(([name]) => name);

  it('what only others can change is copied first, and Try again never stands out', () => {
    expect(
      named(([, , { main }, failure]) => {
        const isCopied = main === 'report' || main === 'address';
        return isCopied === (lookOf(failure) !== 'calm');
      }),
    ).toEqual([]);
  });

  it('nothing that may be an attack can be repeated, and nothing else is called one', () => {
    expect(
      named(
        ([, { help }, { retry }, failure]) =>
          (lookOf(failure) === 'danger') === (help === 'careful') && !(help === 'careful' && retry),
      ),
    ).toEqual([]);
  });

  it('a report is for somebody who can act: us for our own faults, the server for all others', () => {
    const makers = ALL.filter(([, , , failure]) => addresseeOf(failure) === 'makers');
    expect(makers.map(([name]) => name)).toEqual([
      'storage_failed',
      'invalid_request',
      'broker_unavailable',
      'internal_error',
    ]);
    expect(
      named(([, , { main }, failure]) => main !== 'report' || addresseeOf(failure) !== undefined),
    ).toEqual([]);
  });
});

describe.each(Object.entries(LANGUAGES))('in %s', (_, { texts, patience, repeats, blame }) => {
  const said = (...keys: PlainKey[]) => keys.map((key) => texts[key].message).join(' ');
  /** The names of those of which something is not so. */
  const except = (holds: (words: FailureWords, view: HelpView) => boolean) =>
    ALL.filter(([, words, view]) => !holds(words, view)).map(([name]) => name);

  it('patience is asked for where patience helps, and nowhere else', () => {
    expect(
      except(({ help }, { next }) => patience.test(said(next)) === (help === 'later')),
    ).toEqual([]);
    const isPatient = ({ what, owner }: FailureWords) =>
      patience.test(said(what, ...(owner ? [owner] : [])));
    expect(except((words) => words.help === 'later' || !isPatient(words))).toEqual([]);
  });

  it('trying again is advised if and only if there is the button', () => {
    expect(except((_words, { next, retry }) => repeats.test(said(next)) === retry)).toEqual([]);
  });

  it('the settings or a client id are advised if and only if there is the way there', () => {
    const settings = /client.id|settings|Einstellungen/i;
    expect(
      except((_words, { next, section, link }) => {
        const leads = section !== undefined && link !== undefined;
        return settings.test(said(next)) === leads;
      }),
    ).toEqual([]);
  });

  it('the advice names the one who gets the report, and sends nobody to the wrong door', () => {
    const server = /whoever runs the server|Betreiber des Servers/;
    const makers = /makers of Grantkeeper|Entwickler von Grantkeeper/;
    const named = ALL.map(([name, , { next }, failure]) => {
      const words = said(next);
      const to = addresseeOf(failure);
      const isWrong =
        (server.test(words) && to !== 'server') || (makers.test(words) && to !== 'makers');
      return isWrong ? name : '';
    });
    expect(named.filter(Boolean)).toEqual([]);
    expect(said('nextOwn')).toMatch(makers);
  });

  it('the report is advised if and only if it is the first button', () => {
    const advised = /^Send the report|^Schick den Bericht/;
    expect(
      except((_words, { next, main }) => {
        return advised.test(said(next)) === (main === 'report');
      }),
    ).toEqual([]);
  });

  it('no server is called broken because Grantkeeper is strict with it', () => {
    const plain = (words: string) => words.replace(/[“„][^”“]+[”“]/g, '');
    expect(
      except(({ what, help }, { next }) => help === 'own' || !blame.test(plain(said(what, next)))),
    ).toEqual([]);
  });

  it('the words for the server’s owner name the section', () => {
    const without = FAILURE_REASONS.filter((reason) => {
      const { owner } = failureWords({ code: 'token_failed', reason });
      return owner !== undefined && !/RFC \d{4} §\d/.test(said(owner));
    });
    expect(without).toEqual(OUTSIDE);
  });
});

it('each reason has words of its own, for the user and for the owner', () => {
  const whats = FAILURE_REASONS.map((reason) => failureWords({ code: 'token_failed', reason }));
  expect(new Set(whats.map(({ what }) => what)).size).toBe(FAILURE_REASONS.length);
  const owners = whats.flatMap(({ owner }) => owner ?? []);
  expect(new Set(owners).size).toBe(owners.length);
});

it('the settings are named for an exception exactly where one can be made there (Z53)', () => {
  const cured = FAILURE_REASONS.filter((reason) =>
    SETTINGS_OVERRIDES.some((kind) => kind === cureOf(reason)),
  );
  const helped = FAILURE_REASONS.filter((reason) => TABLE[reason][0] === 'exception');
  expect(helped).toEqual(cured);
});

describe('the report for a server’s owner', () => {
  it('an issuer is named exactly, unless it carries what may be secret', () => {
    const lineOf = (issuer: string) =>
      reportOf({ code: 'token_failed', issuer }, REPORT)
        .split('\n')
        .find((line) => line.startsWith('issuer: '));
    expect(lineOf('https://login.example/')).toBe('issuer: https://login.example/');
    expect(lineOf('https://u:p@login.example/a?key=s#t')).toBe('issuer: https://login.example/a');
    expect(lineOf('no address?')).toBe('issuer: –');
  });

  it('the redirect URI that would have to be allowed is in it, exactly', () => {
    const redirectUri = 'https://abc.chromiumapp.org/cb/0123456789abcdef';
    const failure = { code: 'registration_failed', reason: 'redirect_refused' } as const;
    expect(reportOf({ ...failure, redirectUri }, REPORT).split('\n')).toContain(
      `redirect_uri: ${redirectUri}`,
    );
    expect(reportOf(failure, REPORT)).not.toContain('redirect_uri');
  });

  it.each([
    ['iss_missing', 'none'],
    ['iss_wrong', 'another'],
    ['other_issuer', 'another'],
  ] as const)('after %s it says whom it expected, and that %s came (R35)', (reason, received) => {
    const failure = { code: 'issuer_mismatch', reason, issuer: 'https://a.example' } as const;
    const lines = reportOf(failure, REPORT).split('\n');
    expect(lines).toContain('expected_issuer: https://a.example');
    expect(lines).toContain(`received_issuer: ${received}`);
    expect(lines.filter((line) => line.startsWith('issuer:'))).toEqual([]);
  });

  it('the issuer is expected by the name that it gives itself in replies (Z53)', () => {
    const failure = { code: 'issuer_mismatch', reason: 'iss_wrong' } as const;
    const parties = { issuer: 'https://a.example', expected: 'https://b.example' };
    expect(reportOf({ ...failure, ...parties }, REPORT).split('\n')).toContain(
      'expected_issuer: https://b.example',
    );
  });

  it('nothing can forge a line', () => {
    const report = reportOf({ code: 'token_failed', host: 'a.example\ncode: other' }, REPORT);
    expect(report.split('\n').filter((line) => line.startsWith('code:'))).toEqual([
      'code: token_failed',
    ]);
  });
});

it('without a reason the words are those of the code', () => {
  expect(failureWords({ code: 'rate_limited' }).what).toBe('failBusy');
  expect(failureWords({ code: 'token_failed', reason: 'unreachable' }).what).toBe(
    'failUnreachable',
  );
});

it('a sign-in page that did not come leads to the client id, which may be the cause', () => {
  const failure = { code: 'authorization_failed', reason: 'unreachable' } as const;
  expect(failureWords(failure)).not.toEqual(
    failureWords({ code: 'network_error', reason: 'unreachable' }),
  );
  expect(settingsLink(failure)).toBe('/src/popup/settings/settings.html#client');
});

it('a recipe helps where the provider may be the cause, not after a no or a reply that may be an attack (Z53)', () => {
  const named = (...reasons: FailureReason[]) =>
    new Set(
      reasons.map((reason) => recipeFor({ code: 'authorization_failed', reason, recipe: 'okta' })),
    );
  expect(named('registration_refused', 'redirect_refused', 'no_pkce', 'wrong_client')).toEqual(
    new Set(['okta']),
  );
  expect(named('iss_wrong', 'state_wrong', 'provider_refused', 'provider_failed')).toEqual(
    new Set([undefined]),
  );
  expect(
    recipeFor({ code: 'registration_failed', reason: 'registration_refused' }),
  ).toBeUndefined();
});

it('an issuer is carried to the settings only where a client id is asked for', () => {
  const issuer = 'https://a.example/x#y';
  expect(settingsLink({ code: 'registration_failed', issuer })).toBe(
    '/src/popup/settings/settings.html#client=https%3A%2F%2Fa.example%2Fx%23y',
  );
  expect(settingsLink({ code: 'policy_blocked', issuer })).toBe(
    '/src/popup/settings/settings.html#developer',
  );
  expect(settingsLink({ code: 'rate_limited', issuer })).toBeUndefined();
});
