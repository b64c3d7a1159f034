/**
 * Settings in a file: what goes out holds no secret, what comes in passes the checks of the forms before anything
 * changes. A file may come from anybody, and whose client the broker is decides who else can use what the user allows.
 */
import { isDocumentUrl } from '../../protocol/client-document.ts';
import { BrokerError } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import { parseSettingsFile } from '../../shared/settings-file.ts';
import type {
  ClientDocumentSetting,
  ClientEntry,
  Settings,
  SettingsFile,
  SettingsPreview,
} from '../../shared/settings.ts';
import { completeClient, noticeClient } from '../connect/preregistered-client.ts';
import type { Ports } from '../ports/ports.ts';
import { chooseDocument } from './client-settings.ts';

/**
 * What a file would change about who the broker is. Contacts nobody.
 * @throws BrokerError `invalid_request` when {@link importSettings} would refuse it for what is in it
 */
export async function previewSettings(ports: Ports, file: unknown): Promise<SettingsPreview> {
  const { settings, clients } = await readFile(ports, file);
  const held = await ports.store.listClients();
  const known = ({ issuer }: ClientEntry) => held.find((client) => client.issuer === issuer);
  const isNew = (client: ClientEntry) => {
    const former = known(client);
    const members = ['clientId', 'authMethod', 'redirectUri'] as const;
    return members.some((member) => former?.[member] !== client[member]);
  };
  const changes = clients.filter(isNew).map((client) => {
    const { issuer, clientId } = client;
    return compact({ issuer, clientId, former: known(client)?.clientId });
  });
  const { clientDocument } = await ports.store.readSettings();
  const document = settings.clientDocument?.url;
  return compact({
    clients: changes,
    document: document === clientDocument?.url ? undefined : document,
  });
}

/**
 * Takes a settings file over, all of it.
 * @throws BrokerError `invalid_request`; then nothing has changed
 */
export async function importSettings(ports: Ports, file: unknown): Promise<{ clients: number }> {
  const { settings, clients } = await readFile(ports, file);
  const next = await cautious(ports, settings);
  await ports.store.importSettings({ grantkeeper: 1, settings: next, clients });
  for (const client of clients) await noticeClient(ports.store, client);
  ports.changed();
  return { clients: clients.length };
}

/** One way to a row: the checks of the forms for a client and a document. */
async function readFile({ store }: Ports, file: unknown): Promise<SettingsFile> {
  const parsed = parseSettingsFile(file);
  const clients: ClientEntry[] = [];
  for (const client of parsed.clients) clients.push(await completeClient(store, client));
  const { clientDocument } = parsed.settings;
  if (clientDocument && !isDocumentUrl(clientDocument.url))
    throw new BrokerError('invalid_request');
  return { ...parsed, clients: clients.map(({ clientSecret: _, ...client }) => client) };
}

/**
 * A file switches no protection off. Developer mode and a document that was never read are the user's to choose here,
 * and a site that is paused here stays paused.
 */
async function cautious(ports: Ports, next: Settings): Promise<Settings> {
  const held = await ports.store.readSettings();
  const { clientDocument, ...rest } = next;
  return compact({
    ...rest,
    developerMode: next.developerMode && held.developerMode,
    pausedSites: [...new Set([...held.pausedSites, ...next.pausedSites])],
    clientDocument: clientDocument
      ? await documentOf(ports, clientDocument, held)
      : held.clientDocument,
  });
}

async function documentOf(
  ports: Ports,
  { url }: ClientDocumentSetting,
  held: Settings,
): Promise<ClientDocumentSetting | undefined> {
  if (held.clientDocument?.url === url) return held.clientDocument;
  return (await chooseDocument(ports, { url, trusted: false })) ?? undefined;
}
