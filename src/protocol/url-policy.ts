/**
 * Which addresses the broker will contact (R93–R103, Z3; docs/threats.md). Everything that comes from a
 * page or a server passes here before a request is made; nothing here makes one.
 */
import { BrokerError } from '../shared/errors.ts';
import { findAllowedUrl, type UrlPolicy } from '../shared/facts/allowed-url.ts';
import { isIssuer } from '../shared/facts/issuer-syntax.ts';

/**
 * Parses a URL that the broker may contact.
 * @throws BrokerError `policy_blocked` where {@link findAllowedUrl} finds none
 */
export function parseAllowedUrl(text: string, policy: UrlPolicy): URL {
  const url = findAllowedUrl(text, policy);
  if (!url) throw forbidden(text);
  return url;
}

/**
 * Checks an issuer identifier.
 * @throws BrokerError `policy_blocked` where {@link isIssuer} says no
 */
export function checkIssuer(issuer: string, policy: UrlPolicy): void {
  if (!isIssuer(issuer, policy)) throw forbidden(issuer);
}

function forbidden(text: string): BrokerError {
  const detail = { host: hostOf(text), reason: 'forbidden_address' } as const;
  return new BrokerError('policy_blocked', { detail });
}

/** The host of a URL for our own pages; empty when there is none. */
export function hostOf(text: string): string {
  return URL.parse(text)?.host ?? '';
}

/** The match pattern with which access to a URL's host is asked for. Ports are not part of a pattern. */
export function hostPattern(url: string): string {
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${hostname}/*`;
}
