/** Several accounts of one site at one server: every alias of the resource leads to the chosen one (Z1). */
import type { GrantKey, ListedGrant } from '../ports/records.ts';
import type { GrantPart, Store } from '../ports/stores.ts';
import {
  DEFAULT_ACCOUNT,
  writing,
  type Database,
  type GrantId,
  type GrantRow,
  type Schema,
} from './schema.ts';

type Alias = Schema['aliases']['value'];

/** A transaction that may choose. */
type Choosing = ReturnType<typeof writing<'grants' | 'aliases' | 'flows'>>;

/** Leads every alias of a resource to one account, and makes sure that its own name is one. */
export async function choose(
  tx: Pick<Choosing, 'objectStore'>,
  { origin, resource, account }: GrantKey,
): Promise<void> {
  const aliases = tx.objectStore('aliases');
  const names = await aliases.index('resource').getAllKeys([origin, resource]);
  const addresses = new Set([resource, ...names.map(([, asked]) => asked)]);
  for (const asked of addresses) await aliases.put({ origin, asked, resource, account });
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

/** The choice, and the aliases. */
export function accounts(db: Database): Pick<Store, 'chooseAccount' | 'listAliases'> {
  return {
    async chooseAccount(key) {
      const tx = writing(db, 'grants', 'aliases', 'flows');
      const id: GrantId = [key.origin, key.resource, key.account];
      const held = await tx.objectStore('grants').getKey(id);
      if (held) await choose(tx, key);
      await tx.done;
      return held !== undefined;
    },
    async listAliases(origin, resource) {
      const names = await db.getAllKeysFromIndex('aliases', 'resource', [origin, resource]);
      return [...new Set([resource, ...names.map(([, asked]) => asked)])];
    },
  };
}

/** Grants as they are listed: with the choice, without the secrets. And those that are over. */
export function listing(db: Database): Pick<Store, 'listGrants' | 'findEnded'> {
  return {
    findEnded: (now, session) => findEnded(db, now, session),
    async listGrants(part) {
      if (part) return listPart(db, part);
      const [rows, aliases] = await Promise.all([db.getAll('grants'), db.getAll('aliases')]);
      return toListed(rows, aliases);
    },
  };
}

async function listPart(db: Database, part: GrantPart): Promise<ListedGrant[]> {
  if ('limit' in part) return listFirst(db, part);
  if ('site' in part) return withAliases(db, await db.getAll('grants', ofSite(part.site)));
  const rows =
    'resource' in part
      ? db.getAllFromIndex('grants', 'resource', part.resource)
      : db.getAllFromIndex('grants', 'client', [part.issuer, part.clientId]);
  return (await Promise.all((await rows).map((row) => withAliases(db, [row])))).flat();
}

/** Reads no more rows than it answers, and as many once more: the site stands anywhere among the others. */
async function listFirst(
  db: Database,
  { origin, limit }: Extract<GrantPart, { limit: number }>,
): Promise<ListedGrant[]> {
  if (origin === undefined) return withAliases(db, await db.getAll('grants', null, limit));
  const own = ofSite(origin);
  const [before, here, after] = await Promise.all([
    db.getAll('grants', IDBKeyRange.upperBound(own.lower, true), limit),
    db.getAll('grants', own),
    db.getAll('grants', IDBKeyRange.lowerBound(own.upper, true), limit),
  ]);
  const parts = [before, here, after.slice(0, limit - before.length)];
  return (await Promise.all(parts.map((rows) => withAliases(db, rows)))).flat();
}

function ofSite(origin: string): IDBKeyRange {
  return IDBKeyRange.bound([origin], [origin, []]);
}

/** Lists rows that follow one another in the store. */
async function withAliases(db: Database, rows: GrantRow[]): Promise<ListedGrant[]> {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return [];
  const range = IDBKeyRange.bound([first.origin, first.resource], [last.origin, last.resource]);
  return toListed(rows, await db.getAllFromIndex('aliases', 'resource', range));
}

function toListed(rows: GrantRow[], aliases: Alias[]): ListedGrant[] {
  const chosen = new Map<string, string>();
  for (const { origin, resource, account } of aliases) {
    chosen.set(JSON.stringify([origin, resource]), account);
  }
  return rows.map(({ sealed: _, ...summary }) => {
    const { origin, resource, account } = summary;
    const choice = chosen.get(JSON.stringify([origin, resource])) ?? DEFAULT_ACCOUNT;
    return { ...summary, chosen: account === choice };
  });
}

async function findEnded(db: Database, now: number, session: string) {
  const grants = db.transaction('grants').objectStore('grants');
  const ends = grants.index('endsAt');
  const sessions = grants.index('session');
  const [due, before, after, next] = await Promise.all([
    ends.getAllKeys(IDBKeyRange.upperBound(now)),
    sessions.getAllKeys(IDBKeyRange.upperBound(session, true)),
    sessions.getAllKeys(IDBKeyRange.lowerBound(session, true)),
    ends.openKeyCursor(IDBKeyRange.lowerBound(now, true)),
  ]);
  const ended = [...due, ...before, ...after].map(([origin, resource, account]) => ({
    origin,
    resource,
    account,
  }));
  return { ended, ...(next && { nextEnd: next.key }) };
}
