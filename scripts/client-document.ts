/**
 * The client id metadata documents that belong to a build, one for each browser (Z56):
 * `GRANTKEEPER_CLIENT_DOCUMENT=https://…/client.json npm run build` puts the addresses of `client-chrome.json` and
 * `client-firefox.json` into the extensions and writes what is to be hosted there (docs/stores.md). As a program it
 * writes them to a folder, or with `--look` compares what is served at their addresses.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import manifest from '../manifest.json' with { type: 'json' };
import { EXTENSION_IDS } from '../src/client/extension-ids.ts';
import { clientDocument, isDocumentUrl } from '../src/protocol/client-document.ts';
import { SLOTS, slotUri } from '../src/protocol/redirect-slot.ts';
import type { Target } from './manifest.ts';
import { runAsProgram } from './set-up.mjs';

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

/** Writes the documents, each under the last part of its address. */
export function writeDocuments(address: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const target of TARGETS) {
    const name = path.posix.basename(new URL(documentUrl(address, target)).pathname);
    writeFileSync(path.join(folder, name), documentFor(address, target));
  }
}

/**
 * Looks whether each document is served as the extension has to find it.
 * @throws Error what is wrong, of the first that isn't
 */
export async function lookAtDocuments(address: string, get: typeof fetch = fetch): Promise<void> {
  for (const target of TARGETS) {
    const url = documentUrl(address, target);
    const response = await get(url, { redirect: 'error' });
    const { headers } = response;
    const faults = [
      response.status !== 200 && `answers ${response.status}`,
      !/^application\/json\b/.test(headers.get('content-type') ?? '') && 'is no application/json',
      headers.get('access-control-allow-origin') !== '*' && 'may not be read by every origin',
      (await response.text()) !== documentFor(address, target) && 'is not what this tree builds',
    ].filter((fault) => fault !== false);
    if (faults.length > 0) throw new Error(`${url} ${faults.join(', ')}`);
  }
}

function chromium(id: string): string {
  return `https://${id}.chromiumapp.org/cb`;
}

function firefox(): string {
  return `https://${GECKO}.extensions.allizom.org/cb`;
}

await runAsProgram(import.meta.url, async () => {
  const address = process.env['GRANTKEEPER_CLIENT_DOCUMENT'] ?? '';
  const [wanted = 'dist/client-documents'] = process.argv.slice(2);
  if (wanted === '--look') await lookAtDocuments(address);
  else writeDocuments(address, wanted);
});
