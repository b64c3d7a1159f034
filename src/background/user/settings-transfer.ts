/** Settings in a file: what goes out holds no secret, what comes in is checked before anything changes. */
import { checkIssuer, parseAllowedUrl } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import { TYPED_BY_USER } from '../../shared/facts/allowed-url.ts';
import { compact } from '../../shared/facts/compact.ts';
import { parseSettingsFile } from '../../shared/settings-file.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Takes a settings file over, all of it.
 * @throws BrokerError `invalid_request`; then nothing has changed
 */
export async function importSettings(ports: Ports, file: unknown): Promise<{ clients: number }> {
  const parsed = parseSettingsFile(file);
  const { clientDocument } = parsed.settings;
  try {
    // The rule for a client that is entered by hand: another spelling would be found at no server.
    for (const { issuer } of parsed.clients) checkIssuer(issuer, TYPED_BY_USER);
    if (clientDocument) parseAllowedUrl(clientDocument.url, { loopback: false });
  } catch (cause) {
    throw new BrokerError('invalid_request', { cause });
  }
  await ports.store.importSettings({ ...parsed, settings: await cautious(ports, parsed.settings) });
  ports.changed();
  return { clients: parsed.clients.length };
}

/**
 * A file may come from anybody: it switches no protection off. Developer mode and a document that was never read
 * are the user's to choose here, and a site that is paused here stays paused.
 */
async function cautious({ store }: Ports, next: Settings): Promise<Settings> {
  const held = await store.readSettings();
  const { clientDocument, ...rest } = next;
  const same = clientDocument && held.clientDocument?.url === clientDocument.url;
  const trusted = same === true && held.clientDocument?.trusted === true;
  return compact({
    ...rest,
    developerMode: next.developerMode && held.developerMode,
    pausedSites: [...new Set([...held.pausedSites, ...next.pausedSites])],
    clientDocument: clientDocument && { url: clientDocument.url, trusted },
  });
}
