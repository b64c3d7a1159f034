/** The clients that the user has registered by hand, and what was learned of issuers. */
import type { ClientEntry, ClientView } from '../../shared/settings.ts';
import type { ClientStore, IssuerStore } from '../ports/stores.ts';
import { isClient, withReadableLists } from '../../shared/stored-rows.ts';
import { keepAtMost, MOST } from './bounds.ts';
import { writing, type ClientRow, type Database } from './schema.ts';
import { open, seal, type SealingKey } from './sealing.ts';

const clientContext = (issuer: string, clientId: string) =>
  JSON.stringify(['client', issuer, clientId]);

/** Both are kept by the exact issuer. */
export function clientsAndIssuers(db: Database, key: SealingKey): ClientStore & IssuerStore {
  return {
    async findClient(issuer) {
      const row = await db.get('clients', issuer);
      return isClient(row) ? fromRow(key, row) : undefined;
    },
    async listClients() {
      return (await db.getAll('clients')).filter(isClient).map(toView);
    },
    async saveClient({ clientSecret, ...client }) {
      const context = clientContext(client.issuer, client.clientId);
      const sealed = clientSecret && { sealed: await seal(key, clientSecret, context) };
      const tx = writing(db, 'clients');
      await Promise.all([tx.objectStore('clients').put({ ...client, ...(sealed || {}) }), tx.done]);
    },
    async deleteClient(issuer) {
      const tx = writing(db, 'clients');
      await Promise.all([tx.objectStore('clients').delete(issuer), tx.done]);
    },
    async findIssuer(issuer) {
      const row = await db.get('issuers', issuer);
      return row && withReadableLists(row);
    },
    async learnIssuer(issuer, learnt) {
      const tx = writing(db, 'issuers');
      const known = await tx.objectStore('issuers').get(issuer);
      const all = { scopeOnRefresh: false, ...known, ...learnt, issuer };
      await tx.objectStore('issuers').put(all);
      await keepAtMost(tx.objectStore('issuers'), MOST.issuers, JSON.stringify(issuer));
      await tx.done;
    },
  };
}

async function fromRow(key: SealingKey, row: ClientRow): Promise<ClientEntry | undefined> {
  const { sealed, ...client } = row;
  if (!sealed) return client;
  try {
    const secret = await open(key, sealed, clientContext(client.issuer, client.clientId));
    return { ...client, clientSecret: secret as string };
  } catch {
    // Damaged, or sealed under a key that is gone: as good as no client; the user is asked for one again.
    return undefined;
  }
}

function toView({ sealed, ...client }: ClientRow): ClientView {
  return { ...client, hasSecret: sealed !== undefined };
}
