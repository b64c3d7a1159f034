/** Carrying settings to another browser, and forgetting everything. */
import type { Settings, SettingsFile } from '../../shared/settings.ts';
import { isClient } from '../../shared/stored-rows.ts';
import type { ClientRow, Database } from './schema.ts';
import { writing } from './schema.ts';
import { createKey, type SealingKey } from './sealing.ts';
import type { SettingsStore, Store } from '../ports/stores.ts';

/** @param key renewed in place when everything is erased */
export function transfer(
  db: Database,
  key: SealingKey,
  settings: Pick<SettingsStore, 'readSettings'> & { forgetSettings(next?: Settings): void },
): Pick<Store, 'exportSettings' | 'importSettings' | 'eraseEverything'> {
  return {
    async exportSettings() {
      const [held, clients] = await Promise.all([settings.readSettings(), db.getAll('clients')]);
      return {
        grantkeeper: 1,
        settings: held,
        clients: clients.filter(isWhole).map(withoutSecret),
      };
    },
    async importSettings(file: SettingsFile) {
      const tx = writing(db, 'settings', 'clients');
      const clients = tx.objectStore('clients');
      for (const client of file.clients) {
        const held = await clients.get(client.issuer);
        const isSame = held?.clientId === client.clientId && client.authMethod !== 'none';
        const keeps = isSame && held.sealed;
        await clients.put({ ...client, ...(keeps && { sealed: keeps }) });
      }
      await Promise.all([tx.objectStore('settings').put(file.settings, 'settings'), tx.done]);
      settings.forgetSettings(file.settings);
    },
    async eraseEverything() {
      const { current: next } = await createKey();
      const tx = writing(db, ...db.objectStoreNames);
      await Promise.all([...db.objectStoreNames].map((name) => tx.objectStore(name).clear()));
      await Promise.all([tx.objectStore('keys').put(next, 'secrets'), tx.done]);
      key.current = next;
      settings.forgetSettings();
    },
  };
}

/** Without its secret a client is none: the file leaves it out, and it is entered by hand where it is wanted. */
function isWhole(client: ClientRow): boolean {
  return isClient(client) && client.authMethod === 'none';
}

function withoutSecret({ issuer, clientId, authMethod, redirectUri }: ClientRow) {
  return { issuer, clientId, authMethod, ...(redirectUri !== undefined && { redirectUri }) };
}
