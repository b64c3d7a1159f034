/** What a failure means to the person in front of it, and the next thing to do. One row per code, no default. */
import type { ErrorCode } from '../shared/errors.ts';
import type { PlainKey } from './text.ts';

/** Two sentences: what happened, what to do. */
export interface FailureWords {
  what: PlainKey;
  next: PlainKey;
}

/** Exhaustive by type: a new code does not compile without its words. */
export const FAILURES: Record<ErrorCode, FailureWords> = {
  invalid_request: { what: 'failOwn', next: 'nextRetry' },
  insecure_context: { what: 'failBlocked', next: 'nextBlocked' },
  interaction_required: { what: 'failSignIn', next: 'nextRetry' },
  access_denied: { what: 'failDenied', next: 'nextNothing' },
  aborted: { what: 'failGone', next: 'nextNothing' },
  invalid_target: { what: 'failTarget', next: 'nextOwner' },
  discovery_failed: { what: 'failDiscovery', next: 'nextOwner' },
  insufficient_scope: { what: 'failScope', next: 'nextOwner' },
  issuer_mismatch: { what: 'failIssuer', next: 'nextCareful' },
  pkce_unsupported: { what: 'failWeak', next: 'nextOwner' },
  registration_failed: { what: 'failRegistration', next: 'nextOwner' },
  authorization_failed: { what: 'failSignIn', next: 'nextRetry' },
  token_failed: { what: 'failToken', next: 'nextOwner' },
  connect_failed: { what: 'failUnreachable', next: 'nextRetry' },
  host_access_required: { what: 'failHostAccess', next: 'nextHostAccess' },
  rate_limited: { what: 'failBusy', next: 'nextLater' },
  policy_blocked: { what: 'failBlocked', next: 'nextBlocked' },
  broker_unavailable: { what: 'failSilent', next: 'nextRetry' },
  network_error: { what: 'failUnreachable', next: 'nextLater' },
  interrupted: { what: 'failInterrupted', next: 'nextRetry' },
  internal_error: { what: 'failOwn', next: 'nextRetry' },
};
