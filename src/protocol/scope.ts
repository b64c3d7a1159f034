/** Scope strings and scope arithmetic (RFC 6749 §3.3). Sets are arrays in first-seen order, without duplicates. */
import { BrokerError, type ErrorCode } from '../shared/errors.ts';
import { MAX_SCOPE_LENGTH, MAX_SCOPES } from '../shared/facts/limits.ts';

/** Asks for a refresh token (OpenID Connect Core §11); no scope of any resource. */
export const OFFLINE_ACCESS = 'offline_access';

/** Longest scope string, in characters. */
export const MAX_SCOPE_STRING = 4096;

/** `scope-token` of RFC 6749 §3.3: no space, no quote, no backslash, nothing outside printable ASCII. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Splits a scope string. One bad token refuses the whole string: what the user would be shown must be
 * exactly what would be sent (T-18).
 * @param blame the code to fail with: whose text this is
 * @throws BrokerError `blame`
 */
export function parseScope(text: string, blame: ErrorCode = 'invalid_request'): string[] {
  if (text.length > MAX_SCOPE_STRING) throw new BrokerError(blame);
  return checkScopes(
    text.split(' ').filter((token) => token !== ''),
    blame,
  );
}

/**
 * Checks scopes given one by one and removes duplicates.
 * @throws BrokerError `blame`
 */
export function checkScopes(
  tokens: readonly string[],
  blame: ErrorCode = 'invalid_request',
): string[] {
  const scopes = [...new Set(tokens)];
  const wellFormed = (token: string) => token.length <= MAX_SCOPE_LENGTH && SCOPE_TOKEN.test(token);
  const long = formatScope(scopes).length > MAX_SCOPE_STRING;
  if (long || scopes.length > MAX_SCOPES || !scopes.every(wellFormed)) {
    throw new BrokerError(blame);
  }
  return scopes;
}

/** The scope string to send (RFC 6749 §3.3). */
export function formatScope(scopes: readonly string[]): string {
  return scopes.join(' ');
}

/** Everything in any of the sets: the accumulation that the client owes the server (SEP-2350, B5–B7). */
export function computeScopeUnion(...sets: readonly (readonly string[])[]): string[] {
  return [...new Set(sets.flat())];
}

/** What `scopes` has beyond `base`. */
export function scopesBeyond(scopes: readonly string[], base: readonly string[]): string[] {
  return scopes.filter((scope) => !base.includes(scope));
}

/** True when `base` holds every one of `scopes`. */
export function coversScopes(base: readonly string[], scopes: readonly string[]): boolean {
  return scopesBeyond(scopes, base).length === 0;
}
