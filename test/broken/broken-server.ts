/** One broken server: the demo's MCP server, on the official packages, behind a front that is broken in one way. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessToken } from '../../demo/authorization-server.ts';
import { listen, LOOPBACK, type Listener } from '../../demo/listen.ts';
import { createNotesServer, type NotesServer } from '../../demo/mcp-server.ts';
import type { Breakage } from './breakages.ts';

/** A running one. */
export interface BrokenServer {
  breakage: Breakage;
  /** What a client is told to connect to. */
  url: string;
  scopesOf: NotesServer['scopesOf'];
  /** The notes that are there: how often the tool has run. */
  notes: NotesServer['notes'];
  /** Tokens that somebody got for a page by hand: one to read with, one to write with too. */
  byHand: { read: string; write: string };
  /** The `Origin` of every request that came with a credential, `none` where there was none. */
  origins: Set<string>;
  /** How many credentials arrived where a redirect leads. */
  strayed(): number;
  close(): Promise<void>;
}

/** The authorization server behind it. */
export interface Authority {
  issuer: string;
  findAccessToken: (value: string) => Promise<AccessToken | undefined>;
}

/** Starts one. */
export async function startBrokenServer(
  breakage: Breakage,
  { issuer, findAccessToken }: Authority,
): Promise<BrokenServer> {
  const byHand = { read: randomUUID(), write: randomUUID() };
  const origins = new Set<string>();
  const elsewhere = await listenElsewhere();
  let serve: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const listener = await listen((request, response) => serve(request, response));
  const origin = `http://${LOOPBACK}:${listener.address.port}`;
  const server = createNotesServer({
    origin,
    issuer,
    findAccessToken: async (value) =>
      tokenByHand(value, byHand, url) ?? (await findAccessToken(value)),
  });
  const url = breakage.transport === 'sse' ? server.sseUrl : server.url;
  serve = (request, response) => {
    const { authorization, origin: from = 'none' } = request.headers;
    if (authorization !== undefined) origins.add(from);
    if (!breakage.front(request, response, { elsewhere: elsewhere.url })) {
      server.handler(request, response);
    }
  };
  return {
    breakage,
    url,
    scopesOf: server.scopesOf,
    notes: server.notes,
    byHand,
    origins,
    strayed: elsewhere.strayed,
    close: async () => {
      await Promise.all([listener.close(), elsewhere.close()]);
    },
  };
}

function tokenByHand(
  value: string,
  { read, write }: BrokenServer['byHand'],
  resource: string,
): AccessToken | undefined {
  const reads = { resource, account: 'by-hand', clientId: 'by-hand', scopes: ['notes:read'] };
  if (value === read) return reads;
  return value === write ? { ...reads, scopes: ['notes:read', 'notes:write'] } : undefined;
}

/** A host that nobody was asked about: it takes whatever comes, from any page. */
async function listenElsewhere(): Promise<
  Pick<Listener, 'close'> & { url: string; strayed(): number }
> {
  let strayed = 0;
  const listener = await listen(({ headers, method }, response) => {
    if (headers.authorization !== undefined) strayed += 1;
    response.setHeader('Access-Control-Allow-Origin', '*');
    const asked = headers['access-control-request-headers'];
    if (asked !== undefined) response.setHeader('Access-Control-Allow-Headers', asked);
    response.writeHead(method === 'OPTIONS' ? 204 : 401).end();
  });
  return {
    url: `http://${LOOPBACK}:${listener.address.port}/mcp`,
    strayed: () => strayed,
    close: listener.close,
  };
}
