/** Our own client id metadata document: which one is in use, and whether it says what it has to (Z20). */
import {
  findDocumentFault,
  isDocumentUrl,
  keepClientDocument,
} from '../../protocol/client-document.ts';
import { parseAllowedUrl } from '../../protocol/url-policy.ts';
import type { DocumentVerdict } from '../../shared/settings.ts';
import type { Ports, RequestLimits } from '../ports/ports.ts';
import { DOCUMENT_LIFETIME } from '../../shared/facts/limits.ts';

/** The draft asks for 5 kB at most (§6.6). */
const DOCUMENT: RequestLimits = { bytes: 20_480, milliseconds: 10_000 };
/** The document in use: the one of the settings, else the one of the build. */
export async function currentDocument(
  ports: Pick<Ports, 'store' | 'clientDocument'>,
): Promise<{ document?: string }> {
  const { clientDocument } = await ports.store.readSettings();
  const document = clientDocument?.url ?? ports.clientDocument;
  return document === undefined ? {} : { document };
}

/**
 * Fetches a document and judges it.
 * @param redirectUri which it has to list
 * @param fresh whether to read again what is remembered as good
 */
export async function checkClientDocument(
  ports: Pick<Ports, 'store' | 'http' | 'now'>,
  url: string,
  { redirectUri, fresh = false }: { redirectUri: string; fresh?: boolean },
): Promise<DocumentVerdict> {
  if (!isDocumentUrl(url) || !mayContact(url)) return { usable: false, fault: 'address' };
  const held = fresh ? undefined : await ports.store.findDocument(url);
  const age = held ? ports.now() - held.fetchedAt : -1;
  const remembered = held && age >= 0 && age < DOCUMENT_LIFETIME;
  const json = remembered ? held.json : await readJson(ports, url);
  if (json === undefined) return { usable: false, fault: 'unreadable' };
  const fault = findDocumentFault(json, url, redirectUri);
  if (fault) return { usable: false, fault };
  if (!remembered) await ports.store.saveDocument(url, keepClientDocument(json), ports.now());
  return { usable: true };
}

async function readJson({ http }: Pick<Ports, 'http'>, url: string): Promise<unknown> {
  try {
    const response = await http(url, { headers: { accept: 'application/json' } }, DOCUMENT);
    return response.status === 200 ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

function mayContact(url: string): boolean {
  try {
    parseAllowedUrl(url, { loopback: false });
    return true;
  } catch {
    return false;
  }
}
