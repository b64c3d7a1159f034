/**
 * What a server has answered to a refresh token: on disk before anything else is done with it, since the token that was
 * sent is good for nothing from then on (RFC 9700 §4.14.2, Z4, K23).
 */
import { revokeAlone } from '../oauth/revocation.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, GrantChange, GrantKey } from '../ports/records.ts';
import type { Renewal, Store } from '../ports/stores.ts';

/** Tries to write an outcome beside other changes of the grant. */
const MAX_WRITES = 3;

/** Name of the lock under which the tokens of a grant are renewed, and of what is left to do of that. */
export function refreshLock({ origin, resource, account }: GrantKey): string {
  return `refresh ${origin} ${resource} ${account}`;
}

/** Keeps an answer, then writes it into its grant. The caller holds the lock. */
export async function keepRenewal(
  ports: Ports,
  renewal: Renewal,
): Promise<Grant | 'gone' | 'changed'> {
  await ports.store.saveUnfinished(refreshLock(renewal.grant), renewal);
  return finishRenewal(ports, renewal);
}

/**
 * Does what a former worker could not do with an answer that it had kept. The caller holds the lock.
 * @returns false when none was kept
 */
export async function takeUpRenewal(ports: Ports, key: GrantKey): Promise<boolean> {
  const name = refreshLock(key);
  const left = (await ports.store.listUnfinished()).find(({ id }) => id === name);
  if (left?.work.todo !== 'renew') return false;
  await finishRenewal(ports, left.work);
  return true;
}

/** What former workers have left of refreshes, each under its lock. */
export async function takeUpRenewals(ports: Ports): Promise<void> {
  for (const { id, work } of await ports.store.listUnfinished()) {
    if (work.todo === 'renew') await ports.lock(id, () => takeUpRenewal(ports, work.grant));
  }
}

async function finishRenewal(
  ports: Ports,
  { grant, token, also, useless = token }: Renewal,
): Promise<Grant | 'gone' | 'changed'> {
  const id = refreshLock(grant);
  const change = { refreshAttempts: 0, trouble: undefined, ...also, token };
  const written = await writeTokens(ports.store, grant, change, useless === token ? id : undefined);
  // Disconnected while the request was out: what it brought must not outlive the grant (T-49). Where a sign-in has
  // brought newer tokens, revoking these could take those along.
  const isToGo = written === 'gone' || (written !== 'changed' && useless !== token);
  if (isToGo && useless) await revokeAlone(ports, { ...grant, token: useless }, id);
  else if (typeof written === 'string') await ports.store.deleteUnfinished(id);
  return written;
}

/**
 * Writes what came of a refresh, also when something else of the grant was changed meanwhile (its name, say).
 * `changed` means that its tokens were.
 */
export async function writeTokens(
  store: Store,
  grant: Grant,
  change: GrantChange,
  finishes?: string,
): Promise<Grant | 'gone' | 'changed'> {
  let from = grant;
  for (let tries = 0; tries < MAX_WRITES; tries += 1) {
    const outcome = await store.updateGrant(from, change, finishes);
    if (outcome !== 'changed') return outcome;
    const latest = await store.readGrant(grant);
    if (!latest) return 'gone';
    const { accessToken, refreshToken: held } = latest.token ?? {};
    const isSame = accessToken === grant.token?.accessToken && held === grant.token?.refreshToken;
    if (!isSame) return 'changed';
    from = latest;
  }
  return 'changed';
}
