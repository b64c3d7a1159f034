/**
 * Two servers that a web page cannot use on its own: one has no CORS and answers a preflight 405, the other wants a key
 * and knows no OAuth. They are the demo's MCP server otherwise.
 */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { AccessToken } from './authorization-server.ts';
import { listen, LOOPBACK, type Listener } from './listen.ts';
import { createNotesServer, type NotesServer } from './mcp-server.ts';

/** One of them. */
interface FurtherServer {
  url: string;
  notes: NotesServer['notes'];
}

/** Both, and the one key that the second takes. */
export interface FurtherServers {
  closed: FurtherServer;
  keyed: FurtherServer & { key: string };
  /** Scopes of the first one, for the authorization server. */
  scopesOf(resource: string): string | undefined;
  close(): Promise<void>;
}

/** What the first one needs of the authorization server. */
interface Authority {
  issuer: string;
  findAccessToken: (value: string) => Promise<AccessToken | undefined>;
  /** Written down by the ledger. */
  watch: (handler: RequestListener) => RequestListener;
}

/** Starts both. */
export async function startFurtherServers({
  issuer,
  findAccessToken,
  watch,
}: Authority): Promise<FurtherServers> {
  const key = randomBytes(24).toString('base64url');
  const closed = await serve((origin) =>
    createNotesServer({ origin, issuer, findAccessToken, metadataCors: false }),
  );
  const keyed = await serve((origin) =>
    createNotesServer({ origin, issuer, findAccessToken: (value) => tokenFor(value, key, origin) }),
  );
  closed.answer(watch(withoutCors(closed.server.handler)));
  keyed.answer(withoutCors(withoutMetadata(keyed.server.handler)));
  return {
    closed: closed.server,
    keyed: { ...keyed.server, key },
    scopesOf: closed.server.scopesOf,
    close: async () => {
      await Promise.all([closed.listener.close(), keyed.listener.close()]);
    },
  };
}

async function serve(create: (origin: string) => NotesServer): Promise<{
  listener: Listener;
  server: NotesServer;
  answer(handler: RequestListener): void;
}> {
  let handler: RequestListener = () => undefined;
  const listener = await listen((request, response) => handler(request, response));
  const server = create(`http://${LOOPBACK}:${listener.address.port}`);
  return { listener, server, answer: (next) => void (handler = next) };
}

/** A client that has the key may do everything. */
function tokenFor(value: string, key: string, origin: string): Promise<AccessToken | undefined> {
  const scopes = ['notes:read', 'notes:write', 'notes:delete'];
  const all = { resource: `${origin}/mcp`, account: 'key', clientId: 'key', scopes };
  return Promise.resolve(value === key ? all : undefined);
}

function withoutCors(handler: RequestListener): RequestListener {
  return (request, response) => {
    if (request.method === 'OPTIONS') {
      response.writeHead(405).end();
      return;
    }
    const { writeHead } = response;
    response.writeHead = function (this: typeof response, ...head: Parameters<typeof writeHead>) {
      for (const name of this.getHeaderNames()) {
        if (name.startsWith('access-control-')) this.removeHeader(name);
      }
      return writeHead.apply(this, head);
    } as typeof writeHead;
    handler(request, response);
  };
}

/** It has never heard of OAuth: no metadata, and a challenge that leads to none. */
function withoutMetadata(handler: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url?.startsWith('/.well-known/')) {
      response.writeHead(404).end();
      return;
    }
    const { setHeader } = response;
    response.setHeader = function (this: typeof response, name, value) {
      const isChallenge = name.toLowerCase() === 'www-authenticate';
      return setHeader.call(this, name, isChallenge ? 'Bearer' : value);
    };
    handler(request, response);
  };
}
