/** Reads an exported settings file: all of it, or an error. */
import * as v from 'valibot';
import { MAX_ORIGIN_LENGTH } from './facts/limits.ts';
import { authMethod, clientId, read, url as anyUrl } from './schema-parts.ts';
import type { SettingsFile } from './settings.ts';

const url = v.pipe(anyUrl, v.url());
const site = v.pipe(
  v.string(),
  v.maxLength(MAX_ORIGIN_LENGTH),
  v.check((text) => URL.canParse(text) && new URL(text).origin === text),
);

const File = v.strictObject({
  grantkeeper: v.literal(1),
  settings: v.strictObject({
    developerMode: v.boolean(),
    pausedSites: v.pipe(v.array(site), v.maxLength(10_000)),
    clientDocument: v.optional(v.strictObject({ url, trusted: v.boolean() })),
  }),
  clients: v.pipe(
    v.array(
      v.strictObject({
        issuer: url,
        clientId,
        authMethod,
        redirectUri: v.optional(url),
      }),
    ),
    v.maxLength(1000),
    v.check((clients) => new Set(clients.map(({ issuer }) => issuer)).size === clients.length),
  ),
});

/**
 * Reads what a file of ours says. A member that is not known, a secret among them, makes it none.
 * @throws BrokerError `invalid_request`
 */
export function parseSettingsFile(file: unknown): SettingsFile {
  return read(File, file) as SettingsFile;
}
