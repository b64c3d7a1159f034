/** Token responses (RFC 6749 §5.1, §6): what the broker accepts, and for how long. */
import { BrokerError } from '../shared/errors.ts';
import { NO_KNOWN_END } from '../shared/facts/duration.ts';
import { MAX_TOKEN_LENGTH } from '../shared/facts/limits.ts';
import { coversScopes, parseScope } from './scope.ts';

/** One access token with what belongs to it. */
export interface TokenSet {
  accessToken: string;
  refreshToken?: string;
  granted: string[];
  /** True when the response did not name a scope, so that `granted` is what was asked for (RFC 6749 §5.1). */
  assumed: boolean;
  /** Bound to the key of its grant: good with a proof only (RFC 9449 §5). Absent: a bearer token. */
  bound?: true;
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
  /** Whether the request came with a proof: only then can the token be bound. */
  proven?: boolean;
  /** Milliseconds since the epoch, taken before the request was sent. */
  now: number;
}

/** Lifetime of a token that can be refreshed and whose response names none, in seconds (T-44). */
const DEFAULT_LIFETIME = 300;
/** Longest lifetime believed of a token that can be refreshed, in seconds. */
const MAX_LIFETIME = 86_400;
/** A token is not handed out during its last seconds: it would expire on the way. Milliseconds. */
const EARLY = 60_000;

/**
 * `VSCHAR` without the blank (RFC 6749 appendix A.12): what can stand in an `Authorization` header without changing
 * it. RFC 6750 §2.1 names fewer characters, and servers use them all: a colon, `|`, `!`, `@`.
 */
const ACCESS_TOKEN = /^[\x21-\x7e]+$/;
/** `VSCHAR` (RFC 6749 appendix A.17): a refresh token goes into a form body, not into a header. */
const REFRESH_TOKEN = /^[\x20-\x7e]+$/;

/**
 * Reads a token response.
 * @throws BrokerError `token_failed` when it is neither a Bearer token nor one bound to the key of the proof, or can't be
 *   used as one
 */
export function processToken(response: TokenResponse, expected: TokenExpectation): TokenSet {
  const { access_token, refresh_token = expected.refreshToken } = response;
  const type = response.token_type.toLowerCase();
  const isBound = type === 'dpop' && expected.proven === true;
  const usable =
    (type === 'bearer' || isBound) &&
    access_token.length <= MAX_TOKEN_LENGTH &&
    ACCESS_TOKEN.test(access_token) &&
    (refresh_token === undefined ||
      (refresh_token.length <= MAX_TOKEN_LENGTH && REFRESH_TOKEN.test(refresh_token)));
  if (!usable) throw unusable();
  return {
    accessToken: access_token,
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    ...readGranted(response.scope, expected),
    ...(isBound && { bound: true as const }),
    obtainedAt: expected.now,
    expiresAt: endOf(response, refresh_token !== undefined, expected.now),
  };
}

/**
 * When a token is taken to end; milliseconds since the epoch. One that can be refreshed ends early rather than late.
 * Without a refresh token to end it early would only bring a sign-in window, so it lasts as long as the response
 * says, and where that says nothing until the server refuses it (Z52).
 */
function endOf(response: TokenResponse, isRenewable: boolean, now: number): number {
  const { expires_in, access_token } = response;
  // One that were over on arrival could never be used; what can be is for its server to say. Else each call would renew.
  const named =
    expires_in !== undefined && expires_in >= 0 && expires_in < 1 ? undefined : expires_in;
  const ofJwt = lifetimeOfJwt(access_token, now);
  if (isRenewable) {
    return now + Math.min(named ?? DEFAULT_LIFETIME, MAX_LIFETIME, ofJwt) * 1000;
  }
  const lifetime = Math.min(named ?? Infinity, ofJwt);
  return Math.min(now + lifetime * 1000, NO_KNOWN_END);
}

/**
 * Seconds that a JWT says of itself (RFC 7519 §4.1.4), by its own clock where it names one. Read as a hint and
 * believed in nothing: it can only end a token earlier. `Infinity` for everything else.
 */
function lifetimeOfJwt(token: string, now: number): number {
  try {
    const [, payload = '', signature] = token.split('.');
    if (signature === undefined) return Infinity;
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/');
    const { exp, iat = now / 1000 } = JSON.parse(atob(base64)) as { exp?: unknown; iat?: unknown };
    const lifetime = Number(exp) - Number(iat);
    return lifetime >= 1 ? lifetime : Infinity;
  } catch {
    return Infinity;
  }
}

function readGranted(scope: string | undefined, expected: TokenExpectation) {
  if (scope !== undefined) return { granted: readScope(scope, expected.scopes), assumed: false };
  return { granted: [...expected.scopes], assumed: expected.assumed };
}

/**
 * Some servers separate scopes by commas, which may also be part of one (RFC 6749 §3.3): they are separators only
 * where each part was asked for.
 */
function readScope(scope: string, asked: readonly string[]): string[] {
  try {
    const scopes = parseScope(scope, 'token_failed');
    if (!scope.includes(',') || coversScopes(asked, scopes)) return scopes;
    const parts = parseScope(scope.replaceAll(',', ' '), 'token_failed');
    return coversScopes(asked, parts) ? parts : scopes;
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
