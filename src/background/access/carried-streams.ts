/** The long event streams of all sites: how many there may be (Z32), and what the worker has read in them. */
import { isMultiplexed, StreamLimits } from '../../protocol/stream-limits.ts';
import { BrokerError } from '../../shared/errors.ts';
import { EventReader } from '../../shared/facts/event-stream.ts';
import { wantsNoAnswer } from '../../shared/facts/json-rpc.ts';
import type { Ports } from '../ports/ports.ts';
import { ServerTurns } from './server-turns.ts';

/** Servers whose protocol is remembered, and addresses at which a site has posted. */
const MOST = 500;

/** What is looked at of a request or an answer. */
type Headers = readonly (readonly [name: string, value: string])[];

/** A request as far as streams are concerned. */
export interface Streamed {
  /** Origin of the site. */
  site: string;
  url: URL;
  method: string;
  headers: Headers;
}

export class CarriedStreams {
  readonly #limits = new StreamLimits();
  readonly #ports: Pick<Ports, 'changed'>;
  readonly #turns: ServerTurns;
  readonly #protocols = new Map<string, string>();
  /** A site and an address of the Streamable HTTP transport: it has posted there. */
  readonly #posted = new Map<string, true>();
  /** A site and an address for each open stream that has named one, and the resource that it came from. */
  readonly #endpoints = new Set<{ name: string; resource: string }>();

  constructor(ports: Pick<Ports, 'pause' | 'changed'>) {
    this.#ports = ports;
    const isWide = (server: string) => isMultiplexed(this.#protocols.get(server) ?? '');
    this.#turns = new ServerTurns(ports.pause, isWide);
  }

  /** True for a request whose answer may go on without end. */
  isStream({ method, headers }: Pick<Streamed, 'method' | 'headers'>): boolean {
    return method === 'GET' && /text\/event-stream/i.test(valueOf(headers, 'accept') ?? '');
  }

  /**
   * Takes a place for a stream.
   * @returns gives it back; undefined when the client is to hear that there is no stream here
   * @throws BrokerError `rate_limited` to the old transport, which cannot do without
   */
  take(request: Streamed): (() => void) | undefined {
    const { site, url } = request;
    const place = { site, server: url.origin };
    const taken = this.#limits.take(place, this.#protocols.get(url.origin) ?? '');
    if (!taken && !this.#isStreamable(request)) throw new BrokerError('rate_limited');
    if (!taken) return undefined;
    this.#ports.changed();
    return () => {
      taken();
      this.#ports.changed();
    };
  }

  /** How many streams each site has open at a server, which our own pages show (Z32). */
  heldAt(server: string): Map<string, number> {
    return this.#limits.heldAt(server);
  }

  /**
   * Waits until a request may have one of the few connections to its server.
   * @returns gives it back; a second time does nothing
   * @throws BrokerError `rate_limited` when that takes too long; `aborted` by the signal
   */
  takeTurn(request: Streamed & { body: Uint8Array | undefined }, signal: AbortSignal) {
    const { site, url, body } = request;
    const isWord = () => wantsNoAnswer(new TextDecoder().decode(body));
    const use = this.isStream(request) ? 'stream' : isWord() ? 'word' : 'call';
    return this.#turns.take({ site, server: url.origin, use }, signal);
  }

  /** Remembers what a request has shown. */
  note({ site, url, method }: Streamed, protocol: string): void {
    if (protocol !== '') remember(this.#protocols, url.origin, protocol);
    // Those that wait for a connection need none of their own any more.
    if (isMultiplexed(protocol)) this.#turns.next();
    if (method === 'POST') remember(this.#posted, nameOf(site, url), true);
  }

  /** The resource whose open stream has named this address for its messages. */
  ownerOf(site: string, url: URL): string | undefined {
    const wanted = nameOf(site, url);
    return [...this.#endpoints].findLast(({ name }) => name === wanted)?.resource;
  }

  /**
   * Reads along in the answer to a GET until its first event, which may name where messages go. Only a server that has
   * just been sent the credential may say so, and for its own origin.
   * @param ended aborted when the stream is over, and its word with it
   */
  readAlong(
    { site, url }: Streamed,
    resource: string,
    ended: AbortSignal,
  ): (chunk: Uint8Array) => void {
    const decoder = new TextDecoder();
    const reader = new EventReader();
    return (chunk) => {
      if (reader.isDone) return;
      const named = reader.read(decoder.decode(chunk, { stream: true }));
      const endpoint = named === undefined ? null : URL.parse(named, url);
      if (endpoint?.origin !== url.origin) return;
      // Another stream may name the same.
      const word = { name: nameOf(site, endpoint), resource };
      this.#endpoints.add(word);
      ended.addEventListener('abort', () => this.#endpoints.delete(word));
    };
  }

  /** A client of Streamable HTTP takes a 405 for "no stream here" (MCP, Transports). */
  #isStreamable({ site, url, headers }: Streamed): boolean {
    const isOfMcp = ['mcp-protocol-version', 'mcp-session-id'].some((name) =>
      valueOf(headers, name),
    );
    return isOfMcp || this.#posted.has(nameOf(site, url));
  }
}

/** The value of a header, its name in lower case. */
export function valueOf(headers: Headers, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function nameOf(site: string, { origin, pathname, search }: URL): string {
  return `${site} ${origin}${pathname}${search}`;
}

function remember<T>(memory: Map<string, T>, name: string, what: T): void {
  memory.delete(name);
  memory.set(name, what);
  const [oldest] = memory.keys();
  if (oldest !== undefined && memory.size > MOST) memory.delete(oldest);
}
