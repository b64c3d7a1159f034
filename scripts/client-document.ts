/**
 * The client id metadata documents that belong to a build, one for each browser (Z56):
 * `GRANTKEEPER_CLIENT_DOCUMENT=https://…/client.json npm run build` puts the addresses of `client-chrome.json` and
 * `client-firefox.json` into the extensions and writes what is to be hosted there (docs/stores.md).
 */
import { createHash } from 'node:crypto';
import manifest from '../manifest.json' with { type: 'json' };
import { EXTENSION_IDS } from '../src/client/extension-ids.ts';
import { clientDocument, isDocumentUrl } from '../src/protocol/client-document.ts';
import { SLOTS, slotUri } from '../src/protocol/redirect-slot.ts';
import type { Target } from './manifest.ts';

/** Authorization servers need read no more than this; bytes. */
export const MAX_DOCUMENT = 4096;

/** Every build that has a document. */
export const TARGETS: readonly Target[] = ['chrome', 'firefox'];

const GECKO = createHash('sha1').update(manifest.browser_specific_settings.gecko.id).digest('hex');

/** The redirect URIs of clients that are registered by hand, in every browser and from every store. */
export function redirectUris(): string[] {
  return [...EXTENSION_IDS.map(chromium), firefox()];
}

/**
 * The address of a browser's document, made from the one that the build was given.
 * @throws when that cannot become a client id
 */
export function documentUrl(address: string, target: Target): string {
  const url = address.replace(/(\.\w+)?$/, `-${target}$1`);
  if (isDocumentUrl(address) && isDocumentUrl(url)) return url;
  throw new Error(
    `GRANTKEEPER_CLIENT_DOCUMENT: ${address} cannot be a client id (https, with a path)`,
  );
}

/**
 * The document of a browser as text. Of several Chrome ids it is the last one's, which is the one in the store: those of
 * two would be too long.
 * @throws when the address cannot be a client id, or the document is too long for some servers
 */
export function documentFor(address: string, target: Target): string {
  const base = target === 'firefox' ? firefox() : chromium(EXTENSION_IDS.at(-1)!);
  const slots = Array.from({ length: SLOTS }, (_, slot) => slotUri(base, slot));
  const document = clientDocument(documentUrl(address, target), slots);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  const { length } = new TextEncoder().encode(text);
  if (length <= MAX_DOCUMENT) return text;
  throw new Error(`The client document has ${length} bytes, of at most ${MAX_DOCUMENT}`);
}

function chromium(id: string): string {
  return `https://${id}.chromiumapp.org/cb`;
}

function firefox(): string {
  return `https://${GECKO}.extensions.allizom.org/cb`;
}
