/** A real HTTP server on 127.0.0.1 that remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrival {
  request: IncomingMessage;
  method: string;
  path: string;
  /** The `Authorization` header, as sent. */
  authorization: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What the server answers; `headers` may be left out. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export type Responder = (
  arrival: Arrival,
  response: ServerResponse,
) => Answer | undefined | Promise<Answer | undefined>;

export interface TestServer {
  origin: string;
  arrivals: Arrival[];
  close(): Promise<void>;
}

/** Starts one. A responder that returns nothing has written the response itself. */
export async function startServer(respond: Responder): Promise<TestServer> {
  const arrivals: Arrival[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const arrival: Arrival = {
      request,
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      headers: request.headers,
      body,
    };
    arrivals.push(arrival);
    const answer = await respond(arrival, response);
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    arrivals,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
