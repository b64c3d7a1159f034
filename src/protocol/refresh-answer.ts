/** What an answer to a refresh says about the refresh token (RFC 6749 §5.2, §6; Z51). Pure functions. */
import { codeOf, isSuccessful, saysNo, type Answer } from './answer.ts';

/**
 * - `tokens`: the answer brings some.
 * - `refused`: this refresh token is over.
 * - `unknown_client`: it is over, and so is the registration.
 * - `scope`, `target`: the `scope` or the `resource` of the request was refused; without it may work.
 * - `request`: something in the request was refused; servers that insist on a `scope` say so like this.
 * - `unclear`: perhaps a refusal, perhaps somebody in between; it counts the second time.
 * - `silent`: it says nothing about the refresh token.
 */
export type RefreshVerdict =
  'tokens' | 'refused' | 'unknown_client' | 'scope' | 'target' | 'request' | 'unclear' | 'silent';

/** Codes of a server in trouble, or that has not looked further than at the proof (RFC 9449), whatever the status: they say nothing about the refresh token. */
const TROUBLE = new Set([
  'temporarily_unavailable',
  'server_error',
  'slow_down',
  'rate_limited',
  'rate_limit_exceeded',
  'too_many_requests',
  'use_dpop_nonce',
  'invalid_dpop_proof',
]);

/** Statuses of somebody in between, or of a server that answers nothing now. */
const SILENT = new Set([404, 407, 408, 425, 429]);

const BY_CODE: Partial<Record<string, RefreshVerdict>> = {
  invalid_client: 'unknown_client',
  unauthorized_client: 'unknown_client',
  incorrect_client_credentials: 'unknown_client',
  invalid_scope: 'scope',
  invalid_target: 'target',
  invalid_request: 'request',
};

/** Judges an answer as it came. A refusal is one in whatever words: only what may be somebody else's is not. */
export function judgeRefreshAnswer({ status, members }: Answer): RefreshVerdict {
  const code = codeOf(members);
  if (TROUBLE.has(code)) return 'silent';
  if (isSuccessful(status)) {
    if (!members) return 'silent';
    if (members['access_token'] !== undefined) return 'tokens';
    return saysNo(members) ? (BY_CODE[code] ?? 'refused') : 'unclear';
  }
  if (status < 400 || status >= 500 || SILENT.has(status)) return 'silent';
  if (status === 400 || status === 401 || members) return BY_CODE[code] ?? 'refused';
  return 'unclear';
}
