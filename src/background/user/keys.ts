/** What the user can do about their keys for servers (Z37): see which there are, replace one, remove one. */
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import type { KeyView } from '../../shared/grant-view.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import { saveServerKey } from '../connect/server-key.ts';
import type { Ports } from '../ports/ports.ts';
import type { ListedGrant } from '../ports/records.ts';
import type { Store } from '../ports/stores.ts';
import { changeGrant } from '../site/pages.ts';
import { disconnect } from './disconnect.ts';

type Named = Pick<KeyView, 'resource' | 'account'>;

/** The calls of our own pages about keys. No answer holds a value. */
export function keyHandlers(ports: Ports, flows: FlowTable) {
  const { store } = ports;
  const usersOf = (named: Named) => findUsers(store, named);
  return {
    serverKeys: async (): Promise<KeyView[]> => {
      const keys = await store.listServerKeys();
      const users = await Promise.all(keys.map(usersOf));
      return keys.map(({ resource, account, header, savedAt }, i) => ({
        resource,
        account,
        header,
        savedAt,
        sites: users[i]!.map(({ origin }) => origin),
      }));
    },
    replaceKey: async ({ resource, account, key }: ExtensionCalls['replaceKey']['params']) => {
      if (!(await isStored(store, { resource, account }))) return { replaced: false };
      await saveServerKey(ports, { resource, account }, key);
      // What was sent with the former one ends, and a refusal of the new one is asked about.
      for (const user of await usersOf({ resource, account })) {
        const held = await store.readGrant(user);
        const change = { reauthorizedUntil: 0, signedInAt: ports.now() };
        await changeGrant(ports, user, async () => held && store.updateGrant(held, change));
      }
      ports.changed();
      return { replaced: true };
    },
    removeKey: async (named: Named) => {
      const users = await usersOf(named);
      // First of all: from here on nothing can be sent with it.
      await store.deleteServerKey(named.resource, named.account);
      for (const { origin } of users) await disconnect(ports, flows, { origin, ...named }, false);
      ports.changed();
      return { ended: users.length };
    },
  };
}

async function isStored(store: Store, { resource, account }: Named): Promise<boolean> {
  const keys = await store.listServerKeys();
  return keys.some((key) => key.resource === resource && key.account === account);
}

/** The grants of all sites that are carried with this key. */
async function findUsers(store: Store, { resource, account }: Named): Promise<ListedGrant[]> {
  const grants = await store.listGrants({ resource });
  return grants.filter((grant) => grant.credential === 'key' && grant.account === account);
}
