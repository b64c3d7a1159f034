/** How each failure looks: a new code or reason has to be added here too. */
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, FAILURE_REASONS, type FailureReason } from '../../src/shared/errors.ts';
import { lookOf, type FailureLook } from '../../src/shared/failure-look.ts';

/** A reply that may be an attack: nothing else may look like it. */
const DANGER: FailureReason[] = ['endpoint_of_other', 'iss_missing', 'iss_wrong', 'state_wrong'];

/** A no, the network, this browser, or what the person entered. */
const CALM: FailureReason[] = [
  'no_registration',
  'document_unusable',
  'client_of_other_issuer',
  'provider_refused',
  'provider_failed',
  'sign_in_closed',
  'sign_in_expired',
  'unknown_client',
  'wrong_client',
  'too_many_requests',
  'unreachable',
  'storage_full',
  'storage_newer',
  'unread',
];

const expected = (reason: FailureReason): FailureLook =>
  DANGER.includes(reason) ? 'danger' : CALM.includes(reason) ? 'calm' : 'fault';

describe('the look of a failure', () => {
  it.each(FAILURE_REASONS)('of %s is the one of those who can act', (reason) => {
    expect(lookOf({ code: 'authorization_failed', reason })).toBe(expected(reason));
  });

  it('is there for every code, and dangerous for one alone', () => {
    const looks = ERROR_CODES.map((code) => [code, lookOf({ code })] as const);
    expect(looks.filter(([, look]) => !['calm', 'fault', 'danger'].includes(look))).toEqual([]);
    expect(looks.filter(([, look]) => look === 'danger').map(([code]) => code)).toEqual([
      'issuer_mismatch',
    ]);
    expect(looks.filter(([, look]) => look === 'fault').map(([code]) => code)).toEqual([
      'invalid_request',
      'invalid_target',
      'discovery_failed',
      'insufficient_scope',
      'pkce_unsupported',
      'registration_failed',
      'token_failed',
      'internal_error',
    ]);
  });

  it('is the reason’s, whatever the code: another name in the metadata is no attack by itself', () => {
    expect(lookOf({ code: 'issuer_mismatch', reason: 'other_issuer' })).toBe('fault');
    expect(lookOf({ code: 'access_denied', reason: 'provider_refused' })).toBe('calm');
    expect(lookOf({ code: 'authorization_failed', reason: 'state_wrong' })).toBe('danger');
  });

  it('is calm where a click on the screen may cure it (Z35, Z45)', () => {
    const refused = { code: 'authorization_failed', reason: 'scope_refused' } as const;
    expect(lookOf({ ...refused, offersLess: true })).toBe('calm');
    const redirect = { code: 'registration_failed', reason: 'redirect_refused' } as const;
    const loopback = { uri: 'http://127.0.0.1:5/cb', isLeft: true, missing: [] };
    expect(lookOf({ ...redirect, loopback })).toBe('calm');
    expect(lookOf({ ...redirect, loopback: { ...loopback, isLeft: false } })).toBe('fault');
  });

  it('is dangerous however much could be tried', () => {
    const loopback = { uri: 'http://127.0.0.1:5/cb', isLeft: true, missing: [] };
    const all = DANGER.map((reason) =>
      lookOf({ code: 'issuer_mismatch', reason, offersLess: true, loopback }),
    );
    expect(new Set(all)).toEqual(new Set(['danger']));
  });
});
