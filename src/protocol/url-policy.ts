/**
 * Which addresses the broker will contact (R93–R103, Z3; docs/threats.md). Everything that comes from a
 * page or a server passes here before a request is made; nothing here makes one.
 */
import { BrokerError } from '../shared/errors.ts';
import { isPrivateAddress } from './ip-address.ts';

/** What the caller's situation allows beyond public https. */
export interface UrlPolicy {
  /** http and https to literal loopback hosts: the client origin is loopback itself, or developer mode is on. */
  loopback: boolean;
}

/** Where a host lies. `loopback` is one of three literal spellings; everything else unreachable is `private`. */
export type HostKind = 'public' | 'loopback' | 'private';

/** Longest URL accepted, in characters. */
export const MAX_URL_LENGTH = 2048;

/** The only loopback spellings, after WHATWG parsing (`127.1` has become `127.0.0.1` by then). */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Zones that name machines of a local network, and what a browser resolves to loopback itself. */
const LOCAL_ZONES = ['local', 'internal', 'lan', 'home.arpa', 'localhost', 'onion'];

/**
 * The characters a URL may consist of (RFC 3986 §2). The URL parser drops tabs and newlines and turns
 * backslashes around, so that what is checked would not be what was written.
 */
const URL_CHARACTERS = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

/** Classifies a hostname as `URL.hostname` gives it. */
export function hostKind(hostname: string): HostKind {
  if (LOOPBACK.has(hostname)) return 'loopback';
  const host = hostname.replace(/\.+$/, '');
  if (isPrivateAddress(host)) return 'private';
  const literal = host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host);
  if (!literal && !host.includes('.')) return 'private';
  const local = LOCAL_ZONES.some((zone) => host === zone || host.endsWith(`.${zone}`));
  return local ? 'private' : 'public';
}

/** True when a page of this origin is itself served from loopback. */
export function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && hostKind(new URL(origin).hostname) === 'loopback';
}

/**
 * Parses a URL that the broker may contact.
 * @throws BrokerError `policy_blocked` when it is not absolute https (or allowed loopback http), carries
 *   userinfo or a fragment, is longer than {@link MAX_URL_LENGTH}, or names a private host.
 */
export function parseAllowedUrl(text: string, policy: UrlPolicy): URL {
  const blocked = () => forbidden(text);
  if (text.length > MAX_URL_LENGTH || !URL_CHARACTERS.test(text)) throw blocked();
  const url = URL.parse(text);
  // As written, since the parser adds missing slashes and drops an empty user or fragment.
  if (!url || !/^https?:\/\/[^/?@]+([/?]|$)/i.test(text)) throw blocked();
  const kind = hostKind(url.hostname);
  if (kind === 'private') throw blocked();
  if (kind === 'loopback' && !policy.loopback) throw blocked();
  if (kind === 'public' && url.protocol !== 'https:') throw blocked();
  return url;
}

/**
 * Checks an issuer identifier: a URL that may be contacted, without a query (RFC 8414 §2), and written as the
 * URL parser writes it, so that the name compared and the address contacted are the same.
 * @throws BrokerError `policy_blocked`
 */
export function checkIssuer(issuer: string, policy: UrlPolicy): void {
  const { href } = parseAllowedUrl(issuer, policy);
  if (issuer.includes('?') || (href !== issuer && href !== `${issuer}/`)) {
    throw forbidden(issuer);
  }
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
