/** The user's own clients at authorization servers: valid at exactly one issuer each (R31, R37). */
import { checkIssuer } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import { isLoopbackRedirect } from '../../shared/facts/loopback-redirect.ts';
import { TYPED_BY_USER } from '../../shared/facts/allowed-url.ts';
import type { ClientEntry } from '../../shared/settings.ts';
import type { Store } from '../ports/stores.ts';
import { isCredential } from '../../shared/facts/client-auth.ts';

/**
 * Stores a client. Without a secret the one that is stored for the same client id stays.
 * @throws BrokerError as {@link completeClient}; then nothing has changed
 */
export async function saveClient(
  store: Pick<Store, 'findClient' | 'saveClient' | 'learnIssuer'>,
  entry: ClientEntry,
): Promise<void> {
  const client = await completeClient(store, entry);
  await noticeClient(store, client);
  await store.saveClient(client);
}

/** The user says anew how sites sign in there: what was learnt of another client counts no more. */
export function noticeClient(
  store: Pick<Store, 'learnIssuer'>,
  { issuer }: Pick<ClientEntry, 'issuer'>,
): Promise<void> {
  return store.learnIssuer(issuer, {
    endsOthers: false,
    registersNobody: false,
    redirect: undefined,
  });
}

/**
 * A client as it may be stored, wherever it comes from: a form or a file. Changes nothing.
 * @throws BrokerError `invalid_request` when it cannot be a client: no usable issuer, or a method that needs a
 *   secret and none there
 */
export async function completeClient(
  store: Pick<Store, 'findClient'>,
  entry: ClientEntry,
): Promise<ClientEntry> {
  const { issuer, clientId, authMethod, redirectUri } = entry;
  checkNames(entry);
  const plain = compact({ issuer, clientId, authMethod, redirectUri });
  if (authMethod === 'none') return plain;
  const former = await store.findClient(issuer);
  // A secret of another client would be sent where it does not belong.
  const kept = former?.clientId === clientId ? former.clientSecret : undefined;
  const clientSecret = entry.clientSecret || kept;
  if (clientSecret === undefined || !isCredential(clientSecret)) {
    throw new BrokerError('invalid_request');
  }
  return { ...plain, clientSecret };
}

function checkNames({ issuer, clientId, redirectUri }: ClientEntry): void {
  if (!isCredential(clientId)) throw new BrokerError('invalid_request');
  if (redirectUri !== undefined && !isLoopbackRedirect(redirectUri)) {
    throw new BrokerError('invalid_request');
  }
  try {
    // Loopback too: it is the user who says so.
    checkIssuer(issuer, TYPED_BY_USER);
  } catch (cause) {
    throw new BrokerError('invalid_request', { cause });
  }
}
