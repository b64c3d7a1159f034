/**
 * How many long streams may be open, and which request may take a connection (Z32). All sites share the extension's
 * connections: six to a host that speaks HTTP/1.1, so a site that held them all would silence the others. A pure
 * account, by site and server; docs/decisions/0047 has the arithmetic.
 */

/** Which streams share a pool. */
export interface StreamPlace {
  /** Origin of the site. */
  site: string;
  /** Origin of the server. */
  server: string;
}

/** A stream; a call, whose answer may take long; or a word that wants no answer. */
export interface Connection extends StreamPlace {
  use: 'stream' | 'call' | 'word';
}

/** Most streams of one site at a server, and of all sites there. */
interface Room {
  ofSite: number;
  inAll: number;
}

/** Two of six connections are left for requests that end. */
const ONE_BY_ONE: Room = { ofSite: 2, inAll: 4 };
/** HTTP/2 and 3 carry many streams over one connection. */
const MULTIPLEXED: Room = { ofSite: 20, inAll: 100 };

/** Connections that a browser opens to a host that speaks HTTP/1.1. */
const CONNECTIONS = 6;
/** Most of them that one site holds for long, and how many of those with calls; the rest is enough for another site. */
const OF_SITE = 4;
const CALLS_OF_SITE = 3;

/** True where requests share one connection, as far as is known. */
export function isMultiplexed(protocol: string): boolean {
  return /^h[23]/.test(protocol);
}

/**
 * Whether a request may take a connection where each takes one. A site has four at most and one more for a word, which
 * may be what a running call waits for. The last is left to a site that has no other request under way there.
 * @param open those that are taken, at all servers
 */
export function mayConnect(
  { site, server, use }: Connection,
  open: readonly Connection[],
): boolean {
  const there = open.filter((one) => one.server === server);
  const own = there.filter((one) => one.site === site);
  const count = (what: Connection['use']) => own.filter((one) => one.use === what).length;
  const [calls, words] = [count('call'), count('word')];
  const left = CONNECTIONS - there.length;
  if (left < 1 || (left === 1 && (use === 'stream' || calls + words > 0))) return false;
  if (use === 'word') return words === 0;
  return own.length - words < OF_SITE && (use === 'stream' || calls < CALLS_OF_SITE);
}

/** The open streams of all sites. */
export class StreamLimits {
  readonly #open = new Set<StreamPlace>();

  /**
   * Takes a place for one more stream.
   * @param protocol as `nextHopProtocol` names it; empty where the browser hides it
   * @returns gives the place back; undefined when there is none
   */
  take(place: StreamPlace, protocol: string): (() => void) | undefined {
    const room = isMultiplexed(protocol) ? MULTIPLEXED : ONE_BY_ONE;
    const there = [...this.#open].filter(({ server }) => server === place.server);
    const own = there.filter(({ site }) => site === place.site);
    if (there.length >= room.inAll || own.length >= room.ofSite) return undefined;
    const taken = { ...place };
    this.#open.add(taken);
    return () => void this.#open.delete(taken);
  }

  /** How many streams each site has open at a server; sites that have none are not there. */
  heldAt(server: string): Map<string, number> {
    const held = new Map<string, number>();
    for (const one of this.#open) {
      if (one.server === server) held.set(one.site, (held.get(one.site) ?? 0) + 1);
    }
    return held;
  }
}
