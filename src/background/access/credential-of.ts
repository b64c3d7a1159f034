/** The one place that makes a credential of a grant (Z36, Z37, Z38). */
import type { Credential } from '../../protocol/credential.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';

/**
 * The credential to attach to a request of this grant's site.
 * @throws BrokerError `interaction_required` when there is nothing to attach until the user has signed in, or has entered
 *   a key again that was removed or can't be read
 */
export async function credentialOf(
  { resource, account, credential, token }: Grant,
  { store }: Pick<Ports, 'store'>,
): Promise<Credential> {
  if (credential === 'none') return { is: 'none' };
  if (credential === 'key') {
    const key = await store.findServerKey(resource, account);
    if (!key) throw new BrokerError('interaction_required');
    return { is: 'key', header: key.header, value: key.value };
  }
  if (!token) throw new BrokerError('interaction_required');
  return { is: 'oauth', token: token.accessToken };
}

/** True where no page gets the credential: the user wants it so, or it is none that a page could use (Z26). */
export function isSealed({ sealedOnly, credential }: Pick<Grant, 'sealedOnly' | 'credential'>) {
  return sealedOnly === true || credential !== undefined;
}
