/** Tokens that may not be used any more, though the grant stays: dropped here, and given back. */
import { BrokerError } from '../../shared/errors.ts';
import { noteRevocation, revokeAlone } from '../oauth/revocation.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, GrantChange, GrantKey } from '../ports/records.ts';
import { changeGrant } from '../site/pages.ts';

/** Tries to write a change of a grant beside others. */
const MAX_WRITES = 5;

/** Drops the tokens of a grant: its site asks anew, and everything is looked at again. */
export async function dropTokens(ports: Ports, key: GrantKey): Promise<void> {
  const latest = await ports.store.readGrant(key);
  if (!latest?.token) return;
  await noteRevocation(ports, latest);
  await changeGrant(ports, latest, () => rewriteGrant(ports, key, () => ({ token: undefined })));
  await revokeAlone(ports, latest);
}

/** Changes a grant, from what it is by then; whether it was there still. */
export async function rewriteGrant(
  { store }: Pick<Ports, 'store'>,
  key: GrantKey,
  change: (latest: Grant) => GrantChange,
): Promise<boolean> {
  for (let tries = 0; tries < MAX_WRITES; tries += 1) {
    const latest = await store.readGrant(key);
    if (!latest) return false;
    const written = await store.updateGrant(latest, change(latest));
    if (written !== 'changed') return written !== 'gone';
  }
  throw new BrokerError('interrupted');
}
