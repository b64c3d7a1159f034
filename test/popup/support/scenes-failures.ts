/** The failures of the prompt window, reason by reason, each at the address that is behind it. */
import { FAILURE_REASONS, type ErrorCode, type FailureReason } from '../../../src/shared/errors.ts';
import type { Failure, PromptView } from '../../../src/shared/prompt.ts';
import { REDIRECT_URI, viewOf } from './scenes-prompt.ts';

/** As the background would tell it; the code is the one that goes with the reason most often. */
const FAILED: Record<FailureReason, Failure['code']> = {
  no_resource_metadata: 'discovery_failed',
  names_no_provider: 'discovery_failed',
  malformed_resource_metadata: 'discovery_failed',
  other_resource: 'discovery_failed',
  no_server_metadata: 'discovery_failed',
  malformed_server_metadata: 'discovery_failed',
  other_issuer: 'issuer_mismatch',
  endpoint_of_other: 'issuer_mismatch',
  no_pkce: 'pkce_unsupported',
  par_required: 'authorization_failed',
  dpop_required: 'discovery_failed',
  redirected: 'discovery_failed',
  forbidden_address: 'policy_blocked',
  key_in_address: 'discovery_failed',
  no_registration: 'registration_failed',
  registration_refused: 'registration_failed',
  redirect_refused: 'registration_failed',
  document_unusable: 'registration_failed',
  client_of_other_issuer: 'registration_failed',
  iss_missing: 'issuer_mismatch',
  iss_wrong: 'issuer_mismatch',
  state_wrong: 'authorization_failed',
  malformed_response: 'authorization_failed',
  provider_refused: 'access_denied',
  provider_failed: 'authorization_failed',
  sign_in_closed: 'access_denied',
  sign_in_expired: 'authorization_failed',
  scope_refused: 'authorization_failed',
  resource_refused: 'authorization_failed',
  request_refused: 'authorization_failed',
  exchange_refused: 'token_failed',
  unusable_token: 'token_failed',
  unknown_client: 'token_failed',
  wrong_client: 'token_failed',
  too_many_requests: 'registration_failed',
  oversized: 'discovery_failed',
  unreachable: 'network_error',
  storage_full: 'internal_error',
  storage_newer: 'internal_error',
  storage_failed: 'internal_error',
  credential_returned: 'network_error',
  unread: 'network_error',
};

/** What the MCP server itself says or does; all else is the sign-in provider's. */
const AT_SERVER: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'no_resource_metadata',
  'names_no_provider',
  'malformed_resource_metadata',
  'other_resource',
  'dpop_required',
  'redirected',
  'key_in_address',
  'oversized',
  'unreachable',
  'credential_returned',
  'unread',
]);

/** Of this browser: no address has anything to do with it. */
const AT_HOME: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'storage_full',
  'storage_newer',
  'storage_failed',
]);

const PROVIDER = { host: 'login.example.net', issuer: 'https://login.example.net' };

/** The parties that the background names with a reason. */
export function placeOf(reason: FailureReason): Pick<Failure, 'host' | 'issuer'> {
  if (AT_HOME.has(reason)) return {};
  // The address itself, wherever it was named.
  if (reason === 'forbidden_address') return { host: '10.0.0.5' };
  return AT_SERVER.has(reason) ? { host: 'mcp.files.example.net' } : PROVIDER;
}

/** Reasons with which the background names the address that would have to be allowed. */
const WITH_ADDRESS: FailureReason[] = ['redirect_refused', 'sign_in_closed'];

const OWN_ADDRESS = `${REDIRECT_URI}/5f0c1e9a7b2d4638`;

function failed(failure: Failure): PromptView {
  return viewOf({}, { step: 'failed', failure });
}

const failures = FAILURE_REASONS.map((reason): [string, PromptView] => [
  `failed-${reason.replaceAll('_', '-')}`,
  failed({
    code: FAILED[reason],
    reason,
    ...placeOf(reason),
    ...(WITH_ADDRESS.includes(reason) && { redirectUri: OWN_ADDRESS }),
  }),
]);

const HERE = 'http://127.0.0.1/*';

/** A failure after which the sign-in may lead back to this computer (Z35). */
function otherAddress(code: ErrorCode, reason: FailureReason, isLeft: boolean): PromptView {
  const missing = [HERE, 'http://localhost/*'];
  const loopback = { uri: 'http://127.0.0.1:53817/callback', isLeft, missing };
  return failed({ code, reason, ...PROVIDER, redirectUri: OWN_ADDRESS, loopback });
}

/** By the `flow` of the document's address. */
export const FAILED_PROMPTS: Record<string, PromptView> = {
  ...Object.fromEntries(failures),
  'failed-issuer': failed({ code: 'issuer_mismatch', host: 'login.example.net' }),
  'failed-own': failed({ code: 'internal_error' }),
  'failed-host-access': failed({ code: 'host_access_required', ...PROVIDER }),
  // It was never begun, so that no steps were recorded of it.
  'failed-blocked': { ...failed({ code: 'policy_blocked' }), flow: 'f0' },
  'failed-offers-less': failed({
    code: 'authorization_failed',
    reason: 'scope_refused',
    ...PROVIDER,
    offersLess: true,
  }),
  'failed-recipe': failed({
    code: 'registration_failed',
    reason: 'registration_refused',
    host: 'acme.okta.com',
    issuer: 'https://acme.okta.com/oauth2/default',
    recipe: 'okta',
  }),
  'failed-sign-in-page': failed({
    code: 'authorization_failed',
    reason: 'unreachable',
    ...PROVIDER,
  }),
  'other-address': otherAddress('registration_failed', 'redirect_refused', true),
  'other-address-page': otherAddress('authorization_failed', 'unreachable', true),
  'other-address-closed': otherAddress('access_denied', 'sign_in_closed', true),
  'other-address-none': otherAddress('registration_failed', 'redirect_refused', false),
};
