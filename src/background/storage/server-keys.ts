/** The user's keys for servers, each under seal. Only the worker reads a value, and only to attach it (Z37). */
import { isServerKey } from '../../shared/stored-rows.ts';
import type { ServerKeyStore } from '../ports/stores.ts';
import { writing, type Database } from './schema.ts';
import { open, seal, type SealingKey } from './sealing.ts';

/** The header is bound in as well: under another name the value could end up in a log. */
const keyContext = (resource: string, account: string, header: string) =>
  JSON.stringify(['server key', resource, account, header]);

export function serverKeys(db: Database, key: SealingKey): ServerKeyStore {
  return {
    async findServerKey(resource, account) {
      const row = await db.get('serverKeys', [resource, account]);
      if (!isServerKey(row)) return undefined;
      const { header, sealed } = row!;
      try {
        const value = await open(key, sealed, keyContext(resource, account, header));
        return { resource, account, header, value: value as string };
      } catch {
        // Damaged, or sealed under a key that is gone: the user is asked for it again.
        return undefined;
      }
    },
    async listServerKeys() {
      const rows = (await db.getAll('serverKeys')).filter(isServerKey);
      return rows.map(({ sealed: _, ...summary }) => summary);
    },
    async saveServerKey({ value, ...summary }, savedAt) {
      const { resource, account, header } = summary;
      const sealed = await seal(key, value, keyContext(resource, account, header));
      const tx = writing(db, 'serverKeys');
      await Promise.all([
        tx.objectStore('serverKeys').put({ ...summary, savedAt, sealed }),
        tx.done,
      ]);
    },
    async deleteServerKey(resource, account) {
      const tx = writing(db, 'serverKeys');
      await Promise.all([tx.objectStore('serverKeys').delete([resource, account]), tx.done]);
    },
  };
}
