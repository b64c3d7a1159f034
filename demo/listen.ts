/** Sockets of the demo: 127.0.0.1 only, and a close that does not wait for event streams to end. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** The one address that anything in the demo listens on (B19). */
export const LOOPBACK = '127.0.0.1';

/** A certificate and its key, PEM. */
export interface Tls {
  key: string;
  cert: string;
}

/** A listening socket. */
export interface Listener {
  address: AddressInfo;
  close(): Promise<void>;
}

/** Listens on a given or a free port; the handler may be set once the port, and so the origin, is known. */
export async function listen(
  handler: RequestListener,
  { port = 0, tls }: { port?: number; tls?: Tls } = {},
): Promise<Listener> {
  const server: Server = tls ? createTlsServer(tls, handler) : createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  return {
    address: server.address() as AddressInfo,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
