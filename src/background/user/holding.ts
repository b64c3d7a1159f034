/** How a site reaches a server, as the user decides: whether a page has the token, and which headers go along (Z26, Z29). */
import { mayBeAllowed } from '../../protocol/carried-headers.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import type { GrantKey } from '../../shared/facts/grant-key.ts';
import { refreshLock, takeUpRenewal } from '../access/renewal.ts';
import { sealGrant } from '../oauth/seal-grant.ts';
import type { Ports } from '../ports/ports.ts';
import { tellPages } from '../site/pages.ts';

type Sealing = ExtensionCalls['seal']['result'];

/** The calls of the popup. */
export function holdingHandlers(ports: Ports) {
  return {
    seal: async ({ sealed, ...key }: GrantKey & { sealed: boolean }) => {
      const work = () => (sealed ? seal(ports, key) : unseal(ports, key));
      const result = await ports.lock(refreshLock(key), work);
      const { origin, resource, account } = key;
      const kind = sealed ? 'sealed' : 'opened';
      if (result.outcome !== 'gone') {
        ports.log.note({ kind, origin, resource, account, scopes: [] });
      }
      await tellPages(ports, key);
      return result;
    },
    allowHeaders: async ({ names, ...key }: GrantKey & { names: string[] }) => {
      const headers = [...new Set(names.map((name) => name.toLowerCase()))];
      if (!headers.every(mayBeAllowed)) throw new BrokerError('invalid_request');
      const grant = await ports.store.readGrant(key);
      const own = grant?.credential === 'key' ? await headerOfKey(ports, key) : undefined;
      const passed = headers.filter((name) => name !== own);
      const saved = grant && (await ports.store.updateGrant(grant, { headers: passed }));
      ports.changed();
      return { saved: typeof saved === 'object' };
    },
  };
}

/** The header in which the user's own key goes, in lower case: no page is to speak there. */
async function headerOfKey(
  { store }: Ports,
  { resource, account }: GrantKey,
): Promise<string | undefined> {
  const keys = await store.listServerKeys();
  const own = keys.find((one) => one.resource === resource && one.account === account);
  return own?.header.toLowerCase();
}

async function seal(ports: Ports, key: GrantKey): Promise<Sealing> {
  // An answer that a former worker had kept comes first: its token may be in a page.
  await takeUpRenewal(ports, key);
  const grant = await ports.store.readGrant(key);
  return grant ? sealGrant(ports, grant) : { outcome: 'gone' };
}

/** What no page could use stays here whatever the user says. */
async function unseal({ store }: Ports, key: GrantKey): Promise<Sealing> {
  const grant = await store.readGrant(key);
  const written = grant && (await store.updateGrant(grant, { sealedOnly: undefined }));
  if (written === 'changed') throw new BrokerError('interrupted');
  return { outcome: typeof written === 'object' ? 'opened' : 'gone' };
}
