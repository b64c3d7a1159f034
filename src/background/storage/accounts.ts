/** Several accounts of one site at one server: every alias of the resource leads to the chosen one (Z1). */
import type { ListedGrant } from '../ports/records.ts';
import type { GrantPart, Store } from '../ports/stores.ts';
import { isAlias, isGrant } from '../../shared/stored-rows.ts';
import { addressed, choose } from './aliases.ts';
import { setAside } from './set-aside.ts';
import {
  DEFAULT_ACCOUNT,
  writing,
  type Database,
  type GrantId,
  type GrantRow,
  type Schema,
} from './schema.ts';

type Alias = Schema['aliases']['value'];

/** One more address of a grant, and how often grants were used. */
export function aliasesAndUses(db: Database): Pick<Store, 'addAlias' | 'recordUses'> {
  return {
    async addAlias(grant, { asked, flow }) {
      const tx = writing(db, 'grants', 'aliases', 'flows');
      await tx.objectStore('flows').delete(flow);
      await addressed(tx, grant, asked);
      await tx.done;
    },
    async recordUses(uses) {
      const tx = writing(db, 'grants');
      for (const { key, count, at } of uses) {
        const { origin, resource, account } = key;
        const held = await tx.objectStore('grants').get([origin, resource, account]);
        if (!isGrant(held)) continue;
        const counted = { ...held, uses: held.uses + count, lastUsedAt: at };
        await tx.objectStore('grants').put(counted);
      }
      await tx.done;
    },
  };
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
      const isWhole = rows.every(isGrant);
      for (const row of isWhole ? [] : rows) if (!isGrant(row)) await setAside(db, row);
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
  for (const { origin, resource, account } of aliases.filter(isAlias)) {
    chosen.set(JSON.stringify([origin, resource]), account);
  }
  return rows.filter(isGrant).map(({ sealed: _, proofKey: _k, ...summary }) => {
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
