/** The authorization request (OAuth 2.1 §4.1.1) and its response, `iss` first (RFC 9207 §2.4). */
import { serverFault, type FailureReason } from '../shared/errors.ts';
import { arrivesAt } from '../shared/facts/loopback-redirect.ts';
import { isAboutRedirect } from './client-registration.ts';
import { formatScope, OFFLINE_ACCESS } from './scope.ts';

/** What is recorded before the redirect and compared after it; never re-discovered in between (R62, ISS-9). */
export interface AuthorizationTransaction {
  /** The name that the issuer gives itself in its responses. */
  issuer: string;
  /** Whether the issuer advertised that it sends `iss`. */
  issParameterSupported: boolean;
  state: string;
  redirectUri: string;
}

/** Everything an authorization request says. */
export interface AuthorizationRequest {
  endpoint: string;
  clientId: string;
  redirectUri: string;
  state: string;
  codeChallenge: string;
  /** Undefined where the user leaves it out (Z53). */
  resource: string | undefined;
  /** Thumbprint of the key that the code will be bound to (RFC 9449 §10). */
  proofKey?: string | undefined;
  /** Empty: `scope` is omitted and the server decides (RFC 6749 §3.3). */
  scopes: readonly string[];
  /** How the user is to be asked who they are (OpenID Connect Core §3.1.2.1); absent: as the server likes. */
  prompt?: string | undefined;
}

/**
 * The URL to open. Parameters of ours that the endpoint's own query already carries are replaced: metadata
 * must not be able to fill in a redirect URI or a challenge (T-23).
 */
export function authorizationUrl(request: AuthorizationRequest): string {
  const url = new URL(request.endpoint);
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    resource: request.resource,
    scope: request.scopes.length ? formatScope(request.scopes) : undefined,
    // A refresh token is long-lived access: it is given only after the server has asked (OIDC Core §11).
    prompt: promptOf(request),
    dpop_jkt: request.proofKey,
    response_mode: undefined,
    request: undefined,
    request_uri: undefined,
    authorization_details: undefined,
    claims: undefined,
  };
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.delete(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

function promptOf({ scopes, prompt }: AuthorizationRequest): string | undefined {
  const consent = scopes.includes(OFFLINE_ACCESS) ? 'consent' : undefined;
  return [prompt, consent].filter((word) => word !== undefined).join(' ') || undefined;
}

/** Which row of the `iss` table (RFC 9207 §2.4) a response falls under. */
export function findIssuerRow(
  { issParameterSupported: advertised }: AuthorizationTransaction,
  callback: string,
): { row: 1 | 2 | 3 | 4; advertised: boolean; present: boolean } {
  const present = URL.parse(callback)?.searchParams.has('iss') === true;
  if (advertised) return { row: present ? 1 : 2, advertised, present };
  return { row: present ? 3 : 4, advertised, present };
}

/** Why a response was refused; for the trace of a flow, never for a page. */
export type ResponseFault =
  'redirect_uri' | 'duplicate' | 'iss_missing' | 'iss_mismatch' | 'state' | 'error' | 'malformed';

/** Longest callback URL read, in characters. */
const MAX_CALLBACK_LENGTH = 16_384;

/** Parameters that may be given once at most (RFC 6749 §3.1). */
const SINGLE = ['iss', 'state', 'code', 'error'];

/**
 * Judges a callback URL, in this order: where it arrived, duplicates, `iss`, `state`, then `error` or `code`.
 * Nothing that the response says is read before the steps ahead of it have passed, so that nothing of a
 * foreign issuer's response is ever acted on or shown (R65).
 * @returns why it is refused, or undefined when it carries a code that may be exchanged
 */
export function findResponseFault(
  expected: AuthorizationTransaction,
  callback: string,
): ResponseFault | undefined {
  if (callback.length > MAX_CALLBACK_LENGTH) return 'malformed';
  const url = URL.parse(callback);
  if (!url || url.username || url.password) return 'redirect_uri';
  if (!arrivesAt(callback, expected.redirectUri)) return 'redirect_uri';
  const parameters = url.searchParams;
  if (SINGLE.some((name) => parameters.getAll(name).length > 1)) return 'duplicate';
  const iss = parameters.get('iss');
  if (iss === null && expected.issParameterSupported) return 'iss_missing';
  if (iss !== null && iss !== expected.issuer) return 'iss_mismatch';
  if (!isSameSecret(parameters.get('state') ?? '', expected.state)) return 'state';
  // A JWT response (JARM) was never asked for, and code together with error is neither.
  const hasCode = Boolean(parameters.get('code'));
  if (parameters.has('response') || (parameters.has('error') && hasCode)) return 'malformed';
  if (parameters.has('error')) return 'error';
  return hasCode ? undefined : 'malformed';
}

/**
 * Throws what a fault means to the caller.
 * @param expected the name that the issuer gives itself in its responses, where it has another one there
 * @throws BrokerError `issuer_mismatch`, `access_denied` (the user refused at the authorization server, or
 *   closed its page) or `authorization_failed`
 */
export function rejectResponse(
  fault: ResponseFault,
  issuer: string,
  callback: string,
  expected = issuer,
): never {
  const reason = FAULT_REASONS[fault] ?? errorReason(callback);
  if (fault === 'iss_missing' || fault === 'iss_mismatch') {
    throw serverFault('issuer_mismatch', issuer, reason, { expected, cause: fault });
  }
  const code = reason === 'provider_refused' ? 'access_denied' : 'authorization_failed';
  throw serverFault(code, issuer, reason, { cause: fault });
}

const FAULT_REASONS: Partial<Record<ResponseFault, FailureReason>> = {
  iss_missing: 'iss_missing',
  iss_mismatch: 'iss_wrong',
  state: 'state_wrong',
  redirect_uri: 'malformed_response',
  duplicate: 'malformed_response',
  malformed: 'malformed_response',
};

/** What the errors mean that a person can do something about (RFC 6749 §4.1.2.1, RFC 8707 §2). */
const ERROR_REASONS: Partial<Record<string, FailureReason>> = {
  access_denied: 'provider_refused',
  unauthorized_client: 'unknown_client',
  invalid_client: 'unknown_client',
  invalid_scope: 'scope_refused',
  invalid_target: 'resource_refused',
  invalid_request: 'request_refused',
  unsupported_response_type: 'request_refused',
  invalid_redirect_uri: 'redirect_refused',
};

/** What an error response says, once `iss` and `state` have passed. The description is searched, never shown. */
function errorReason(callback: string): FailureReason {
  const { searchParams } = new URL(callback);
  const reason = ERROR_REASONS[searchParams.get('error') ?? ''] ?? 'provider_failed';
  const description = searchParams.get('error_description') ?? '';
  const isRequest = reason === 'request_refused' || reason === 'unknown_client';
  return isRequest && isAboutRedirect({ error: '', description }) ? 'redirect_refused' : reason;
}

/** Compares in time that does not depend on where the difference is. */
function isSameSecret(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let i = 0; i < expected.length; i += 1) {
    difference |= given.charCodeAt(i) ^ expected.charCodeAt(i);
  }
  return difference === 0;
}
