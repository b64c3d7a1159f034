/** Where a host lies, by its name alone: what may be contacted, and what the user is shown. */
import { isLocalAddress, isPrivateAddress } from './ip-address.ts';

/** Whether a host may be contacted. `loopback` is one of three literal spellings; all that is out of bounds is `private`. */
export type HostKind = 'public' | 'loopback' | 'private';

/** Where a host is, as the user is shown it. */
export type Place = 'this-computer' | 'own-network' | 'internet';

/** The only loopback spellings, after WHATWG parsing (`127.1` has become `127.0.0.1` by then). */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Zones that name machines of a local network: reserved for it, never delegated, or what routers and offices use. */
const LOCAL_ZONES = [
  ...['local', 'internal', 'lan', 'home.arpa', 'home', 'corp', 'intranet', 'intra', 'private'],
  ...['workgroup', 'localdomain', 'localdomain6', 'localnet', 'fritz.box', 'mshome.net', 'ts.net'],
  ...['routerlogin.net', 'tplinkwifi.net', 'asusrouter.com', 'speedport.ip', 'easy.box'],
];

/** Public zones that answer every name with an address that is written in it, or with one that changes. */
const WILDCARD_ZONES = [
  ...['nip.io', 'sslip.io', 'xip.io', 'xip.name', 'traefik.me', 'backname.io', 'local-ip.co'],
  ...['local-ip.sh', 'localip.dev', 'plex.direct', 'rbndr.us', '1u.ms'],
];

/** Public and local zones whose names all are this computer. */
const LOOPBACK_ZONES = [
  ...['localhost.localdomain', 'localhost6.localdomain6', 'localtest.me', 'lvh.me', 'vcap.me'],
  ...['localhost.direct', 'lacolhost.com', 'localho.st', 'local.gd', 'fuf.me', 'lcl.host'],
  ...['ddev.site', 'lndo.site', 'localdev.me', 'smackaho.st', 'yoogle.com', '127-0-0-1.org.uk'],
];

/** Zones that aren't contacted at all: one that browsers resolve to loopback, and one that they can't resolve. */
const OTHER_ZONES = ['localhost', 'onion'];

/** Classifies a hostname as `URL.hostname` gives it. */
export function hostKind(hostname: string): HostKind {
  if (LOOPBACK.has(hostname)) return 'loopback';
  const host = withoutDots(hostname);
  // `https://./` has no name at all.
  if (host === '' || isPrivateAddress(host) || isSingleLabel(host)) return 'private';
  return isInZone(host, OTHER_ZONES) || isLocalName(host) ? 'private' : 'public';
}

/**
 * True for a private host that its name gives away: in a zone of local networks, or in public DNS with a private
 * address written into the name. Such a server can hold a certificate, so it may be contacted once the user says so
 * (Z43). What a public name resolves to can't be seen.
 */
export function isLocalName(hostname: string): boolean {
  const host = withoutDots(hostname);
  const isKnown = isInZone(host, [...LOCAL_ZONES, ...WILDCARD_ZONES, ...LOOPBACK_ZONES]);
  return isKnown || addressesIn(host).some(isPrivateAddress);
}

/** True when a page of this origin is itself served from loopback. */
export function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && hostKind(new URL(origin).hostname) === 'loopback';
}

/** Tells the user's own computer and network from the rest, for a hostname as `URL.hostname` gives it. */
export function placeOf(hostname: string): Place {
  const host = withoutDots(hostname);
  const isOwnComputer = isInZone(host, ['localhost', ...LOOPBACK_ZONES]) || isLoopbackV4(host);
  const isWritten = addressesIn(host).some(isLoopbackV4);
  if (isOwnComputer || isWritten || LOOPBACK.has(host)) return 'this-computer';
  const isNear = isLocalAddress(host) || isSingleLabel(host) || isLocalName(host);
  return isNear ? 'own-network' : 'internet';
}

function isLoopbackV4(host: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(host);
}

/** IPv4 addresses that are part of a name, with dots or hyphens: `10.0.0.1.example`, `app-10-0-0-1.example`. */
function addressesIn(host: string): string[] {
  const parts = host.split(/[.-]/);
  if (parts.length <= 4) return [];
  return parts.map((_, i) => parts.slice(i, i + 4).join('.'));
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
