/** Servers whose streams stay open, each of which can be told to say something: over HTTP/1.1, and over HTTP/2. */
import { createSecureServer } from 'node:http2';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen, LOOPBACK, type Tls } from '../demo/listen.ts';

/** The host of HTTP/2. */
export const MULTIPLEXED_HOST = 'streams.test';

/** Some of them, running. */
export interface StreamServers {
  /** One for each; their resources. */
  urls: string[];
  /** Says something in every stream that is open. */
  beat(word: string): void;
  close(): Promise<void>;
}

/** What the handlers use of a request and an answer, of either protocol. */
interface Asking {
  method?: string | undefined;
  resume(): unknown;
  on(event: 'end', heard: () => void): unknown;
}
type Answering = Pick<ServerResponse, 'setHeader' | 'write' | 'end'> & {
  on(event: 'close', heard: () => void): unknown;
};

/** What all of them answer, and their open streams. */
function talk() {
  const open = new Set<Answering>();
  return {
    serve: (request: Asking, response: Answering): void => {
      const isStream = request.method === 'GET';
      response.setHeader('Content-Type', isStream ? 'text/event-stream' : 'application/json');
      if (!isStream) {
        request.on('end', () => response.end('{"jsonrpc":"2.0","id":1,"result":{}}'));
        request.resume();
        return;
      }
      open.add(response);
      response.on('close', () => open.delete(response));
      response.write('data: here\n\n');
    },
    beat: (word: string) => {
      for (const response of open) response.write(`data: ${word}\n\n`);
    },
  };
}

/** As many hosts of HTTP/1.1: a browser counts its connections by address and port. */
export async function startHosts(count: number): Promise<StreamServers> {
  const { serve, beat } = talk();
  const hosts = await Promise.all(Array.from({ length: count }, () => listen(serve)));
  return {
    urls: hosts.map(({ address }) => `http://${LOOPBACK}:${address.port}/mcp`),
    beat,
    close: async () => void (await Promise.all(hosts.map((host) => host.close()))),
  };
}

/** One host of HTTP/2, at its own port, and at that of https where the browser is led from there to this one. */
export async function startMultiplexed(
  host: string,
  tls: Tls,
): Promise<StreamServers & { port: number }> {
  const { serve, beat } = talk();
  const server = createSecureServer(tls, serve as never);
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  await new Promise<void>((resolve) => {
    server.listen(0, LOOPBACK, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    urls: [`https://${host}:${port}/mcp`],
    port,
    beat,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}
