/** Rows that can't be read are set aside (T-46): nothing stumbles over them, the others stay, and the user is told. */
import type { GrantKey } from '../ports/records.ts';
import type { UnreadableStore } from '../ports/stores.ts';
import { closeGap } from './aliases.ts';
import { keepAtMost, MOST } from './bounds.ts';
import { writing, type Database, type GrantId, type GrantRow } from './schema.ts';

/** Moves a grant that can't be read out of the way, unless it was replaced meanwhile. */
export async function setAside(db: Database, row: GrantRow): Promise<void> {
  const { origin, resource, account } = row;
  const id: GrantId = [origin, resource, account];
  const tx = writing(db, 'grants', 'aliases', 'flows', 'unreadable');
  const held = await tx.objectStore('grants').get(id);
  if (held && held.revision === row.revision) {
    await tx.objectStore('grants').delete(id);
    await closeGap(tx, row as GrantKey);
    await tx.objectStore('unreadable').add(row);
    await keepAtMost(tx.objectStore('unreadable'), MOST.unreadable);
  }
  await tx.done;
}

/** The key is gone: what it sealed can't be read by anybody, and is set aside before somebody stumbles over it. */
export async function setAllAside(db: Database): Promise<void> {
  for (const row of await db.getAll('grants')) await setAside(db, row);
  const tx = writing(db, 'registrations', 'serverKeys');
  await Promise.all([
    tx.objectStore('registrations').clear(),
    tx.objectStore('serverKeys').clear(),
    tx.done,
  ]);
}

/** How many there are, and how the user puts an end to it. */
export function unreadable(db: Database): UnreadableStore {
  return {
    countUnreadable: () => db.count('unreadable'),
    async forgetUnreadable() {
      const tx = writing(db, 'unreadable');
      await Promise.all([tx.objectStore('unreadable').clear(), tx.done]);
    },
  };
}
