/**
 * Who is asking. Identity comes from what the browser attests about the sender, never from a message (Z5).
 * A sandboxed frame may carry a victim's URL; its origin is the string "null", and that is refused.
 */
import { BrokerError } from '../../shared/errors.ts';
import { DOCUMENTS } from '../../shared/documents.ts';
import { compact } from '../../shared/facts/compact.ts';
import { isLoopbackOrigin } from '../../shared/facts/host-kind.ts';
import type { PageCaller } from '../ports/records.ts';

/** The members of a browser's `MessageSender` that are looked at; both browsers attest them. */
export interface Sender {
  id?: string | undefined;
  url?: string | undefined;
  origin?: string | undefined;
  frameId?: number | undefined;
  documentId?: string | undefined;
  documentLifecycle?: string | undefined;
  tab?: { id?: number | undefined; incognito: boolean } | undefined;
}

/**
 * Lets a web page in.
 * @param viaRelay true when our own content script speaks for the page, so that `id` is ours (Firefox)
 * @throws BrokerError `insecure_context` for opaque and insecure origins, frames, prerendered or private
 *   documents, and for other extensions
 */
export function verifyPage(sender: Sender, viaRelay: boolean): PageCaller {
  const { id, origin, frameId, documentId, documentLifecycle = 'active', tab } = sender;
  const refused = new BrokerError('insecure_context');
  if (id !== undefined && !viaRelay) throw refused;
  if (!origin || !URL.canParse(origin) || new URL(origin).origin !== origin) throw refused;
  const local = origin.startsWith('http://') && isLoopbackOrigin(origin);
  if (!origin.startsWith('https://') && !local) throw refused;
  if (frameId !== 0 || documentLifecycle !== 'active') throw refused;
  if (tab?.id === undefined || tab.incognito) throw refused;
  return compact({ origin, tabId: tab.id, documentId });
}

/**
 * True for one of our own documents, in a top frame. A content script has our id too, but the page's URL.
 * @param root the extension's root URL
 */
export function isOwnDocument(sender: Sender, id: string, root: string): boolean {
  if (sender.id !== id || (sender.frameId ?? 0) !== 0 || !sender.url) return false;
  const document = sender.url.split(/[?#]/)[0];
  return Object.values(DOCUMENTS).some((path) => document === root + path);
}
