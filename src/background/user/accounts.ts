/** What the user can do about their accounts at a server: connect one more, choose which one a site uses, name it. */
import type { GrantKey } from '../../shared/facts/grant-key.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRequest } from '../ports/records.ts';
import { changeGrant } from '../site/pages.ts';

/** Accounts of one site at one server. */
const MAX_ACCOUNTS = 10;

/** What the user can do about accounts. */
export function accountHandlers(ports: Ports, flows: FlowTable) {
  const { store } = ports;
  return {
    connectAccount: async ({ name, ...key }: GrantKey & { name: string }) => {
      const grant = await store.readGrant(key);
      const ofSite = await store.listGrants({ site: key.origin });
      const held = ofSite.filter(({ resource }) => resource === key.resource);
      if (!grant?.server || held.length >= MAX_ACCOUNTS) return { started: false };
      const account = { id: crypto.randomUUID(), name, like: key.account };
      const request: FlowRequest = {
        scopes: [...grant.requested],
        demanded: [],
        challenged: false,
        rediscover: false,
        account,
      };
      return { started: await flows.begin(key.origin, key.resource, request) };
    },
    chooseAccount: async (key: GrantKey) => {
      if (!(await store.readGrant(key))) return { chosen: false };
      return { chosen: await changeGrant(ports, key, () => store.chooseAccount(key)) };
    },
    renameAccount: async ({ name, ...key }: GrantKey & { name: string }) => {
      const grant = await store.readGrant(key);
      const renamed = grant && (await store.updateGrant(grant, { accountName: name }));
      ports.changed();
      return { renamed: typeof renamed === 'object' };
    },
  };
}
