/**
 * The words for every code and every reason. Nothing says "later" where later will not help, and nothing calls a
 * server broken because Grantkeeper is strict with it (docs/decisions/0013).
 */
import type { ErrorCode, FailureReason } from '../../shared/errors.ts';
import type { Failure } from '../../shared/prompt.ts';
import type { PlainKey } from './text.ts';

/**
 * The next thing to do. `again`, `once` and `silent` begin with another try, and differ in what comes after it; `own`
 * is a fault of ours; after `exchange` one more try may do; `exception` names the setting that only the user can change
 * (Z53); with `fewer` the next question asks for less (Z45); `limit` is what Grantkeeper cannot do; `careful` may be an
 * attack; with `redirect` and `closed` the return address may not be known.
 */
export type Help =
  | 'again'
  | 'once'
  | 'own'
  | 'silent'
  | 'exchange'
  | 'later'
  | 'owner'
  | 'exception'
  | 'fewer'
  | 'limit'
  | 'careful'
  | 'client'
  | 'registration'
  | 'wrongClient'
  | 'redirect'
  | 'anew'
  | 'page'
  | 'document'
  | 'closed'
  | 'declined'
  | 'hostAccess'
  | 'blocked'
  | 'update'
  | 'nothing';

/** What happened, for the user and for the people who can change it; and what helps. */
export interface FailureWords {
  what: PlainKey;
  /** Absent where nobody else has anything to change: then there is nothing to report. */
  owner?: PlainKey;
  help: Help;
}

/** Exhaustive by type: a new code does not compile without its words. */
const BY_CODE: Record<ErrorCode, FailureWords> = {
  invalid_request: { what: 'failOwn', owner: 'ownerOwn', help: 'own' },
  insecure_context: { what: 'failBlocked', owner: 'ownerForbidden', help: 'blocked' },
  interaction_required: { what: 'failSignIn', help: 'again' },
  sealed: { what: 'failSealed', help: 'nothing' },
  access_denied: { what: 'failDenied', help: 'nothing' },
  aborted: { what: 'failGone', help: 'nothing' },
  invalid_target: { what: 'failTarget', owner: 'ownerTarget', help: 'owner' },
  discovery_failed: { what: 'failDiscovery', owner: 'ownerDiscovery', help: 'owner' },
  insufficient_scope: { what: 'failScope', owner: 'ownerScope', help: 'owner' },
  issuer_mismatch: { what: 'failIssuer', owner: 'ownerIssWrong', help: 'careful' },
  pkce_unsupported: { what: 'failWeak', owner: 'ownerPkce', help: 'owner' },
  registration_failed: {
    what: 'failRegistration',
    owner: 'ownerRegistrationRefused',
    help: 'registration',
  },
  authorization_failed: { what: 'failSignIn', owner: 'ownerProviderRefused', help: 'once' },
  token_failed: { what: 'failToken', owner: 'ownerUnusableToken', help: 'owner' },
  connect_failed: { what: 'failUnreachable', owner: 'ownerUnreachable', help: 'later' },
  host_access_required: {
    what: 'failHostAccess',
    owner: 'ownerHostAccess',
    help: 'hostAccess',
  },
  rate_limited: { what: 'failBusy', help: 'later' },
  policy_blocked: { what: 'failBlocked', owner: 'ownerForbidden', help: 'blocked' },
  broker_unavailable: { what: 'failSilent', owner: 'ownerOwn', help: 'silent' },
  network_error: { what: 'failUnreachable', owner: 'ownerUnreachable', help: 'later' },
  interrupted: { what: 'failInterrupted', help: 'again' },
  internal_error: { what: 'failOwn', owner: 'ownerOwn', help: 'own' },
};

/** Exhaustive by type, too. */
const BY_REASON: Record<FailureReason, FailureWords> = {
  no_resource_metadata: {
    what: 'failNoResourceMetadata',
    owner: 'ownerNoResourceMetadata',
    help: 'owner',
  },
  names_no_provider: {
    what: 'failNamesNoProvider',
    owner: 'ownerNamesNoProvider',
    help: 'owner',
  },
  malformed_resource_metadata: {
    what: 'failMalformedResource',
    owner: 'ownerMalformedResource',
    help: 'owner',
  },
  other_resource: { what: 'failOtherResource', owner: 'ownerOtherResource', help: 'owner' },
  no_server_metadata: {
    what: 'failNoServerMetadata',
    owner: 'ownerNoServerMetadata',
    help: 'exception',
  },
  malformed_server_metadata: {
    what: 'failMalformedServer',
    owner: 'ownerMalformedServer',
    help: 'owner',
  },
  other_issuer: { what: 'failOtherIssuer', owner: 'ownerOtherIssuer', help: 'exception' },
  endpoint_of_other: {
    what: 'failEndpointOfOther',
    owner: 'ownerEndpointOfOther',
    help: 'careful',
  },
  no_pkce: { what: 'failWeak', owner: 'ownerPkce', help: 'owner' },
  par_required: { what: 'failParRequired', owner: 'ownerParRequired', help: 'limit' },
  dpop_required: { what: 'failDpopRequired', owner: 'ownerDpopRequired', help: 'limit' },
  redirected: { what: 'failRedirected', owner: 'ownerRedirected', help: 'owner' },
  forbidden_address: { what: 'failForbidden', owner: 'ownerForbidden', help: 'owner' },
  key_in_address: { what: 'failKeyInAddress', owner: 'ownerKeyInAddress', help: 'owner' },
  no_registration: { what: 'failNoRegistration', owner: 'ownerNoRegistration', help: 'client' },
  registration_refused: {
    what: 'failRegistrationRefused',
    owner: 'ownerRegistrationRefused',
    help: 'registration',
  },
  redirect_refused: {
    what: 'failRedirectRefused',
    owner: 'ownerRedirectRefused',
    help: 'redirect',
  },
  document_unusable: { what: 'failDocument', owner: 'ownerDocument', help: 'document' },
  client_of_other_issuer: {
    what: 'failClientOfOther',
    owner: 'ownerClientOfOther',
    help: 'client',
  },
  iss_missing: { what: 'failIssMissing', owner: 'ownerIssMissing', help: 'careful' },
  iss_wrong: { what: 'failIssuer', owner: 'ownerIssWrong', help: 'careful' },
  state_wrong: { what: 'failState', owner: 'ownerState', help: 'careful' },
  malformed_response: {
    what: 'failMalformedResponse',
    owner: 'ownerMalformedResponse',
    help: 'owner',
  },
  provider_refused: {
    what: 'failProviderRefused',
    owner: 'ownerProviderRefused',
    help: 'declined',
  },
  provider_failed: { what: 'failProviderFailed', owner: 'ownerProviderFailed', help: 'later' },
  sign_in_closed: { what: 'failClosed', owner: 'ownerClosed', help: 'closed' },
  scope_refused: { what: 'failScopeRefused', owner: 'ownerScopeRefused', help: 'owner' },
  resource_refused: {
    what: 'failResourceRefused',
    owner: 'ownerResourceRefused',
    help: 'exception',
  },
  request_refused: { what: 'failRequestRefused', owner: 'ownerRequestRefused', help: 'owner' },
  sign_in_expired: { what: 'failExpired', help: 'again' },
  exchange_refused: { what: 'failExchange', owner: 'ownerExchange', help: 'exchange' },
  unusable_token: { what: 'failUnusableToken', owner: 'ownerUnusableToken', help: 'owner' },
  unknown_client: { what: 'failUnknownClient', owner: 'ownerUnknownClient', help: 'anew' },
  wrong_client: { what: 'failWrongClient', owner: 'ownerWrongClient', help: 'wrongClient' },
  too_many_requests: { what: 'failTooMany', owner: 'ownerTooMany', help: 'later' },
  storage_full: { what: 'failStorageFull', help: 'again' },
  storage_newer: { what: 'failStorageNewer', help: 'update' },
  storage_failed: { what: 'failStorageFailed', owner: 'ownerStorageFailed', help: 'own' },
  oversized: { what: 'failOversized', owner: 'ownerOversized', help: 'owner' },
  credential_returned: {
    what: 'failCredentialReturned',
    owner: 'ownerCredentialReturned',
    help: 'owner',
  },
  unread: { what: 'failUnread', help: 'nothing' },
  unreachable: { what: 'failUnreachable', owner: 'ownerUnreachable', help: 'later' },
};

/** The browser tells only that no sign-in page came: an error page of the provider looks to it like none. */
const NO_PAGE: FailureWords = { what: 'failPage', owner: 'ownerPage', help: 'page' };

/** The words of the reason, where there is one; else those of the code. */
export function failureWords({
  code,
  reason,
  offersLess,
}: Pick<Failure, 'code' | 'reason' | 'offersLess'>): FailureWords {
  if (reason === 'scope_refused' && offersLess) return { ...BY_REASON[reason], help: 'fewer' };
  if (code === 'authorization_failed' && reason === 'unreachable') return NO_PAGE;
  return reason === undefined ? BY_CODE[code] : BY_REASON[reason];
}
