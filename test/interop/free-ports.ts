/** Ports for servers that take no port 0. */
import { createServer, type AddressInfo } from 'node:net';
import { LOOPBACK } from '../../demo/listen.ts';

/** So many free ports. All are held at the same time, so they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, LOOPBACK, () => resolve((server.address() as AddressInfo).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
