/** How the screen of a failure looks. That depends on who can do something about it, and on nothing else. */
import type { ErrorCode, FailureReason } from './errors.ts';
import type { Failure } from './prompt.ts';

/**
 * `calm`: somebody said no, the network was in the way, or the person at the screen can set it right. `fault`: the
 * people who run the server, or the makers of Grantkeeper, have to change something, and need the report. `danger`: a
 * reply that may be an attack.
 */
export type FailureLook = 'calm' | 'fault' | 'danger';

/** Exhaustive by type: a new code does not compile without its look. */
const BY_CODE: Record<ErrorCode, FailureLook> = {
  invalid_request: 'fault',
  insecure_context: 'calm',
  interaction_required: 'calm',
  sealed: 'calm',
  access_denied: 'calm',
  aborted: 'calm',
  invalid_target: 'fault',
  discovery_failed: 'fault',
  insufficient_scope: 'fault',
  issuer_mismatch: 'danger',
  pkce_unsupported: 'fault',
  registration_failed: 'fault',
  authorization_failed: 'calm',
  token_failed: 'fault',
  connect_failed: 'calm',
  host_access_required: 'calm',
  rate_limited: 'calm',
  policy_blocked: 'calm',
  broker_unavailable: 'calm',
  network_error: 'calm',
  interrupted: 'calm',
  internal_error: 'fault',
};

/** Exhaustive by type, too. */
const BY_REASON: Record<FailureReason, FailureLook> = {
  no_resource_metadata: 'fault',
  names_no_provider: 'fault',
  malformed_resource_metadata: 'fault',
  other_resource: 'fault',
  no_server_metadata: 'fault',
  malformed_server_metadata: 'fault',
  other_issuer: 'fault',
  endpoint_of_other: 'danger',
  no_pkce: 'fault',
  par_required: 'fault',
  dpop_required: 'fault',
  redirected: 'fault',
  forbidden_address: 'fault',
  key_in_address: 'fault',
  // The client ID that is asked for is the user's own.
  no_registration: 'calm',
  registration_refused: 'fault',
  redirect_refused: 'fault',
  document_unusable: 'calm',
  client_of_other_issuer: 'calm',
  iss_missing: 'danger',
  iss_wrong: 'danger',
  state_wrong: 'danger',
  malformed_response: 'fault',
  provider_refused: 'calm',
  provider_failed: 'calm',
  sign_in_closed: 'calm',
  sign_in_expired: 'calm',
  scope_refused: 'fault',
  resource_refused: 'fault',
  request_refused: 'fault',
  exchange_refused: 'fault',
  unusable_token: 'fault',
  // Trying again registers anew.
  unknown_client: 'calm',
  wrong_client: 'calm',
  too_many_requests: 'calm',
  oversized: 'fault',
  unreachable: 'calm',
  storage_full: 'calm',
  storage_newer: 'calm',
  storage_failed: 'fault',
  credential_returned: 'fault',
  unread: 'calm',
};

/** The look of a failure. What a click on its screen may cure is calm, however it came about. */
export function lookOf({ code, reason, offersLess, loopback }: Failure): FailureLook {
  if (reason === undefined) return BY_CODE[code];
  if (reason === 'scope_refused' && offersLess) return 'calm';
  if (reason === 'redirect_refused' && loopback?.isLeft) return 'calm';
  return BY_REASON[reason];
}
