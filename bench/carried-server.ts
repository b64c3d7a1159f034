/**
 * The server of the carried rows: it lets any page in, so that a page's own fetch can be measured beside what is
 * carried, and has metadata, so that a site can be granted something there.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { listen, LOOPBACK } from '../demo/listen.ts';

/** Running, and what it has sent of the newest flood. */
export interface CarriedBenchServer {
  url: string;
  scopesOf(resource: string): string | undefined;
  /** Bytes of a flood that were given to its socket and left this process. */
  flooded(): number;
  /** Bytes that lie in the system's buffers between this process and the browser; 0 where the system doesn't say. */
  inSystem(): number;
  /** `Last-Event-ID` of each stream that was opened. */
  streams: (string | undefined)[];
  close(): Promise<void>;
}

const SCOPE = 'bench';
/** One part of a flood; bytes. */
const PART = Buffer.alloc(65_536, 'x');

/** Starts it. */
export async function startCarriedBenchServer(issuer: () => string): Promise<CarriedBenchServer> {
  let flooded = 0;
  const streams: (string | undefined)[] = [];
  const answers: Record<string, RequestListener> = {
    '/mcp/bytes': (request, response) => {
      const size = Number(new URL(request.url ?? '', origin).searchParams.get('size'));
      response.setHeader('Content-Type', 'application/json');
      response.end(Buffer.alloc(size, '{"text":"what a tool has found"},'));
    },
    '/mcp': (request, response) => {
      request.resume().on('end', () => {
        response.setHeader('Content-Type', 'application/json');
        response.end('{"jsonrpc":"2.0","id":1,"result":{}}');
      });
    },
    '/mcp/flood': (request, response) => {
      const size = Number(new URL(request.url ?? '', origin).searchParams.get('size'));
      response.setHeader('Content-Type', 'application/octet-stream');
      let given = 0;
      const give = (): void => {
        while (given < size) {
          given += PART.length;
          flooded = given - response.writableLength;
          if (!response.write(PART)) return void response.once('drain', give);
        }
        response.end();
      };
      give();
    },
    '/mcp/stream': (request, response) => {
      const last = request.headers['last-event-id'];
      streams.push(last as string | undefined);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`id: ${Number(last ?? 0) + 1}\ndata: here\n\n`);
    },
  };
  const listener = await listen((request, response) => {
    const { pathname } = new URL(request.url ?? '/', origin);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (request.method === 'OPTIONS') {
      const asked = request.headers['access-control-request-headers'] ?? '';
      response.setHeader('Access-Control-Allow-Headers', asked);
      // Every request is to be measured with its preflight.
      response.setHeader('Access-Control-Max-Age', '0');
      response.writeHead(204).end();
    } else if (pathname.startsWith('/.well-known/oauth-protected-resource')) {
      response.setHeader('Content-Type', 'application/json');
      const document = { resource: url, authorization_servers: [issuer()] };
      response.end(JSON.stringify({ ...document, scopes_supported: [SCOPE] }));
    } else {
      const answer = answers[pathname];
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    }
  });
  const origin = `http://${LOOPBACK}:${listener.address.port}`;
  const url = `${origin}/mcp`;
  return {
    url,
    scopesOf: (resource) => (resource === url ? SCOPE : undefined),
    flooded: () => flooded,
    inSystem: () => bytesInSystem(listener.address.port),
    streams,
    close: listener.close,
  };
}

/** What Linux lists of the connections to a port: sent and not taken, and received and not read. */
function bytesInSystem(port: number): number {
  const list = '/proc/net/tcp';
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote]) => local?.endsWith(end) || remote?.endsWith(end))
    .flatMap(([, , , , queues = '']) => queues.split(':'))
    .reduce((sum, queue) => sum + (parseInt(queue, 16) || 0), 0);
}
