/**
 * Issuer identifiers (RFC 8414 §2), as syntax. The settings check a typed one with the same rule that the background
 * enforces, so that a field never takes what is refused afterwards.
 */
import { findAllowedUrl, type UrlPolicy } from './allowed-url.ts';

/**
 * True for an issuer identifier: a URL that may be contacted, without a query (RFC 8414 §2), and written as the
 * URL parser writes it, so that the name compared and the address contacted are the same.
 */
export function isIssuer(issuer: string, policy: UrlPolicy): boolean {
  const href = findAllowedUrl(issuer, policy)?.href;
  return !issuer.includes('?') && (href === issuer || href === `${issuer}/`);
}

/**
 * True when both name one issuer: byte for byte, but for the one slash of a bare origin. `https://h` and `https://h/`
 * are the same URL (RFC 3986 §6.2.3), with one well-known address, so nobody else can answer for either (Z49). Used
 * to find metadata and what is kept of an issuer; the `iss` of a response is compared with the document's spelling.
 */
export function isSameIssuer(one: string, other: string): boolean {
  return one === other || (isBareOrigin(one) && isBareOrigin(other) && bare(one) === bare(other));
}

/** The issuer's spellings: itself, and for a bare origin the one with, or without, the slash (Z49). */
export function issuerSpellings(issuer: string): string[] {
  if (!isBareOrigin(issuer)) return [issuer];
  return [issuer, issuer.endsWith('/') ? bare(issuer) : `${issuer}/`];
}

function isBareOrigin(issuer: string): boolean {
  return URL.parse(issuer)?.origin === bare(issuer);
}

function bare(issuer: string): string {
  return issuer.replace(/\/$/, '');
}
