/** Servers without any metadata: a public one, one behind a key, and what else may stand there (Z37, Z38). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen, LOOPBACK } from '../../demo/listen.ts';
import type { Servers } from './world.ts';

/** How such a server behaves; a test may change it at any time. */
export interface Manner {
  /** Status and media type of an answer to somebody who brings nothing. */
  stranger: { status: number; type?: string };
  /** What it takes as a key, as `header: value`; absent: it looks at none. */
  key?: { header: string; value: string };
  /** Status of a bare GET of `/authorize`. */
  signIn: number;
  /** It knows revision 2026-07-28 alone, which has no `initialize`. */
  isModern?: true;
  /** It answers every GET, wherever it goes, with an event stream that doesn't end. */
  streams?: true;
}

/** What came in. */
interface Seen {
  line: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** One such server, with what it has seen. */
export interface BareServers extends Servers {
  manner: Manner;
  seen: Seen[];
}

const read = async (request: IncomingMessage) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** Starts one. It sends no CORS, has nothing at the well-known addresses, and answers OPTIONS with 405. */
export async function startBareServer(manner: Partial<Manner> = {}): Promise<BareServers> {
  const held: Manner = { stranger: { status: 401 }, signIn: 404, ...manner };
  const seen: Seen[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await read(request);
    const { pathname } = new URL(request.url ?? '/', 'http://server');
    seen.push({ line: `${request.method} ${pathname}`, headers: request.headers, body });
    if (request.method === 'OPTIONS') return response.writeHead(405).end();
    if (held.streams && request.method === 'GET') {
      return response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: \n\n');
    }
    if (held.isModern && request.headers['mcp-protocol-version'] !== '2026-07-28') {
      return response.writeHead(pathname.startsWith('/mcp') ? 400 : 404).end();
    }
    if (pathname === '/authorize') return response.writeHead(held.signIn).end();
    if (!pathname.startsWith('/mcp')) return response.writeHead(404).end();
    const { header, value } = held.key ?? {};
    const isKnown = header !== undefined && request.headers[header.toLowerCase()] === value;
    const { status, type } = isKnown ? { status: 200 } : held.stranger;
    const isGood = status >= 200 && status < 300;
    const result = { jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-06-18' } };
    response.writeHead(status, { 'content-type': type ?? 'application/json' });
    return response.end(isGood ? JSON.stringify(result) : '');
  };
  const listener = await listen((request, response) => void answer(request, response));
  const origin = `http://${LOOPBACK}:${listener.address.port}`;
  return {
    siteA: { origin: 'http://localhost:4001' },
    mcpServer: { url: `${origin}/mcp` },
    manner: held,
    seen,
    close: () => listener.close(),
  };
}
