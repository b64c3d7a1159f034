/**
 * The demo's MCP server, on the official packages: Streamable HTTP at `/mcp` (2026-07-28, and 2025 without
 * sessions), and the old event-stream transport at `/sse`. Each is a resource of its own with its own metadata.
 */
import { hostHeaderValidation } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
} from '@modelcontextprotocol/server';
import { SSEServerTransport } from '@modelcontextprotocol/server-legacy/sse';
import express, { type Express, type RequestHandler } from 'express';
import type { RequestListener } from 'node:http';
import type { AccessToken } from './authorization-server.ts';
import { gate, scopesIn, type ScopeRules } from './mcp-gate.ts';
import { createNotes, NOTE_SCOPES, type Note } from './mcp-notes.ts';

/** What an MCP server is made from. */
export interface McpServerOptions {
  /** Its origin, as clients see it. */
  origin: string;
  issuer: string;
  findAccessToken: (value: string) => Promise<AccessToken | undefined>;
  /** Which scopes an operation needs; default {@link NOTE_SCOPES}. */
  scopes?: ScopeRules;
  /** Whether a page may read `WWW-Authenticate`. Default true; many servers forget it. */
  exposeChallenge?: boolean;
  /** Whether a page may read the protected resource metadata. Default true. */
  metadataCors?: boolean;
}

/** A running MCP server and its knobs. */
export interface NotesServer {
  /** The resource of Streamable HTTP. */
  url: string;
  /** The resource of the event-stream transport; its messages go to `/messages`. */
  sseUrl: string;
  handler: RequestListener;
  /** What the tools have done so far. */
  notes: readonly Note[];
  /** Replaces the scope rules. */
  setScopes(rules: ScopeRules): void;
  setExposeChallenge(exposed: boolean): void;
  setMetadataCors(allowed: boolean): void;
  /** Replaces the authorization servers that the metadata names. */
  setIssuers(issuers: readonly string[]): void;
  /** Scopes of a resource, space-separated, for the authorization server; `undefined` for a stranger's. */
  scopesOf(resource: string): string | undefined;
}

/** Where the event-stream transport takes its messages; they belong to the resource `/sse` all the same. */
const MESSAGES_PATH = '/messages';

/** Creates the server; it listens nowhere until its handler is given to a socket. */
export function createNotesServer(options: McpServerOptions): NotesServer {
  const { origin, findAccessToken } = options;
  const url = `${origin}/mcp`;
  const sseUrl = `${origin}/sse`;
  let rules: ScopeRules = options.scopes ?? NOTE_SCOPES;
  let exposeChallenge = options.exposeChallenge ?? true;
  let metadataCors = options.metadataCors ?? true;
  let issuers: readonly string[] = [options.issuer];
  const notes = createNotes();
  const gateOf = (resource: string) => gate({ resource, rules: () => rules, findAccessToken });

  const app = express();
  app.disable('x-powered-by');
  app.use(hostHeaderValidation([new URL(origin).hostname]));
  for (const resource of [url, sseUrl]) {
    const { pathname } = new URL(getOAuthProtectedResourceMetadataUrl(new URL(resource)));
    const metadata = () => ({
      resource,
      authorization_servers: issuers,
      scopes_supported: scopesIn(rules),
      bearer_methods_supported: ['header'],
      resource_name: 'Notes',
    });
    app.all(pathname, cors({ allowed: () => metadataCors }), (_request, response) => {
      response.json(metadata());
    });
  }
  app.use(cors({ exposed: () => exposedHeaders(exposeChallenge) }), express.json());
  const serve = toNodeHandler(createMcpHandler(() => notes.server()));
  app.all('/mcp', gateOf(url), (request, response) => serve(request, response, request.body));
  serveEventStream(app, gateOf(sseUrl), () => notes.server());

  return {
    url,
    sseUrl,
    handler: app,
    notes: notes.list,
    setScopes: (replacement) => void (rules = replacement),
    setExposeChallenge: (exposed) => void (exposeChallenge = exposed),
    setMetadataCors: (allowed) => void (metadataCors = allowed),
    setIssuers: (replacement) => void (issuers = replacement),
    scopesOf: (resource) =>
      resource === url || resource === sseUrl ? scopesIn(rules).join(' ') : undefined,
  };
}

function exposedHeaders(challenge: boolean): string {
  return challenge ? 'Mcp-Session-Id, WWW-Authenticate' : 'Mcp-Session-Id';
}

function serveEventStream(
  app: Express,
  guard: RequestHandler,
  newServer: () => ReturnType<ReturnType<typeof createNotes>['server']>,
): void {
  const streams = new Map<string, SSEServerTransport>();
  app.get('/sse', guard, async (_request, response) => {
    const transport = new SSEServerTransport(MESSAGES_PATH, response);
    streams.set(transport.sessionId, transport);
    response.on('close', () => streams.delete(transport.sessionId));
    await newServer().connect(transport);
  });
  app.post(MESSAGES_PATH, guard, async (request, response) => {
    const transport = streams.get(String(request.query['sessionId']));
    if (!transport) {
      response.status(404).json({ error: 'no such session' });
      return;
    }
    await transport.handlePostMessage(request, response, request.body);
  });
}

/** CORS for any origin, without cookies. */
function cors({
  allowed = () => true,
  exposed = () => '',
}: {
  allowed?: () => boolean;
  exposed?: () => string;
}): RequestHandler {
  return (request, response, next) => {
    if (allowed()) {
      response.set('Access-Control-Allow-Origin', '*');
      if (exposed() !== '') response.set('Access-Control-Expose-Headers', exposed());
    }
    if (request.method !== 'OPTIONS') {
      next();
      return;
    }
    if (allowed()) {
      // Named one by one: a wildcard does not cover `Authorization`.
      const asked = request.get('Access-Control-Request-Headers');
      if (asked !== undefined) response.set('Access-Control-Allow-Headers', asked);
      response.set('Access-Control-Allow-Methods', 'GET, POST, DELETE').set('Vary', 'Origin');
    }
    response.status(204).end();
  };
}
