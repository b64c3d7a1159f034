/** Leads every https connection to one port of this machine, for a browser that cannot map hosts to a port itself. */
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { LOOPBACK } from '../demo/listen.ts';

/** A running proxy. */
export interface ConnectProxy {
  port: number;
  close(): void;
}

/** Names that lead to this machine whatever the port; see open.ts. */
const INWARD = /\.(?:inward\.test|localdomain):(\d+)$/;

/**
 * Answers `CONNECT <any>.test:443` with a tunnel to `target`, and names that lead to this machine with one to their port;
 * nothing else with anything.
 */
export async function startConnectProxy(target: number): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A browser that is closed drops its connections; that is no fault of a test.
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connection', keep);
  server.on('connect', ({ url = '' }, client: Socket, head: Buffer) => {
    const inward = INWARD.exec(url)?.[1];
    if (inward === undefined && !/\.test:443$/.test(url)) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const tunnel = connect(inward === undefined ? target : Number(inward), LOOPBACK, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      tunnel.write(head);
      tunnel.pipe(client).pipe(tunnel);
    });
    keep(tunnel);
    tunnel.on('close', () => client.destroy());
    client.on('close', () => tunnel.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}
