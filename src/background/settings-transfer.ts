/** Settings in a file: what goes out holds no secret, what comes in is checked before anything changes. */
import { parseAllowedUrl } from '../protocol/url-policy.ts';
import { BrokerError } from '../shared/errors.ts';
import { parseSettingsFile } from '../shared/settings-file.ts';
import type { Ports } from './ports.ts';

/**
 * Takes a settings file over, all of it.
 * @throws BrokerError `invalid_request`; then nothing has changed
 */
export async function importSettings(ports: Ports, file: unknown): Promise<{ clients: number }> {
  const parsed = parseSettingsFile(file);
  const { clientDocument } = parsed.settings;
  try {
    for (const { issuer } of parsed.clients) parseAllowedUrl(issuer, { loopback: true });
    if (clientDocument) parseAllowedUrl(clientDocument.url, { loopback: false });
  } catch (cause) {
    throw new BrokerError('invalid_request', { cause });
  }
  await ports.store.importSettings(parsed);
  ports.changed();
  return { clients: parsed.clients.length };
}
