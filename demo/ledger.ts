/**
 * What the demo's servers were asked. It answers "what did this step cost?" and holds nothing worth stealing:
 * no token, code, verifier or body, and paths with their random parts replaced.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** One request as it arrived; `status` appears when the answer begins. */
export interface LedgerEntry {
  /** Milliseconds since the epoch. */
  at: number;
  server: 'as' | 'mcp';
  method: string;
  path: string;
  /** Whether an `Origin` header came along (Z14). */
  hadOrigin: boolean;
  /** Whether a web page's own script sent it: then the browser names the page as its origin. */
  fromPage: boolean;
  /** HTTP status; absent while the request is being worked on, and when nobody waited for the answer. */
  status?: number;
  /** `state` of an authorization request. */
  state?: string;
  /** `grant_type` of a token request. */
  grantType?: string;
  /** Whether an authorization or token request named a `resource` (RFC 8707). */
  hadResource?: boolean;
  /** Scope of an authorization or token request, as asked. */
  scope?: string;
  /** JSON-RPC method of an MCP request, with the tool's name after a colon. */
  rpc?: string;
}

/** What may be learned of a request only after its body was read. */
export type LedgerNote = Pick<LedgerEntry, 'grantType' | 'hadResource' | 'scope' | 'rpc'>;

/** How many OAuth requests of each kind were made; browser navigation between the pages is not counted. */
export interface Cost {
  metadata: number;
  registrations: number;
  /** Distinct `state` values: Firefox fetches the same authorization URL twice. */
  authorizations: number;
  exchanges: number;
  refreshes: number;
  revocations: number;
  total: number;
}

const entryOf = new WeakMap<IncomingMessage, LedgerEntry>();

/** Adds what a request's body told to its entry. */
export function noteRequest(request: IncomingMessage, note: LedgerNote): void {
  const entry = entryOf.get(request);
  if (entry) Object.assign(entry, note);
}

/** A view of the log; `since` gives a narrower one that keeps growing. */
export class Ledger {
  readonly #all: LedgerEntry[];
  readonly #from: number;

  constructor(all: LedgerEntry[] = [], from = 0) {
    this.#all = all;
    this.#from = from;
  }

  /** The requests of this view, oldest first. */
  get entries(): readonly LedgerEntry[] {
    return this.#all.slice(this.#from);
  }

  /** How many requests this view holds. */
  get length(): number {
    return this.#all.length - this.#from;
  }

  /** Iterates over the requests of this view. */
  [Symbol.iterator](): Iterator<LedgerEntry> {
    return this.entries[Symbol.iterator]();
  }

  /** A point in time to hand to {@link since}. */
  mark(): number {
    return this.#all.length;
  }

  /** The requests after a mark. */
  since(mark: number): Ledger {
    return new Ledger(this.#all, mark);
  }

  /** Reads of protected resource metadata and authorization server metadata, preflights left out. */
  metadataRequests(): LedgerEntry[] {
    return this.#where((entry) => entry.method === 'GET' && entry.path.startsWith('/.well-known/'));
  }

  /** Dynamic client registrations (RFC 7591). */
  registrations(): LedgerEntry[] {
    return this.#posts('/reg');
  }

  /** Authorization requests as they came, repetitions included. */
  authorizationRequests(): LedgerEntry[] {
    return this.#where((entry) => entry.server === 'as' && entry.path === '/auth');
  }

  /** The distinct `state` values of the authorization requests. */
  states(): string[] {
    const states = this.authorizationRequests().map((entry) => entry.state);
    return [...new Set(states.filter((state) => state !== undefined))];
  }

  /** Token requests, of one grant type if named. */
  tokenRequests(grantType?: string): LedgerEntry[] {
    const requests = this.#posts('/token');
    return grantType === undefined
      ? requests
      : requests.filter((entry) => entry.grantType === grantType);
  }

  /** Revocations (RFC 7009). */
  revocations(): LedgerEntry[] {
    return this.#posts('/token/revocation');
  }

  /** Requests to the MCP server itself, of one JSON-RPC method if named (`tools/call:read_notes`). */
  mcpRequests(rpc?: string): LedgerEntry[] {
    return this.#where(
      (entry) =>
        entry.server === 'mcp' &&
        entry.method !== 'OPTIONS' &&
        !entry.path.startsWith('/.well-known/') &&
        (rpc === undefined || entry.rpc === rpc),
    );
  }

  /** The bill of this view. */
  cost(): Cost {
    const counts = {
      metadata: this.metadataRequests().length,
      registrations: this.registrations().length,
      authorizations: this.states().length,
      exchanges: this.tokenRequests('authorization_code').length,
      refreshes: this.tokenRequests('refresh_token').length,
      revocations: this.revocations().length,
    };
    return { ...counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) };
  }

  /** How many of the billed requests the pages' own scripts have sent; the rest was the broker's. */
  ownOfPages(): number {
    const billed = [
      this.metadataRequests(),
      this.registrations(),
      this.authorizationRequests(),
      this.tokenRequests(),
      this.revocations(),
    ];
    return billed.flat().filter(({ fromPage }) => fromPage).length;
  }

  /** Wraps a server so that each of its requests is written down on arrival. */
  watch(server: LedgerEntry['server'], handler: RequestListener): RequestListener {
    return (request, response) => {
      this.#record(server, request, response);
      handler(request, response);
    };
  }

  #record(server: LedgerEntry['server'], request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://ledger.invalid');
    const entry: LedgerEntry = {
      at: Date.now(),
      server,
      method: request.method ?? 'GET',
      path: withoutSecrets(url.pathname),
      hadOrigin: request.headers.origin !== undefined,
      fromPage: /^https?:/.test(request.headers.origin ?? ''),
    };
    if (server === 'as' && url.pathname === '/auth') {
      const { searchParams } = url;
      entry.hadResource = searchParams.has('resource');
      entry.scope = searchParams.get('scope') ?? '';
      const state = searchParams.get('state');
      if (state !== null) entry.state = state;
    }
    this.#all.push(entry);
    entryOf.set(request, entry);
    // An event stream never finishes, so the status is taken when the head is written.
    const { writeHead } = response;
    response.writeHead = function (this: ServerResponse, ...head: Parameters<typeof writeHead>) {
      entry.status = head[0];
      return writeHead.apply(this, head);
    } as typeof writeHead;
  }

  #posts(path: string): LedgerEntry[] {
    return this.#where(
      (entry) => entry.server === 'as' && entry.method === 'POST' && entry.path === path,
    );
  }

  #where(predicate: (entry: LedgerEntry) => boolean): LedgerEntry[] {
    return this.entries.filter(predicate);
  }
}

/** Interaction ids, resume ids and client ids travel in paths. */
function withoutSecrets(path: string): string {
  return path.replace(/^\/(interaction|auth|reg)\/[^/]+/, '/$1/…');
}
