/**
 * How many long streams may be open (Z32). All sites share the extension's connections: six to a host that speaks
 * HTTP/1.1, so a site that held them all would silence the others. A pure account, by site and server.
 */

/** Which streams share a pool. */
export interface StreamPlace {
  /** Origin of the site. */
  site: string;
  /** Origin of the server. */
  server: string;
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

/** The open streams of all sites. */
export class StreamLimits {
  readonly #open = new Set<StreamPlace>();

  /**
   * Takes a place for one more stream.
   * @param protocol as `nextHopProtocol` names it; empty where the browser hides it
   * @returns gives the place back; undefined when there is none
   */
  take(place: StreamPlace, protocol: string): (() => void) | undefined {
    const room = /^h[23]/.test(protocol) ? MULTIPLEXED : ONE_BY_ONE;
    const there = [...this.#open].filter(({ server }) => server === place.server);
    const own = there.filter(({ site }) => site === place.site);
    if (there.length >= room.inAll || own.length >= room.ofSite) return undefined;
    const taken = { ...place };
    this.#open.add(taken);
    return () => void this.#open.delete(taken);
  }

  /** The sites that hold streams at a server, each once. */
  sitesAt(server: string): string[] {
    return [
      ...new Set([...this.#open].filter((one) => one.server === server).map(({ site }) => site)),
    ];
  }
}
