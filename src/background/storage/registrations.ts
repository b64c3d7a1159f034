/** The broker's registrations, client secret and all under seal. */
import type { Registration } from '../../protocol/client-registration.ts';
import type { RegistrationStore } from '../ports/stores.ts';
import { keepAtMost, MOST } from './bounds.ts';
import { writing, type Database } from './schema.ts';
import { open, seal, type SealingKey } from './sealing.ts';

const registrationContext = (issuer: string, origin: string) =>
  JSON.stringify(['registration', issuer, origin]);

/** One for each site at each issuer. */
export function registrations(db: Database, key: SealingKey): RegistrationStore {
  return {
    async findRegistration(issuer: string, origin: string) {
      const row = await db.get('registrations', [issuer, origin]);
      if (!row) return undefined;
      try {
        return (await open(key, row.sealed, registrationContext(issuer, origin))) as Registration;
      } catch {
        // Damaged, or sealed under a key that is gone: the site registers anew.
        return undefined;
      }
    },
    async saveRegistration(issuer: string, origin: string, registration: Registration) {
      const sealed = await seal(key, registration, registrationContext(issuer, origin));
      const tx = writing(db, 'registrations');
      const store = tx.objectStore('registrations');
      await store.put({ issuer, origin, sealed });
      await keepAtMost(store, MOST.registrations, JSON.stringify([issuer, origin]));
      await tx.done;
    },
    async deleteRegistration(issuer: string, origin: string) {
      const tx = writing(db, 'registrations');
      await Promise.all([tx.objectStore('registrations').delete([issuer, origin]), tx.done]);
    },
  };
}
