/** A program on the user's computer that listens on the port to which a sign-in leads back, on either family. */
import { createServer, type Server } from 'node:net';

/** What it has been given. */
export interface PlantedListener {
  /** Connections that were opened to it, and bytes that came. */
  got(): { connections: number; bytes: number };
  close(): Promise<void>;
}

/** Listens on a port of this computer, on loopback only. */
export async function plantListener(port: number): Promise<PlantedListener> {
  const got = { connections: 0, bytes: 0 };
  const servers: Server[] = [];
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer((socket) => {
      got.connections += 1;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        got.bytes += chunk.length;
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nTaken');
      });
    });
    const isListening = await new Promise<boolean>((resolve) => {
      // Some machines know no second family.
      server.once('error', () => resolve(false));
      server.listen(port, host, () => resolve(true));
    });
    if (isListening) servers.push(server);
  }
  if (servers.length === 0) throw new Error(`Port ${String(port)} is taken`);
  return {
    got: () => got,
    close: async () => {
      await Promise.all(
        servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
      );
    },
  };
}
