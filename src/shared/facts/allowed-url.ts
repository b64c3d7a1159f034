/** Which URLs the broker may contact, as syntax; `protocol/url-policy.ts` makes failures of it. */
import { hostKind } from './host-kind.ts';
import { MAX_URL_LENGTH } from './limits.ts';

/** What the caller's situation allows beyond public https. */
export interface UrlPolicy {
  /** http and https to literal loopback hosts: the client origin is loopback itself, or developer mode is on. */
  loopback: boolean;
}

/**
 * The characters a URL may consist of (RFC 3986 §2). The URL parser drops tabs and newlines and turns
 * backslashes around, so that what is checked would not be what was written.
 */
const URL_CHARACTERS = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

/**
 * Parses a URL that the broker may contact.
 * @returns undefined when it is not absolute https (or allowed loopback http), carries userinfo or a fragment, is longer
 *   than {@link MAX_URL_LENGTH}, or names a private host
 */
export function findAllowedUrl(text: string, { loopback }: UrlPolicy): URL | undefined {
  if (text.length > MAX_URL_LENGTH || !URL_CHARACTERS.test(text)) return undefined;
  const url = URL.parse(text);
  // As written, since the parser adds missing slashes and drops an empty user or fragment.
  if (!url || !/^https?:\/\/[^/?@]+([/?]|$)/i.test(text)) return undefined;
  const kind = hostKind(url.hostname);
  if (kind === 'public') return url.protocol === 'https:' ? url : undefined;
  return kind === 'loopback' && loopback ? url : undefined;
}
