/**
 * An MCP server without CORS that tells a test exactly what reached it, and does what the test says: streams that speak,
 * are silent, break off or are resumed. Below its endpoint each path does one thing.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AccessToken } from '../../demo/authorization-server.ts';
import { listen, LOOPBACK } from '../../demo/listen.ts';

/** One request as it arrived. */
interface Arrived {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
}

/** A stream that is open. */
interface OpenStream {
  lastEventId: string | undefined;
  origin: string | undefined;
  send(text: string): void;
  end(): void;
  /** Breaks the connection off, as a server does that dies. */
  cut(): void;
  isClosed(): boolean;
}

/** The running server. */
export interface CarriedServer {
  /** The protected resource; `/echo`, `/stream` and `/lines` lie below it. */
  url: string;
  /** A resource that takes anybody's request, and answers a POST without CORS although its preflight had it. */
  openUrl: string;
  scopesOf(resource: string): string | undefined;
  arrived: Arrived[];
  streams: OpenStream[];
  /** How often a tool has run. */
  runs: { slow: number; open: number };
  /** Answers the newest call of the slow tool, on whatever stream its client holds now. */
  answerSlow(): void;
  /** Every access token that was sent here. */
  tokens: Set<string>;
  /** Further answers, by path, for what one test alone wants. */
  answers: Map<string, RequestListener>;
  close(): Promise<void>;
}

/** What it needs to know of the authorization server. */
interface Authority {
  issuer: string;
  findAccessToken: (value: string) => Promise<AccessToken | undefined>;
}

const SCOPE = 'notes:read';

/** Starts one. */
export async function startCarriedServer(authority: () => Authority): Promise<CarriedServer> {
  const listener = await listen((request, response) => void serve(request, response));
  const origin = `http://${LOOPBACK}:${listener.address.port}`;
  let slowId: unknown;
  const server: CarriedServer = {
    url: `${origin}/mcp`,
    openUrl: `${origin}/open`,
    scopesOf: (resource) => (resource.startsWith(`${origin}/`) ? SCOPE : undefined),
    arrived: [],
    streams: [],
    runs: { slow: 0, open: 0 },
    answerSlow: () => {
      const result = { content: [{ type: 'text', text: 'done' }] };
      server.streams.at(-1)?.send(JSON.stringify({ jsonrpc: '2.0', id: slowId, result }));
    },
    tokens: new Set(),
    answers: new Map(),
    close: listener.close,
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', origin);
    const { issuer, findAccessToken } = authority();
    const metadata = /^\/\.well-known\/oauth-protected-resource(\/.+)$/.exec(pathname)?.[1];
    if (metadata !== undefined) {
      const document = { resource: origin + metadata, authorization_servers: [issuer] };
      answerJson(response, 200, { ...document, scopes_supported: [SCOPE] });
      return;
    }
    if (pathname === '/open') {
      serveOpen(server, request, response);
      return;
    }
    if (request.method === 'OPTIONS') return void response.writeHead(405).end();
    server.arrived.push({
      method: request.method ?? '',
      path: pathname,
      headers: request.headers,
    });
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    if (token === undefined || !(await findAccessToken(token))) {
      const where = `${origin}/.well-known/oauth-protected-resource/mcp`;
      response.setHeader('WWW-Authenticate', `Bearer resource_metadata="${where}"`);
      return answerJson(response, 401, {});
    }
    server.tokens.add(token);
    const speak: RequestListener = (asked, answered) =>
      void speakMcp(server, asked, answered).then((id) => (slowId = id ?? slowId));
    const own = pathname === '/mcp' ? speak : ANSWERS[pathname]?.(server);
    const answer = server.answers.get(pathname) ?? own;
    if (answer) answer(request, response);
    else answerJson(response, 404, {});
  }
  return server;
}

const ANSWERS: Record<string, (server: CarriedServer) => RequestListener> = {
  '/mcp/echo': () => (request, response) => {
    const { authorization: _, ...headers } = request.headers;
    void text(request).then((body) => answerJson(response, 200, { headers, body }));
  },
  '/mcp/stream': (server) => (request, response) => {
    openStream(server, request, response).send('first');
  },
};

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.setHeader('Content-Type', 'application/json');
  response.writeHead(status).end(JSON.stringify(body));
}

function openStream(
  server: CarriedServer,
  request: IncomingMessage,
  response: ServerResponse,
): OpenStream {
  let isClosed = false;
  let id = Number(request.headers['last-event-id'] ?? 0);
  response.on('close', () => (isClosed = true));
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const stream: OpenStream = {
    lastEventId: request.headers['last-event-id'] as string | undefined,
    origin: request.headers.origin,
    send: (data) => void response.write(`id: ${++id}\ndata: ${data}\n\n`),
    end: () => void response.end(),
    cut: () => void response.destroy(),
    isClosed: () => isClosed,
  };
  server.streams.push(stream);
  return stream;
}

/**
 * Just enough of Streamable HTTP for the official client: one tool, whose answer comes on a stream that can be resumed.
 * @returns the id of a tool's call
 */
async function speakMcp(
  server: CarriedServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  if (request.method === 'GET') {
    if (request.headers['last-event-id'] !== undefined) openStream(server, request, response);
    else response.writeHead(405).end();
    return undefined;
  }
  const { id, method } = JSON.parse((await text(request)) || '{}') as {
    id?: number;
    method?: string;
  };
  if (method === 'initialize') {
    const result = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'carried', version: '1' },
    };
    answerJson(response, 200, { jsonrpc: '2.0', id, result });
  } else if (method === 'tools/call') {
    server.runs.slow += 1;
    const progress = { method: 'notifications/message', params: { level: 'info', data: 'begun' } };
    openStream(server, request, response).send(JSON.stringify({ jsonrpc: '2.0', ...progress }));
    return id;
  } else {
    response.writeHead(202).end();
  }
  return undefined;
}

/** The preflight says yes to everything, and then the answer itself lacks CORS: a page sees only that it failed. */
function serveOpen(
  server: CarriedServer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method === 'OPTIONS') {
    response.setHeader('Access-Control-Allow-Origin', '*');
    const asked = request.headers['access-control-request-headers'] ?? '';
    response.setHeader('Access-Control-Allow-Headers', asked);
    response.writeHead(204).end();
    return;
  }
  void text(request).then((body) => {
    if (body.includes('tools/call')) server.runs.open += 1;
    answerJson(response, 200, { jsonrpc: '2.0', id: 1, result: { content: [] } });
  });
}
