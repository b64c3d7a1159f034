/** Which URLs the broker may contact, as syntax; `protocol/url-policy.ts` makes failures of it. */
import { hostKind, isLocalName, placeOf } from './host-kind.ts';
import { MAX_URL_LENGTH } from './limits.ts';

/** What the caller's situation allows beyond public https. */
export interface UrlPolicy {
  /** http and https to literal loopback hosts: the client origin is loopback itself, or developer mode is on. */
  loopback: boolean;
  /**
   * https into the own network, once the user has been asked about the host (Z43): to its `names`, or in developer
   * mode to `all`, addresses included. Absent: never.
   */
  inward?: 'names' | 'all' | undefined;
}

/** For what the user types into our own pages: nothing is contacted for it before they are asked. */
export const TYPED_BY_USER: UrlPolicy = { loopback: true, inward: 'names' };

/**
 * The characters a URL may consist of (RFC 3986 §2). The URL parser drops tabs and newlines and turns
 * backslashes around, so that what is checked would not be what was written.
 */
const URL_CHARACTERS = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

/**
 * Parses a URL that the broker may contact.
 * @returns undefined when it is not absolute https (or allowed loopback http), carries userinfo or a fragment, is longer
 *   than {@link MAX_URL_LENGTH}, or names a private host that the policy leaves out
 */
export function findAllowedUrl(text: string, policy: UrlPolicy): URL | undefined {
  if (text.length > MAX_URL_LENGTH || !URL_CHARACTERS.test(text)) return undefined;
  const url = URL.parse(text);
  // As written, since the parser adds missing slashes and drops an empty user or fragment.
  if (!url || !/^https?:\/\/[^/?@]+([/?]|$)/i.test(text)) return undefined;
  if (hostKind(url.hostname) === 'loopback') return policy.loopback ? url : undefined;
  return url.protocol === 'https:' && isWithin(url.hostname, policy) ? url : undefined;
}

function isWithin(hostname: string, { inward }: UrlPolicy): boolean {
  if (hostKind(hostname) === 'public') return true;
  if (inward === undefined) return false;
  return isLocalName(hostname) || (inward === 'all' && placeOf(hostname) !== 'internet');
}
