/** The user's keys for servers, as far as entering one goes (Z37). */
import { BrokerError } from '../../shared/errors.ts';
import { findKeyFault } from '../../shared/facts/key-syntax.ts';
import type { KeyEntry } from '../../shared/prompt.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Stores a key, in place of the one that was there.
 * @throws BrokerError `invalid_request` when it cannot be one for this server; then nothing has changed
 */
export async function saveServerKey(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  { resource, account }: { resource: string; account: string },
  entry: KeyEntry,
): Promise<void> {
  if (findKeyFault(entry, resource) !== undefined) throw new BrokerError('invalid_request');
  const { header, value } = entry;
  await store.saveServerKey({ resource, account, header, value }, now());
}
