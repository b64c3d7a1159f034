/** The addresses by which a site came to a resource: all of them lead to one account, the chosen one (Z1, Z15). */
import type { GrantKey } from '../ports/records.ts';
import { MOST } from './bounds.ts';
import { DEFAULT_ACCOUNT, type writing } from './schema.ts';

/** A transaction that may choose. */
type Choosing = ReturnType<typeof writing<'grants' | 'aliases' | 'flows'>>;

/** Leads every alias of a resource to one account, its own name and the address that was asked for among them. */
export async function choose(
  tx: Pick<Choosing, 'objectStore'>,
  { origin, resource, account }: GrantKey,
  also = resource,
): Promise<void> {
  const aliases = tx.objectStore('aliases');
  const names = await aliases.index('resource').getAllKeys([origin, resource]);
  const addresses = new Set([resource, also, ...names.map(([, asked]) => asked)]);
  const excess = addresses.size - MOST.aliases;
  for (const asked of addresses) await aliases.put({ origin, asked, resource, account });
  const go = [...addresses].filter((asked) => asked !== resource && asked !== also);
  for (const asked of go.slice(0, Math.max(0, excess))) await aliases.delete([origin, asked]);
}

/** Makes an address one of those that lead to a resource, to the account that is chosen there. */
export async function addressed(
  tx: Pick<Choosing, 'objectStore'>,
  { origin, resource, account }: GrantKey,
  asked: string,
): Promise<void> {
  const [other] = await tx.objectStore('aliases').index('resource').getAll([origin, resource], 1);
  await choose(tx, { origin, resource, account: other?.account ?? account }, asked);
}

/**
 * After a grant was deleted: another account of the same site takes its place, else the aliases go too.
 * A grant that was not chosen leaves no gap.
 */
export async function closeGap(
  tx: Pick<Choosing, 'objectStore'>,
  { origin, resource, account }: GrantKey,
): Promise<void> {
  const aliases = await tx.objectStore('aliases').index('resource').getAll([origin, resource]);
  const chosen = aliases[0]?.account ?? DEFAULT_ACCOUNT;
  if (chosen !== account) return;
  const range = IDBKeyRange.bound([origin, resource], [origin, resource, []]);
  const others = await tx.objectStore('grants').getAll(range);
  const [next] = others.sort((one, other) => other.lastUsedAt - one.lastUsedAt);
  if (next) {
    await choose(tx, next);
    return;
  }
  for (const { asked } of aliases) await tx.objectStore('aliases').delete([origin, asked]);
}
