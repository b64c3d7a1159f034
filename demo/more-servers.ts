/**
 * Two servers that a web page cannot use on its own: one has no CORS and answers a preflight 405, the other wants a key
 * and knows no OAuth. They are the demo's MCP server otherwise.
 */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { AccessToken } from './authorization-server.ts';
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
  /** What answers at their addresses. */
  handlers: Record<'closed' | 'keyed', RequestListener>;
}

/** What they are made from. */
export interface FurtherServersOptions {
  /** Their origins, as clients see them. */
  origins: Record<'closed' | 'keyed', string>;
  issuer: string;
  findAccessToken: (value: string) => Promise<AccessToken | undefined>;
  /** Written down by the ledger. */
  watch: (handler: RequestListener) => RequestListener;
}

/** Creates both; they listen nowhere until their handlers are given to sockets. */
export function createFurtherServers(options: FurtherServersOptions): FurtherServers {
  const { origins, issuer, findAccessToken, watch } = options;
  const key = randomBytes(24).toString('base64url');
  const closed = createNotesServer({
    origin: origins.closed,
    issuer,
    findAccessToken,
    metadataCors: false,
  });
  const keyed = createNotesServer({
    origin: origins.keyed,
    issuer,
    findAccessToken: (value) => tokenFor(value, key, origins.keyed),
  });
  return {
    closed,
    keyed: { ...keyed, key },
    scopesOf: closed.scopesOf,
    handlers: {
      closed: watch(withoutCors(closed.handler)),
      keyed: tellingKey(key, withoutCors(withoutMetadata(keyed.handler))),
    },
  };
}

/** A client that has the key may do everything. */
function tokenFor(value: string, key: string, origin: string): Promise<AccessToken | undefined> {
  const scopes = ['notes:read', 'notes:write', 'notes:delete'];
  const all = { resource: `${origin}/mcp`, account: 'key', clientId: 'key', scopes };
  return Promise.resolve(value === key ? all : undefined);
}

/** Its account page, where people find their key: at its own origin, which no site can read. */
function tellingKey(key: string, handler: RequestListener): RequestListener {
  return (request, response) => {
    if (request.method !== 'GET' || request.url !== '/key') {
      handler(request, response);
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
    });
    response.end(
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Your key</title><h1>Your key</h1><p>Paste it when Grantkeeper asks for it:</p><p><code>${key}</code></p>`,
    );
  };
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
