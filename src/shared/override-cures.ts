/** Which failures an override can cure (Z53); all others have none. */
import type { FailureReason } from './errors.ts';
import type { OverrideKind } from './facts/override.ts';

/** Which kind cures which failure; a reason that isn't here has none. */
const CURES: Partial<Record<FailureReason, OverrideKind>> = {
  no_pkce: 'pkce',
  names_no_provider: 'own_provider',
  scope_refused: 'scopes',
  sign_in_closed: 'scopes',
  other_issuer: 'issuer_pair',
  no_server_metadata: 'endpoints',
  resource_refused: 'no_resource',
};

/** The override that a person could set against a failure. */
export function cureOf(reason: FailureReason | undefined): OverrideKind | undefined {
  return reason && CURES[reason];
}
