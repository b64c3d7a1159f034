/** The stores that hold no secret. */
import type { Settings } from '../../shared/settings.ts';
import type { DocumentStore, FlowStore, RefusalStore } from '../ports/stores.ts';
import { writing, type Database } from './schema.ts';

/** Flows under way, and what servers publish about themselves. */
export function flowsAndDocuments(db: Database): FlowStore & DocumentStore {
  return {
    findDocument: (url) => db.get('documents', url),
    async saveDocument(url, json, fetchedAt) {
      const tx = writing(db, 'documents');
      await Promise.all([tx.objectStore('documents').put({ url, json, fetchedAt }), tx.done]);
    },
    async prune(documentsBefore, refusalsBefore) {
      const tx = writing(db, 'documents', 'refusals');
      const documents = tx.objectStore('documents').index('fetchedAt');
      const refusals = tx.objectStore('refusals').index('until');
      for await (const cursor of documents.iterate(IDBKeyRange.upperBound(documentsBefore, true))) {
        await cursor.delete();
      }
      for await (const cursor of refusals.iterate(IDBKeyRange.upperBound(refusalsBefore, true))) {
        await cursor.delete();
      }
      await tx.done;
    },
    listFlows: () => db.getAll('flows'),
    async saveFlow(flow) {
      const tx = writing(db, 'flows');
      await Promise.all([tx.objectStore('flows').put(flow), tx.done]);
    },
    async deleteFlow(id) {
      const tx = writing(db, 'flows');
      await Promise.all([tx.objectStore('flows').delete(id), tx.done]);
    },
  };
}

/** What the user has refused (Z24). */
export function refusals(db: Database): RefusalStore {
  return {
    listRefusals: () => db.getAll('refusals'),
    findRefusals: (origin) => db.getAllFromIndex('refusals', 'origin', origin),
    async saveRefusal(refusal) {
      const tx = writing(db, 'refusals');
      await Promise.all([tx.objectStore('refusals').add(refusal), tx.done]);
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
    readSettings: (): Promise<Settings> =>
      (held ??= db
        .get('settings', 'settings')
        .then((stored) => stored ?? { developerMode: false, pausedSites: [] })),
    async writeSettings(changed: Settings) {
      const tx = writing(db, 'settings');
      await Promise.all([tx.objectStore('settings').put(changed, 'settings'), tx.done]);
      held = Promise.resolve(changed);
    },
  };
}
