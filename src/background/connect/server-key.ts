/** What the user enters in a question: a key for a server (Z37), or their client at a provider. */
import type { Allowed } from '../../shared/accept-answer.ts';
import { BrokerError } from '../../shared/errors.ts';
import { DEFAULT_ACCOUNT } from '../../shared/facts/grant-key.ts';
import { findKeyFault } from '../../shared/facts/key-syntax.ts';
import type { KeyEntry } from '../../shared/prompt.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';
import { saveClient } from './preregistered-client.ts';

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

/**
 * Stores what was entered with a yes. A key is the one of the account that the site uses at the server.
 * @throws BrokerError `invalid_request` when it cannot be what it is entered for; then nothing has changed
 */
export async function keepEntered(
  ports: Pick<Ports, 'store' | 'now'>,
  { origin, asked: resource }: FlowRecord,
  { client, key }: Allowed,
): Promise<void> {
  if (client) await saveClient(ports.store, client);
  if (key) {
    const account = await accountOf(ports, origin, resource);
    await saveServerKey(ports, { resource, account }, key);
  }
}

/** The account that a site uses at a server; where it holds no grant, the one that it would get. */
export async function accountOf(
  { store }: Pick<Ports, 'store'>,
  origin: string,
  resource: string,
): Promise<string> {
  const held = await store.findGrant(origin, resource);
  return held?.resource === resource ? held.account : DEFAULT_ACCOUNT;
}
