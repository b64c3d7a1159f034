/**
 * The client id metadata document that belongs to a build: `GRANTKEEPER_CLIENT_DOCUMENT=https://… npm run build`
 * puts its address into the extensions and writes the document to host there (docs/stores.md).
 */
import { createHash } from 'node:crypto';
import manifest from '../manifest.json' with { type: 'json' };
import { EXTENSION_IDS } from '../src/client/extension-ids.ts';
import { clientDocument, isDocumentUrl } from '../src/protocol/client-document.ts';

/** The redirect URI of shared clients, in every browser and from every store. */
export function redirectUris(): string[] {
  const gecko = createHash('sha1')
    .update(manifest.browser_specific_settings.gecko.id)
    .digest('hex');
  const hosts = [
    ...EXTENSION_IDS.map((id) => `${id}.chromiumapp.org`),
    `${gecko}.extensions.allizom.org`,
  ];
  return hosts.map((host) => `https://${host}/cb`);
}

/**
 * The document as text.
 * @throws when the address cannot be a client id
 */
export function documentFor(url: string): string {
  if (!isDocumentUrl(url)) {
    throw new Error(
      `GRANTKEEPER_CLIENT_DOCUMENT: ${url} cannot be a client id (https, with a path)`,
    );
  }
  return `${JSON.stringify(clientDocument(url, redirectUris()), null, 2)}\n`;
}
