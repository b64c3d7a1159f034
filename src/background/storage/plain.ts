/** The stores that hold no secret. */
import type { Settings } from '../../shared/settings.ts';
import { isFlow, isRefusal, readSettings } from '../../shared/stored-rows.ts';
import type { DocumentStore, FlowStore, RefusalStore } from '../ports/stores.ts';
import { MAX_DOCUMENT, MOST } from './bounds.ts';
import { writing, type Database } from './schema.ts';

/** Flows under way; what can't be read of them is forgotten, and its page asks again. */
export function flows(db: Database): FlowStore {
  const deleteFlow = async (id: string) => {
    const tx = writing(db, 'flows');
    await Promise.all([tx.objectStore('flows').delete(id), tx.done]);
  };
  return {
    deleteFlow,
    async listFlows() {
      const rows = await db.getAll('flows');
      for (const row of rows) if (!isFlow(row)) await deleteFlow((row as { id: string }).id);
      return rows.filter(isFlow);
    },
    async saveFlow(flow) {
      const tx = writing(db, 'flows');
      await Promise.all([tx.objectStore('flows').put(flow), tx.done]);
    },
  };
}

/** What servers publish about themselves. */
export function documents(db: Database): DocumentStore {
  return {
    findDocument: (url) => db.get('documents', url),
    async saveDocument(url, json, fetchedAt) {
      if (new TextEncoder().encode(JSON.stringify(json)).length > MAX_DOCUMENT) return;
      const tx = writing(db, 'documents');
      const store = tx.objectStore('documents');
      await store.put({ url, json, fetchedAt });
      const excess = (await store.count()) - MOST.documents;
      // Those fetched longest ago, and what has no time at all before them.
      const oldest = excess > 0 ? await store.index('fetchedAt').getAllKeys(null, excess) : [];
      await Promise.all([...oldest.map((key) => store.delete(key)), tx.done]);
    },
    async prune(documentsBefore, refusalsBefore) {
      const tx = writing(db, 'documents', 'refusals');
      const old = tx.objectStore('documents').index('fetchedAt');
      const over = tx.objectStore('refusals').index('until');
      for await (const cursor of old.iterate(IDBKeyRange.upperBound(documentsBefore, true))) {
        await cursor.delete();
      }
      for await (const cursor of over.iterate(IDBKeyRange.upperBound(refusalsBefore, true))) {
        await cursor.delete();
      }
      await tx.done;
    },
  };
}

/** No origin is empty. */
const NOBODY = '';

/** What the user has refused (Z24). */
export function refusals(db: Database): RefusalStore {
  return {
    listRefusals: async () => (await db.getAll('refusals')).filter(isRefusal),
    findRefusals: async (origin) =>
      (await db.getAllFromIndex('refusals', 'origin', origin)).filter(isRefusal),
    async saveRefusal(refusal) {
      const tx = writing(db, 'refusals');
      const store = tx.objectStore('refusals');
      await store.add(refusal);
      const ofSite = store.index('origin');
      let excess = (await ofSite.count(refusal.origin)) - MOST.refusals;
      // The oldest go; an embargo stays until it is over.
      for await (const cursor of ofSite.iterate(excess > 0 ? refusal.origin : NOBODY)) {
        if (excess <= 0) break;
        if (cursor.value.kind === 'embargo') continue;
        await cursor.delete();
        excess -= 1;
      }
      await tx.done;
    },
    async deleteRefusals(origin, resource) {
      const tx = writing(db, 'refusals');
      let deleted = 0;
      const cursors = tx.objectStore('refusals').index('origin').iterate(origin);
      for await (const cursor of cursors) {
        if (cursor.value.resource !== resource) continue;
        await cursor.delete();
        deleted += 1;
      }
      await tx.done;
      return deleted;
    },
  };
}

/** What the user has chosen. Read for every call of a page, so kept; this worker alone writes it. */
export function settings(db: Database) {
  let held: Promise<Settings> | undefined;
  return {
    /** Somebody else has written them, or deleted them. */
    forgetSettings(next?: Settings) {
      held = next && Promise.resolve(next);
    },
    readSettings: (): Promise<Settings> => {
      held ??= db.get('settings', 'settings').then(readSettings);
      // What couldn't be read now may be read later.
      held.catch(() => (held = undefined));
      return held;
    },
    async writeSettings(changed: Settings) {
      const tx = writing(db, 'settings');
      await Promise.all([tx.objectStore('settings').put(changed, 'settings'), tx.done]);
      held = Promise.resolve(changed);
    },
  };
}
