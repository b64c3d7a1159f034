/** The one place that makes a credential of a grant, of whichever kind it is (Z36, Z37, Z38). */
import type { Credential } from '../../protocol/credential.ts';
import { BrokerError } from '../../shared/errors.ts';
import { boundCredential } from '../oauth/dpop-proofs.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';

/**
 * The credential to attach to a request of this grant's site.
 * @throws BrokerError `interaction_required` when there is nothing to attach until the user has signed in, or has entered
 *   a key again that was removed or can't be read
 */
export async function credentialOf(
  { origin, resource, account, credential, token, proofKey: key }: Grant,
  ports: Pick<Ports, 'store' | 'proofs' | 'now'>,
): Promise<Credential> {
  if (credential === 'none') return { is: 'none' };
  if (credential === 'key') {
    const held = await ports.store.findServerKey(resource, account);
    if (!held) throw new BrokerError('interaction_required');
    return { is: 'key', header: held.header, value: held.value };
  }
  if (!token) throw new BrokerError('interaction_required');
  const { accessToken } = token;
  if (token.bound) {
    // Without its key it is good for nothing, and nobody is to see it.
    if (!key) throw new BrokerError('interaction_required');
    return boundCredential(accessToken, ports, { origin, key });
  }
  return { is: 'oauth', token: accessToken };
}
