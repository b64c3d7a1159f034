/** What the user lets pass; no secret. A row that can't be read lets nothing pass. */
import { isOverride } from '../../shared/stored-rows.ts';
import type { OverrideStore } from '../ports/stores.ts';
import { writing, type Database } from './schema.ts';

export function overrides(db: Database): OverrideStore {
  return {
    listOverrides: async () => (await db.getAll('overrides')).filter(isOverride),
    async saveOverride(override) {
      const tx = writing(db, 'overrides');
      await Promise.all([tx.objectStore('overrides').put(override), tx.done]);
    },
    async deleteOverride({ kind, issuer, resource }) {
      const tx = writing(db, 'overrides');
      await Promise.all([tx.objectStore('overrides').delete([kind, issuer, resource]), tx.done]);
    },
  };
}
