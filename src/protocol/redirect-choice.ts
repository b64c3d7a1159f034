/**
 * Which redirect URI to use at an authorization server (Z35): the browser's own https address first, since no program
 * on the computer can have it; one on the user's own computer where the server takes no other. Each issuer has a port
 * of its own there, so that a response meant for one can't arrive as another's (RFC 9700 §4.4.2).
 */
import { isLoopbackRedirect, LOOPBACK_HOSTS } from '../shared/facts/loopback-redirect.ts';

/** The user wants an address on this computer, whichever the server takes. */
export const ANY_LOOPBACK = 'loopback';

/** What there is to choose from. */
export interface RedirectSources {
  /** The browser's own https address for this issuer. */
  own: string;
  /** The browser's own address on this computer, which it catches without our help (Firefox). */
  ownLoopback?: string | undefined;
  /** Hash of the issuer, in hexadecimal. */
  issuerHash: string;
  /** {@link ANY_LOOPBACK}, or the exact address that the user has from the server. */
  wish?: string | undefined;
  /** What the issuer took last. */
  known?: string | undefined;
  /** What the issuer has refused while the user tried to sign in. */
  refused?: readonly string[] | undefined;
}

/** Paths that servers have on their lists for programs on a computer; most wanted first. */
const PATHS = ['/callback', '/oauth/callback', '/'];
/** The ports from here on are nobody's (RFC 6335 §6). */
const FIRST_PORT = 49_152;
const PORTS = 16_384;
/** Tried in one attempt; more would be guessing. */
const MOST = 8;

/** The addresses to try, best first, a bounded number. Empty when the issuer has refused them all. */
export function redirectsToTry(sources: RedirectSources): string[] {
  const { own, wish, known, refused = [] } = sources;
  const loopback = loopbackRedirects(sources);
  const all = wish === ANY_LOOPBACK ? loopback : wish === undefined ? [own, ...loopback] : [wish];
  const wanted = wish === undefined && known !== undefined ? [known, ...all] : all;
  return [...new Set(wanted)].filter((uri) => !refused.includes(uri)).slice(0, MOST);
}

/** True when a registration with this address serves what is wanted now. */
export function isRedirectWanted(uri: string, sources: RedirectSources): boolean {
  const { own, wish, known, refused = [] } = sources;
  if (refused.includes(uri)) return false;
  if (wish === ANY_LOOPBACK) return isLoopbackRedirect(uri);
  return uri === (wish ?? known ?? own);
}

/** The address on this computer that a server's owner could allow, with the port of this issuer. */
export function loopbackToAllow({ issuerHash }: Pick<RedirectSources, 'issuerHash'>): string {
  return at(LOOPBACK_HOSTS[0], issuerHash, PATHS[0]!);
}

/** The browser's own first: it needs no access to anything. */
function loopbackRedirects({ ownLoopback, issuerHash }: RedirectSources): string[] {
  const caught = PATHS.flatMap((path) => LOOPBACK_HOSTS.map((host) => at(host, issuerHash, path)));
  return [...(ownLoopback === undefined ? [] : [ownLoopback]), ...caught];
}

function at(host: string, issuerHash: string, path: string): string {
  const port = FIRST_PORT + (parseInt(issuerHash.slice(0, 8), 16) % PORTS);
  return `http://${host}:${String(port)}${path}`;
}
