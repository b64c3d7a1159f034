/** The one place that makes a credential of a grant: who holds what is decided here, and nowhere else (Z36, Z37, Z38). */
import type { Credential } from '../../protocol/credential.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Grant } from '../ports/records.ts';

/**
 * The credential to attach to a request of this grant's site.
 * @throws BrokerError `interaction_required` when there is nothing to attach until the user has signed in
 */
export function credentialOf({ token }: Grant): Credential {
  if (!token) throw new BrokerError('interaction_required');
  return { is: 'oauth', token: token.accessToken };
}
