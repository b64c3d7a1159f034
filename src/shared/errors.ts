/**
 * The closed table of failures. Inside the broker an error is rich (`BrokerError` with a `cause` and a
 * `detail` for our own pages); a web page gets the dull half, made by `toWire` and nowhere else.
 */

/** Codes grouped by who can do something about them. Registry names where one exists. */
export const ERROR_CODES = [
  // the page's author
  'invalid_request',
  'insecure_context',
  'interaction_required',
  'sealed',
  // the user
  'access_denied',
  'aborted',
  // the MCP server
  'invalid_target',
  'discovery_failed',
  'insufficient_scope',
  // the authorization server
  'issuer_mismatch',
  'pkce_unsupported',
  'registration_failed',
  'authorization_failed',
  'token_failed',
  // any of the two servers, before the site holds a grant (Z2)
  'connect_failed',
  // the environment
  'host_access_required',
  'rate_limited',
  'policy_blocked',
  'broker_unavailable',
  'network_error',
  'interrupted',
  'internal_error',
] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Why, more exactly than the code says; for our own pages only. Closed, so that each has its words there. */
export const FAILURE_REASONS = [
  // what the MCP server says of itself (RFC 9728)
  'no_resource_metadata',
  'names_no_provider',
  'malformed_resource_metadata',
  'other_resource',
  // what the authorization server says of itself (RFC 8414)
  'no_server_metadata',
  'malformed_server_metadata',
  'other_issuer',
  'endpoint_of_other',
  'no_pkce',
  'par_required',
  'dpop_required',
  // a document of either lies behind a redirect, which is not followed
  'redirected',
  // the address is one that the broker does not contact
  'forbidden_address',
  // the address holds a key, which every log of it would hold as well
  'key_in_address',
  // how the broker becomes a client there
  'no_registration',
  'registration_refused',
  'redirect_refused',
  'document_unusable',
  'client_of_other_issuer',
  // the authorization response (RFC 9207)
  'iss_missing',
  'iss_wrong',
  'state_wrong',
  'malformed_response',
  'provider_refused',
  'provider_failed',
  'sign_in_closed',
  'sign_in_expired',
  // what the authorization server does not like about our request, wherever it says so (RFC 6749 §4.1.2.1, §5.2)
  'scope_refused',
  'resource_refused',
  'request_refused',
  // tokens
  'exchange_refused',
  'unusable_token',
  'unknown_client',
  'wrong_client',
  // any endpoint
  'too_many_requests',
  'oversized',
  'unreachable',
  // the disk of this browser
  'storage_full',
  'storage_newer',
  'storage_failed',
  // a carried answer: its server repeats the credential in it, or its page stopped reading
  'credential_returned',
  'unread',
] as const;

/** One of {@link FAILURE_REASONS}. */
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** What a page may learn of a failure. `message` is ours, never a server's (Z11). */
export interface WireError {
  code: ErrorCode;
  message: string;
  /** True when the same call may succeed later without anybody changing anything. */
  retryable: boolean;
  /** Names the row in the extension's activity log; means nothing to a page. */
  correlationId: string;
}

/** For the extension's own pages: why, at which host, with which issuer. */
export interface ErrorDetail {
  host?: string;
  reason?: FailureReason;
  issuer?: string;
  /** The name that the issuer gives itself in its replies, where one was expected and didn't come. */
  expected?: string;
  /** Nobody asked anything and nothing was begun: no row in the log. */
  unnoted?: true;
  /** The next question asks for fewer scopes. */
  offersLess?: true;
  /** The redirect URI that the authorization server would have to allow, where that may be the cause. */
  redirectUri?: string;
}

/** A failure inside the broker. `detail` and `cause` never leave the extension. */
export class BrokerError extends Error {
  override name = 'BrokerError';
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, options: { detail?: ErrorDetail; cause?: unknown } = {}) {
    super(MESSAGES[code], options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = options.detail ?? {};
  }
}

/** A failure that is about one authorization server, which its detail names. */
export function serverFault(
  code: ErrorCode,
  issuer: string,
  reason: FailureReason | undefined,
  { cause, ...more }: Pick<ErrorDetail, 'redirectUri' | 'expected'> & { cause?: unknown } = {},
): BrokerError {
  const host = URL.parse(issuer)?.host ?? '';
  return new BrokerError(code, {
    detail: { host, issuer, ...(reason && { reason }), ...more },
    cause,
  });
}

/** The failure itself; what is no failure of ours is `internal_error`, and its cause. */
export function asBrokerError(error: unknown): BrokerError {
  return error instanceof BrokerError ? error : new BrokerError('internal_error', { cause: error });
}

const MESSAGES: Record<ErrorCode, string> = {
  invalid_request: 'The request to the broker is malformed.',
  insecure_context: 'The broker serves top-level pages over https (or loopback http) only.',
  interaction_required: 'The user has to decide or sign in, and this call may not ask.',
  sealed:
    'This site may use the server through broker.fetch only; the token stays with the broker.',
  access_denied: 'The user did not allow this.',
  aborted: 'The call was aborted.',
  invalid_target: 'The MCP server does not accept the tokens that are issued for it.',
  discovery_failed: 'The MCP server or its authorization server could not be discovered.',
  insufficient_scope: 'The server asks for a scope that could not be obtained.',
  issuer_mismatch: 'The authorization response did not come from the expected issuer.',
  pkce_unsupported: 'The authorization server does not advertise PKCE with S256.',
  registration_failed: 'The authorization server did not accept this client.',
  authorization_failed: 'Signing in did not succeed.',
  token_failed: 'The authorization server did not issue a usable token.',
  connect_failed: 'The connection to this MCP server could not be set up.',
  host_access_required: 'The user has to give the extension access to this host first.',
  rate_limited: 'Too many requests from this site. Try again later.',
  policy_blocked: 'The broker does not contact this address.',
  broker_unavailable: 'The broker cannot be reached.',
  network_error: 'A server could not be reached, or had trouble of its own.',
  interrupted: 'The broker was interrupted. Ask again.',
  internal_error: 'The broker failed unexpectedly.',
};

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'rate_limited',
  'broker_unavailable',
  'network_error',
  'interrupted',
]);

/** Codes that would tell a site something about a server it holds no grant at (Z2). */
const TELLING: ReadonlySet<ErrorCode> = new Set([
  'invalid_target',
  'discovery_failed',
  'insufficient_scope',
  'issuer_mismatch',
  'pkce_unsupported',
  'registration_failed',
  'authorization_failed',
  'token_failed',
  'host_access_required',
  'policy_blocked',
  'network_error',
  'internal_error',
]);

/**
 * The one place where a failure becomes what a page sees.
 * @param holdsGrant whether the calling site holds a grant at the resource in question
 */
export function toWire(error: unknown, holdsGrant: boolean, correlationId: string): WireError {
  const inner = asBrokerError(error).code;
  const code = !holdsGrant && TELLING.has(inner) ? 'connect_failed' : inner;
  return { code, message: MESSAGES[code], retryable: RETRYABLE.has(code), correlationId };
}
