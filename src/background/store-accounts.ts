/** Several accounts of one site at one server: every way to the resource leads to the chosen one (Z1). */
import type { GrantKey, Store } from './ports.ts';
import { DEFAULT_ACCOUNT, writing, type Database, type GrantId } from './schema.ts';

/** A transaction that may choose. */
type Choosing = ReturnType<typeof writing<'grants' | 'aliases' | 'flows'>>;

/** Leads every way to a resource to one account, and makes sure that its own name is such a way. */
export async function choose(
  tx: Pick<Choosing, 'objectStore'>,
  { origin, resource, account }: GrantKey,
): Promise<void> {
  const aliases = tx.objectStore('aliases');
  const names = await aliases.index('resource').getAllKeys([origin, resource]);
  const ways = new Set([resource, ...names.map(([, asked]) => asked)]);
  for (const asked of ways) await aliases.put({ origin, asked, resource, account });
}

/**
 * After a grant was deleted: another account of the same site takes its place, else the ways to it go too.
 * A grant that was not chosen leaves no gap.
 */
export async function closeGap(
  tx: Pick<Choosing, 'objectStore'>,
  { origin, resource, account }: GrantKey,
): Promise<void> {
  const ways = await tx.objectStore('aliases').index('resource').getAll([origin, resource]);
  const chosen = ways[0]?.account ?? DEFAULT_ACCOUNT;
  if (chosen !== account) return;
  const range = IDBKeyRange.bound([origin, resource], [origin, resource, []]);
  const others = await tx.objectStore('grants').getAll(range);
  const [next] = others.sort((one, other) => other.lastUsedAt - one.lastUsedAt);
  if (next) {
    await choose(tx, next);
    return;
  }
  for (const { asked } of ways) await tx.objectStore('aliases').delete([origin, asked]);
}

/** The choice, and the ways. */
export function accounts(db: Database): Pick<Store, 'chooseAccount' | 'listWays'> {
  return {
    async chooseAccount(key) {
      const tx = writing(db, 'grants', 'aliases', 'flows');
      const id: GrantId = [key.origin, key.resource, key.account];
      const held = await tx.objectStore('grants').getKey(id);
      if (held) await choose(tx, key);
      await tx.done;
      return held !== undefined;
    },
    async listWays(origin, resource) {
      const names = await db.getAllKeysFromIndex('aliases', 'resource', [origin, resource]);
      return [...new Set([resource, ...names.map(([, asked]) => asked)])];
    },
  };
}

/** Which account each site has chosen where, for a list of grants. */
export async function readChoices(db: Database): Promise<(key: GrantKey) => boolean> {
  const chosen = new Map<string, string>();
  for (const { origin, resource, account } of await db.getAll('aliases')) {
    chosen.set(JSON.stringify([origin, resource]), account);
  }
  return ({ origin, resource, account }) =>
    account === (chosen.get(JSON.stringify([origin, resource])) ?? DEFAULT_ACCOUNT);
}
