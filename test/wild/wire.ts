/**
 * The wire of the wild: one node server on loopback that answers for every `*.wild.example` host, and the ways to it.
 * Names are public https ones, as real servers have them; the bytes go over http to 127.0.0.1.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../../demo/listen.ts';

/** The zone whose hosts are answered here; nothing else is ever contacted. */
export const ZONE = '.wild.example';
/** Tells the loopback server which origin was meant. */
const ORIGIN_HEADER = 'x-wild-origin';
/** Longest chain of redirects that is followed (Fetch standard). */
const MAX_REDIRECTS = 20;

/** A request as a server of the zone sees it. */
export interface Seen {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What a server answers; header values in a list are sent as header lines of their own. */
export interface Answer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** Answers the requests to the hosts that it has been given. */
export type Respond = (request: Seen) => Answer | Promise<Answer>;

/** The running server. */
export interface Wire {
  /** Puts a server behind an origin. */
  serve(origin: string, respond: Respond): void;
  /** True for what is answered here, whether anybody is at home there or not. */
  covers(url: URL): boolean;
  /** `fetch` into the zone. Follows redirects only as `init.redirect` says, each through the zone again. */
  fetch: typeof fetch;
  close(): Promise<void>;
}

/** Starts the one server. */
export async function openWire(): Promise<Wire> {
  const origins = new Map<string, Respond>();
  const listener = await listen((request, response) => {
    answer(origins, request, response).catch(() => response.destroy());
  });
  const native = globalThis.fetch;
  const send = (url: URL, init: RequestInit) => {
    if (!origins.has(url.origin)) throw new TypeError('fetch failed');
    const headers = new Headers(init.headers);
    headers.set(ORIGIN_HEADER, url.origin);
    const local = `http://127.0.0.1:${listener.address.port}${url.pathname}${url.search}`;
    return native(local, { ...init, headers, redirect: 'manual' });
  };
  return {
    serve: (origin, respond) => void origins.set(origin, respond),
    covers: ({ host, origin }) => host.endsWith(ZONE) || origins.has(origin),
    fetch: async (input, init = {}) => {
      const request = input instanceof Request ? input : undefined;
      let url = new URL(request?.url ?? String(input));
      let response = await send(url, { ...(request && (await initOf(request))), ...init });
      const mode = init.redirect ?? request?.redirect ?? 'follow';
      for (let i = 0; i < MAX_REDIRECTS && mode !== 'manual' && isRedirect(response); i += 1) {
        if (mode === 'error') throw new TypeError('unexpected redirect');
        url = new URL(response.headers.get('location') ?? '', url);
        response = await send(url, { headers: init.headers ?? {} });
      }
      return response;
    },
    close: () => listener.close(),
  };
}

async function initOf(request: Request): Promise<RequestInit> {
  const { method, headers } = request;
  const body = method === 'GET' || method === 'HEAD' ? null : await request.text();
  return { method, headers, body };
}

function isRedirect({ status, headers }: Response): boolean {
  return status >= 300 && status < 400 && headers.has('location');
}

async function answer(
  origins: ReadonlyMap<string, Respond>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const origin = String(request.headers[ORIGIN_HEADER]);
  const respond = origins.get(origin);
  if (!respond) throw new Error(`Nobody is ${origin}`);
  const url = new URL(request.url ?? '/', origin);
  const { method = 'GET', headers } = request;
  const said = await respond({ method, url, headers, body: await text(request) });
  response.writeHead(said.status, said.headers);
  response.end(said.body);
}
