/**
 * The broker's memory in IndexedDB. Every write waits for the disk: a refresh token that the server has
 * rotated and we have lost is a user who must sign in again. Encryption happens before a transaction is
 * opened, since a transaction ends itself as soon as it has nothing to do.
 */
import { coversScopes } from '../../protocol/scope.ts';
import type { Grant, GrantChange, GrantKey, NewGrant, GrantSummary } from '../ports/records.ts';
import type { GrantOrigin, GrantStore, Store } from '../ports/stores.ts';
import {
  openDatabase,
  readKey,
  writing,
  type Database,
  type GrantId,
  type GrantRow,
} from './schema.ts';
import { GrantCache } from './grant-cache.ts';
import { registrations } from './registrations.ts';
import { open, seal, type SealingKey } from './sealing.ts';
import { accounts, choose, closeGap, listing } from './accounts.ts';
import { activityLog } from './activity.ts';
import { clientsAndIssuers } from './clients.ts';
import { transfer } from './export.ts';
import { flowsAndDocuments, refusals, settings } from './plain.ts';
import { bury, unfinished } from './unfinished.ts';
import { DEFAULT_ACCOUNT } from '../../shared/facts/grant-key.ts';

const idOf = ({ origin, resource, account }: GrantKey): GrantId => [origin, resource, account];
const grantContext = (key: GrantKey) => JSON.stringify(['grant', ...idOf(key)]);

/** Opens the store; resolves when it can be used. */
export async function openStore(name?: string): Promise<Store> {
  const db = await openDatabase(name);
  const key = await readKey(db);
  const { forgetSettings, ...held } = settings(db);
  return rememberingGrants({
    ...grantWrites(db, key),
    ...grantReads(db, key),
    ...grantRemoval(db, key),
    ...aliasesAndUses(db),
    ...registrations(db, key),
    ...unfinished(db, key, (row) => fromRow(key, row)),
    ...clientsAndIssuers(db, key),
    ...flowsAndDocuments(db),
    ...refusals(db),
    ...accounts(db),
    ...listing(db),
    ...activityLog(db),
    ...held,
    ...transfer(db, key, { ...held, forgetSettings }),
  });
}

/** Every write that changes what a read of a grant would find goes through the memory. */
function rememberingGrants(store: Store): Store {
  const memory = new GrantCache();
  return {
    ...store,
    findGrant: (origin, asked) => memory.find(origin, asked, () => store.findGrant(origin, asked)),
    commitGrant: (grant, from) => memory.during(() => store.commitGrant(grant, from)),
    updateGrant: (...args) => memory.during(() => store.updateGrant(...args)),
    deleteGrant: (...args) => memory.during(() => store.deleteGrant(...args)),
    addAlias: (key, from) => memory.during(() => store.addAlias(key, from)),
    chooseAccount: (key) => memory.during(() => store.chooseAccount(key)),
    eraseEverything: () => memory.during(() => store.eraseEverything()),
  };
}

async function toRow(key: SealingKey, grant: Grant): Promise<GrantRow> {
  const { token, registration, ...rest } = grant;
  const sealed = await seal(key, { token, registration }, grantContext(grant));
  if (!token) return { ...rest, sealed };
  const { granted, expiresAt, refreshToken } = token;
  return { ...rest, token: { granted, expiresAt, renewable: refreshToken !== undefined }, sealed };
}

async function fromRow(key: SealingKey, row: GrantRow | undefined): Promise<Grant | undefined> {
  if (!row) return undefined;
  const { sealed, token: _, ...rest } = row;
  try {
    const secrets = await open(key, sealed, grantContext(row));
    return { ...rest, ...(secrets as Pick<Grant, 'registration' | 'token'>) };
  } catch {
    // Damaged, or sealed under a key that is gone: as good as no grant, and the next one replaces it (T-46).
    return undefined;
  }
}

function grantReads(db: Database, key: SealingKey) {
  return {
    async findGrant(origin: string, asked: string) {
      const tx = db.transaction(['grants', 'aliases']);
      const [direct, alias] = await Promise.all([
        tx.objectStore('grants').get([origin, asked, DEFAULT_ACCOUNT]),
        tx.objectStore('aliases').get([origin, asked]),
      ]);
      if (!alias || (alias.resource === asked && alias.account === DEFAULT_ACCOUNT)) {
        return fromRow(key, direct);
      }
      const id: GrantId = [origin, alias.resource, alias.account];
      return fromRow(key, await tx.objectStore('grants').get(id));
    },
    readGrant: async (name: GrantKey) => fromRow(key, await db.get('grants', idOf(name))),
    async hasAnyGrant(origin: string) {
      return (await db.getKey('grants', IDBKeyRange.bound([origin], [origin, []]))) !== undefined;
    },
  };
}

function grantWrites(
  db: Database,
  key: SealingKey,
): Pick<GrantStore, 'commitGrant' | 'updateGrant'> {
  return { ...committing(db, key), ...updating(db, key) };
}

function committing(db: Database, key: SealingKey): Pick<GrantStore, 'commitGrant'> {
  return {
    async commitGrant(grant: NewGrant, { asked, flow, began, isWithdrawn }: GrantOrigin) {
      const row = await toRow(key, { ...grant, revision: crypto.randomUUID() });
      const { origin, resource, account } = grant;
      const tx = writing(db, 'grants', 'aliases', 'flows', 'unfinished');
      const [held, latest] = await Promise.all([
        tx.objectStore('grants').get(idOf(row)),
        began && tx.objectStore('grants').get(idOf(began)),
      ]);
      // Disconnected, narrowed, paused or erased while the user was signing in: the later word counts.
      const isTakenBack = began && !(latest && coversScopes(latest.ceiling, began.ceiling));
      if (isWithdrawn?.() || isTakenBack) {
        await tx.done;
        return false;
      }
      // Tokens of a provider that the server no longer names.
      if (held?.token && held.server.issuer !== row.server.issuer) await bury(tx, held);
      // Uses were counted during the sign-in too.
      const { uses, lastUsedAt } = held ?? row;
      await Promise.all([
        tx.objectStore('grants').put({ ...row, uses, lastUsedAt }),
        tx.objectStore('aliases').put({ origin, asked, resource, account }),
        tx.objectStore('flows').delete(flow),
        tx.objectStore('unfinished').delete(flow),
      ]);
      // What was signed in for last is what the site uses.
      await choose(tx, grant);
      await tx.done;
      return true;
    },
  };
}

function updating(db: Database, key: SealingKey): Pick<GrantStore, 'updateGrant'> {
  return {
    async updateGrant(grant: Grant, change: GrantChange, finishes?: string) {
      const next = { ...grant, ...change, revision: crypto.randomUUID() } as Grant;
      const row = await toRow(key, next);
      const tx = writing(db, 'grants', 'unfinished');
      const held = await tx.objectStore('grants').get(idOf(grant));
      const current = held?.revision === grant.revision;
      // Uses are counted at the same time, and are no change that matters.
      if (current) {
        const { uses, lastUsedAt } = held;
        await tx.objectStore('grants').put({ ...row, uses, lastUsedAt });
        if (finishes !== undefined) await tx.objectStore('unfinished').delete(finishes);
      }
      await tx.done;
      if (!held) return 'gone';
      return current ? next : 'changed';
    },
  };
}

function aliasesAndUses(db: Database): Pick<GrantStore, 'addAlias' | 'recordUses'> {
  return {
    async addAlias({ origin, resource, account }, { asked, flow }) {
      const tx = writing(db, 'aliases', 'flows');
      await Promise.all([
        tx.objectStore('aliases').put({ origin, asked, resource, account }),
        tx.objectStore('flows').delete(flow),
        tx.done,
      ]);
    },
    async recordUses(uses) {
      const tx = writing(db, 'grants');
      for (const { key: id, count, at } of uses) {
        const held = await tx.objectStore('grants').get(idOf(id));
        if (!held) continue;
        const counted = { ...held, uses: held.uses + count, lastUsedAt: at };
        await tx.objectStore('grants').put(counted);
      }
      await tx.done;
    },
  };
}

function grantRemoval(db: Database, key: SealingKey) {
  return {
    async deleteGrant(grant: GrantKey, isMeant: (held: GrantSummary) => boolean = () => true) {
      const tx = writing(db, 'grants', 'aliases', 'flows', 'unfinished');
      const held = await tx.objectStore('grants').get(idOf(grant));
      if (held && !isMeant(held)) {
        await tx.done;
        return undefined;
      }
      await tx.objectStore('grants').delete(idOf(grant));
      // Whatever becomes of this worker, the server is to hear of it (T-49).
      if (held?.token) await bury(tx, held);
      await closeGap(tx, grant);
      await tx.done;
      return fromRow(key, held);
    },
  };
}
