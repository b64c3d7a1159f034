/** Reads an exported settings file: all of it, or an error. */
import * as v from 'valibot';
import { BrokerError } from './errors.ts';
import type { SettingsFile } from './settings.ts';

const url = v.pipe(v.string(), v.maxLength(2048), v.url());
const site = v.pipe(
  v.string(),
  v.maxLength(300),
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
        clientId: v.pipe(v.string(), v.minLength(1), v.maxLength(2048)),
        authMethod: v.picklist(['none', 'client_secret_basic', 'client_secret_post']),
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
  const result = v.safeParse(File, file);
  if (!result.success) throw new BrokerError('invalid_request');
  return result.output as SettingsFile;
}
