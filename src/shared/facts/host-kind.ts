/** Where a host lies, by its name alone: what may be contacted, and what the user is shown. */
import { isLocalAddress, isPrivateAddress } from './ip-address.ts';

/** Whether a host may be contacted. `loopback` is one of three literal spellings; all that is out of bounds is `private`. */
export type HostKind = 'public' | 'loopback' | 'private';

/** Where a host is, as the user is shown it. */
export type Place = 'this-computer' | 'own-network' | 'internet';

/** The only loopback spellings, after WHATWG parsing (`127.1` has become `127.0.0.1` by then). */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Zones that name machines of a local network. */
const LOCAL_ZONES = ['local', 'internal', 'lan', 'home.arpa'];

/** Zones that aren't contacted either: one that browsers resolve to loopback, and one that they can't resolve. */
const OTHER_ZONES = ['localhost', 'onion'];

/** Classifies a hostname as `URL.hostname` gives it. */
export function hostKind(hostname: string): HostKind {
  if (LOOPBACK.has(hostname)) return 'loopback';
  const host = withoutDots(hostname);
  // `https://./` has no name at all.
  if (host === '' || isPrivateAddress(host) || isSingleLabel(host)) return 'private';
  return isInZone(host, [...LOCAL_ZONES, ...OTHER_ZONES]) ? 'private' : 'public';
}

/** True when a page of this origin is itself served from loopback. */
export function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && hostKind(new URL(origin).hostname) === 'loopback';
}

/** Tells the user's own computer and network from the rest, for a hostname as `URL.hostname` gives it. */
export function placeOf(hostname: string): Place {
  const host = withoutDots(hostname);
  const isOwnComputer = isInZone(host, ['localhost']) || /^127(\.\d+){3}$/.test(host);
  if (isOwnComputer || LOOPBACK.has(host)) return 'this-computer';
  const isNear = isLocalAddress(host) || isSingleLabel(host) || isInZone(host, LOCAL_ZONES);
  return isNear ? 'own-network' : 'internet';
}

/** A dot at the end says that the name is complete; it names the same host. */
function withoutDots(hostname: string): string {
  return hostname.replace(/\.+$/, '');
}

/** A name without a dot, which only a local network can resolve. */
function isSingleLabel(host: string): boolean {
  return host !== '' && !host.startsWith('[') && !host.includes('.');
}

function isInZone(host: string, zones: readonly string[]): boolean {
  return zones.some((zone) => host === zone || host.endsWith(`.${zone}`));
}
