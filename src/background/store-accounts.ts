/** Several accounts of one site at one server: every way to the resource leads to the chosen one (Z1). */
import { DEFAULT_ACCOUNT } from '../shared/facts/grant-key.ts';
import type { GrantKey } from '../shared/facts/grant-key.ts';
import type { GrantPart, ListedGrant, Store } from './ports.ts';
import { writing, type Database, type GrantId, type GrantRow, type Schema } from './schema.ts';

type Way = Schema['aliases']['value'];

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

/** Grants as they are listed: with the choice, without the secrets. */
export function listing(db: Database): Pick<Store, 'listGrants'> {
  return {
    async listGrants(part) {
      if (part) return listPart(db, part);
      const [rows, ways] = await Promise.all([db.getAll('grants'), db.getAll('aliases')]);
      return toListed(rows, ways);
    },
  };
}

/** Reads no more rows than it answers, and as many once more: the site stands anywhere among the others. */
async function listPart(db: Database, { origin, limit }: GrantPart): Promise<ListedGrant[]> {
  if (origin === undefined) return withWays(db, await db.getAll('grants', null, limit));
  const own = IDBKeyRange.bound([origin], [origin, []]);
  const [before, here, after] = await Promise.all([
    db.getAll('grants', IDBKeyRange.upperBound(own.lower, true), limit),
    db.getAll('grants', own),
    db.getAll('grants', IDBKeyRange.lowerBound(own.upper, true), limit),
  ]);
  const parts = [before, here, after.slice(0, limit - before.length)];
  return (await Promise.all(parts.map((rows) => withWays(db, rows)))).flat();
}

/** Lists rows that follow one another in the store. */
async function withWays(db: Database, rows: GrantRow[]): Promise<ListedGrant[]> {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return [];
  const range = IDBKeyRange.bound([first.origin, first.resource], [last.origin, last.resource]);
  return toListed(rows, await db.getAllFromIndex('aliases', 'resource', range));
}

function toListed(rows: GrantRow[], ways: Way[]): ListedGrant[] {
  const chosen = new Map<string, string>();
  for (const { origin, resource, account } of ways) {
    chosen.set(JSON.stringify([origin, resource]), account);
  }
  return rows.map(({ sealed: _, ...summary }) => {
    const { origin, resource, account } = summary;
    const choice = chosen.get(JSON.stringify([origin, resource])) ?? DEFAULT_ACCOUNT;
    return { ...summary, chosen: account === choice };
  });
}
