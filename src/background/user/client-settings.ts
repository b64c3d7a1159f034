/** The calls of our settings page about who the broker is at authorization servers. */
import { isDocumentUrl } from '../../protocol/client-document.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import type { ClientDocumentSetting } from '../../shared/settings.ts';
import { saveClient } from '../connect/preregistered-client.ts';
import { checkClientDocument } from '../connect/client-document.ts';
import type { Ports } from '../ports/ports.ts';
import { sharedRedirectUri } from '../connect/redirects.ts';

/** Pre-registered clients, the document, and what a provider has to be told. */
export function clientHandlers(ports: Ports) {
  const { store, version, clientDocument } = ports;
  const changed = () => {
    ports.changed();
    return store.listClients();
  };
  return {
    about: () =>
      Promise.resolve({
        version,
        redirectUri: sharedRedirectUri(ports),
        ...(clientDocument !== undefined && { builtInDocument: clientDocument }),
      }),
    checkDocument: ({ url }: ExtensionCalls['checkDocument']['params']) =>
      checkClientDocument(ports, url, { redirectUri: sharedRedirectUri(ports), fresh: true }),
    clients: () => store.listClients(),
    saveClient: async (entry: ExtensionCalls['saveClient']['params']) => {
      await saveClient(store, entry);
      return changed();
    },
    deleteClient: async ({ issuer }: ExtensionCalls['deleteClient']['params']) => {
      await store.deleteClient(issuer);
      return changed();
    },
  };
}

/**
 * What the setting of the document becomes: `undefined` leaves it, `null` goes back to the build's own.
 * @throws BrokerError `invalid_request` when the document cannot be used; a trusted one only has to have an address
 */
export async function chooseDocument(
  ports: Ports,
  wanted: ClientDocumentSetting | null | undefined,
): Promise<ClientDocumentSetting | null | undefined> {
  if (!wanted) return wanted;
  const { url, trusted } = wanted;
  const usable = trusted
    ? isDocumentUrl(url)
    : (
        await checkClientDocument(ports, url, {
          redirectUri: sharedRedirectUri(ports),
          fresh: true,
        })
      ).usable;
  if (!usable) throw new BrokerError('invalid_request');
  return wanted;
}
