/**
 * Which redirect URIs may be registered (B19): literal loopback hosts, or the extension's own redirect hosts by
 * exact value. Registration is open to anybody who can reach the server, so this is the gate that keeps a code
 * from being sent elsewhere.
 */

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The hosts that a browser itself intercepts for one extension: Chromium's and Firefox's. */
const EXTENSION_HOST = /^(?:[a-p]{32}\.chromiumapp\.org|[0-9a-f]{40}\.extensions\.allizom\.org)$/;

/**
 * Makes the rule for one demo.
 * @param extensionHosts exact hosts, such as `<id>.chromiumapp.org`
 * @throws when a host is not one that a browser reserves for an extension
 */
export function redirectPolicy(extensionHosts: readonly string[]): (uri: string) => boolean {
  const strange = extensionHosts.find((host) => !EXTENSION_HOST.test(host));
  if (strange !== undefined) throw new Error(`${strange} is not an extension's redirect host`);
  return (uri) => isRegistrable(uri, extensionHosts);
}

function isRegistrable(uri: string, extensionHosts: readonly string[]): boolean {
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  // `http://127.1/cb` and `HTTP://LOCALHOST/cb` mean loopback too, but are not what the parser writes.
  if (url.href !== uri && url.href !== `${uri}/`) return false;
  if (url.username !== '' || url.password !== '' || uri.includes('#')) return false;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
  if (LOOPBACK_HOSTS.has(url.hostname)) return true;
  return url.protocol === 'https:' && extensionHosts.includes(url.host);
}
