/** The broker's memory in IndexedDB, all of it; see {@link Store}. */
import type { Store } from '../ports/stores.ts';
import { accounts, aliasesAndUses, listing } from './accounts.ts';
import { activityLog } from './activity.ts';
import { budgets } from './budgets.ts';
import { clientsAndIssuers } from './clients.ts';
import { keptOpen } from './connection.ts';
import { transfer } from './export.ts';
import { GrantCache } from './grant-cache.ts';
import { fromRow, grants } from './grants.ts';
import { overrides } from './overrides.ts';
import { documents, flows, refusals, settings } from './plain.ts';
import { registrations } from './registrations.ts';
import { openDatabase, readKey, writing } from './schema.ts';
import { serverKeys } from './server-keys.ts';
import { setAllAside, unreadable } from './set-aside.ts';
import { unfinished } from './unfinished.ts';

/**
 * Opens the store; resolves when it can be used.
 * @throws BrokerError `internal_error` when the disk does not let it, and `interrupted` when somebody else does not
 */
export async function openStore(name?: string): Promise<Store> {
  const memory = new GrantCache();
  const store = await keptOpen(
    (lost) => openOnce(name, lost),
    () => {
      memory.forget();
    },
  );
  return rememberingGrants(store, memory);
}

async function openOnce(name: string | undefined, lost: () => void) {
  const db = await openDatabase(name, lost);
  const { isNew, ...key } = await readKey(db);
  if (isNew) await setAllAside(db);
  const { forgetSettings, ...held } = settings(db);
  const store: Store = {
    ...grants(db, key),
    ...aliasesAndUses(db),
    ...registrations(db, key),
    ...unfinished(db, key, (row) => fromRow(key, row)),
    ...clientsAndIssuers(db, key),
    ...serverKeys(db, key),
    ...overrides(db),
    ...flows(db),
    ...documents(db),
    ...refusals(db),
    ...budgets(db),
    ...accounts(db),
    ...listing(db),
    ...activityLog(db),
    ...unreadable(db),
    ...held,
    ...transfer(db, key, { ...held, forgetSettings }),
  };
  const makeRoom = async () => {
    const tx = writing(db, 'documents', 'traces');
    await Promise.all([
      tx.objectStore('documents').clear(),
      tx.objectStore('traces').clear(),
      tx.done,
    ]);
  };
  return { store, makeRoom };
}

/** Every write that changes what a read of a grant would find goes through the memory. */
function rememberingGrants(store: Store, memory: GrantCache): Store {
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
