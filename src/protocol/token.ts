/** Token responses (RFC 6749 §5.1, §6): what the broker accepts, and for how long. */
import { BrokerError } from '../shared/errors.ts';
import { coversScopes, parseScope } from './scope.ts';

/** One access token with what belongs to it. */
export interface TokenSet {
  accessToken: string;
  refreshToken?: string;
  granted: string[];
  /** True when the response did not name a scope, so that `granted` is what was asked for (RFC 6749 §5.1). */
  assumed: boolean;
  /** Milliseconds since the epoch. */
  obtainedAt: number;
  expiresAt: number;
}

/** The members of a token response that the broker reads, as oauth4webapi has checked them. */
export interface TokenResponse {
  access_token: string;
  token_type: string;
  expires_in?: number | undefined;
  refresh_token?: string | undefined;
  scope?: string | undefined;
}

/** What the request asked for, against which the response is read. */
export interface TokenExpectation {
  /** Scopes that the response stands for when it names none. */
  scopes: readonly string[];
  /** Whether those were named by an earlier response; a refresh keeps what it narrows or confirms. */
  assumed: boolean;
  /** Refresh token to keep when the response brings no new one (RFC 6749 §6). */
  refreshToken?: string | undefined;
  /** Milliseconds since the epoch, taken before the request was sent. */
  now: number;
}

/** Longest token accepted, in characters. */
export const MAX_TOKEN_LENGTH = 16_384;
/** Lifetime of a token whose response names none, in seconds (T-44). */
const DEFAULT_LIFETIME = 300;
/** Longest lifetime believed, in seconds. */
const MAX_LIFETIME = 86_400;
/** A token is not handed out during its last seconds: it would expire on the way. Milliseconds. */
const EARLY = 60_000;

/** `b64token` (RFC 6750 §2.1): what can stand in an `Authorization` header without changing it. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
/** `VSCHAR` (RFC 6749 appendix A.17): a refresh token goes into a form body, not into a header. */
const REFRESH_TOKEN = /^[\x20-\x7e]+$/;

/**
 * Reads a token response.
 * @throws BrokerError `token_failed` when it is no Bearer token or cannot be used as one
 */
export function processToken(response: TokenResponse, expected: TokenExpectation): TokenSet {
  const { access_token, refresh_token = expected.refreshToken } = response;
  const usable =
    response.token_type.toLowerCase() === 'bearer' &&
    access_token.length <= MAX_TOKEN_LENGTH &&
    BEARER_TOKEN.test(access_token) &&
    (refresh_token === undefined ||
      (refresh_token.length <= MAX_TOKEN_LENGTH && REFRESH_TOKEN.test(refresh_token)));
  if (!usable) throw unusable();
  const lifetime = Math.min(response.expires_in ?? DEFAULT_LIFETIME, MAX_LIFETIME);
  return {
    accessToken: access_token,
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    ...readGranted(response.scope, expected),
    obtainedAt: expected.now,
    expiresAt: expected.now + lifetime * 1000,
  };
}

function readGranted(scope: string | undefined, expected: TokenExpectation) {
  if (scope !== undefined) return { granted: readScope(scope), assumed: false };
  return { granted: [...expected.scopes], assumed: expected.assumed };
}

function readScope(scope: string): string[] {
  try {
    return parseScope(scope, 'token_failed');
  } catch {
    throw unusable();
  }
}

function unusable(): BrokerError {
  return new BrokerError('token_failed', { detail: { reason: 'unusable_token' } });
}

/**
 * True when a token can be handed out at `now` (ms): not expired, with a margin that never eats more than
 * half of a short lifetime.
 */
export function isFresh(token: { obtainedAt: number; expiresAt: number }, now: number): boolean {
  const margin = Math.min(EARLY, (token.expiresAt - token.obtainedAt) / 2);
  return now < token.expiresAt - margin;
}

/** True when nothing was granted beyond what the user allowed (the ceiling is an invariant, Z23). */
export function isWithinCeiling(granted: readonly string[], ceiling: readonly string[]): boolean {
  return coversScopes(ceiling, granted);
}
