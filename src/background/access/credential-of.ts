/** From a grant to what is attached to a request: the one place where that is made (Z26, Z36, Z37, Z38). */
import type { Credential } from '../../protocol/credential.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';

/**
 * The credential of a grant, as it is now.
 * @returns undefined when there is none: a token that was dropped, or a key that was removed or can't be read
 */
export async function credentialOf(
  { resource, account, credential, token }: Grant,
  { store }: Pick<Ports, 'store'>,
): Promise<Credential | undefined> {
  if (credential === 'none') return { is: 'none' };
  if (credential === 'key') {
    const key = await store.findServerKey(resource, account);
    return key && { is: 'key', header: key.header, value: key.value };
  }
  return token && { is: 'oauth', token: token.accessToken };
}
