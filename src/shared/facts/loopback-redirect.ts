/** Redirect URIs on the user's own computer (RFC 8252 §7.3), as syntax: a form checks one with the rule that holds later. */

/** Hosts that the browser lets us watch. `[::1]` is none of them: the manifest names no pattern for it. */
export const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost'] as const;

/** Match patterns of these hosts. */
export const LOOPBACK_PATTERNS: readonly string[] = LOOPBACK_HOSTS.map(
  (host) => `http://${host}/*`,
);

/** True for one that a sign-in may lead back to: plain http, written as the URL parser writes it, and without a query. */
export function isLoopbackRedirect(text: string): boolean {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' || !LOOPBACK_HOSTS.some((host) => host === url.hostname)) {
    return false;
  }
  return !/[?#@]/.test(text) && (url.href === text || url.href === `${text}/`);
}

/** True when an address is where answers to this redirect URI arrive, whatever they say. */
export function arrivesAt(address: string, redirectUri: string): boolean {
  const [there, wanted] = [URL.parse(address), URL.parse(redirectUri)];
  return (
    there !== null && there.origin + there.pathname === (wanted && wanted.origin + wanted.pathname)
  );
}
