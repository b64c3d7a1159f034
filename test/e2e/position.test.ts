/**
 * Where the browser stands in the network is no business of a page: over real https names, of which some lead to
 * listeners on this machine that count what arrives (T-25, T-29, Z43, Z14).
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../src/shared/documents.ts';
import { reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

/** Something on this machine that a page must not find. */
interface Service {
  port: number;
  /** Connections so far. */
  connections(): number;
  close(): void;
}

async function serve(server: Server): Promise<Service> {
  let count = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    close: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

/** One that takes the connection and says nothing, one that answers no TLS, and a port that is closed. */
const openServices = async () => ({
  silent: await serve(createServer()),
  talking: await serve(createServer((socket) => socket.end('220 mail\r\n'))),
  closed: await serve(createServer()),
});

describe(inBrowser('over https names that lead to this machine'), () => {
  let stage: Stage;
  let site: WebClient;
  let services: Awaited<ReturnType<typeof openServices>>;
  beforeAll(async () => {
    services = await openServices();
    services.closed.close();
    stage = await openTestStage({ https: true });
    // What is held already opens no question, so that only the answer can tell.
    const names = ['lan1.localdomain', 'lan2.localdomain'];
    names.push(...Object.keys(services).map((name) => `${name}.inward.test`));
    const origins = names.map((name) => `https://${name}/*`);
    await stage.browser.preApproveHostAccess(origins);
    if (!stage.browser.ways.holdsHostAccessFromStart) {
      const popup = await stage.browser.extensionPage(DOCUMENTS.popup);
      await popup.evaluate(`chrome.permissions.request({ origins: ${JSON.stringify(origins)} })`);
      await popup.close();
    }
    site = await stage.visit('siteA');
  });
  afterAll(async () => {
    await stage.close();
    Object.values(services).forEach((service) => {
      service.close();
    });
  });

  it('nothing arrives at a local name before the click, and only after it (E-PORTSCAN, T-25, Z43)', async () => {
    const { silent } = services;
    const resource = `https://lan1.localdomain:${silent.port}/mcp`;
    const call = site.getToken({ resource });
    const prompt = await stage.browser.consentPrompt();
    await prompt.waitForSelector('#stage[data-stage="reach"][data-step="deciding"]');
    expect(await prompt.evaluate(() => document.body.innerText)).toContain('in your own network');
    await stage.answer('reach', 'deny');
    expect(await call).toMatchObject({ code: 'access_denied' });
    const before = silent.connections();
    expect(before).toBe(0);
    const again = site.getToken({ resource: `https://lan2.localdomain:${silent.port}/mcp` });
    await stage.answer('reach', 'allow');
    await expect.poll(silent.connections, { timeout: 30_000 }).toBeGreaterThan(0);
    reportBar(inBrowser('E-PORTSCAN'), { before, after: silent.connections() });
    expect(await again).toMatchObject({ code: 'connect_failed' });
  });

  it('an open, a closed and a silent port behind public names are answered together (T-25, T-26, Z43)', async () => {
    const other = await stage.visit('siteB');
    // Else a question opens first, and that is no failure yet.
    expect(await stage.browser.holdsHostAccess('https://closed.inward.test/*')).toBe(true);
    const measured = await Promise.all(
      Object.entries(services).map(async ([name, { port }]) => {
        const host = `https://${name}.inward.test:${port}`;
        const challenge = `Bearer resource_metadata="${host}/prm.json"`;
        const begin = performance.now();
        const outcome = await other.getToken({ resource: `${host}/mcp`, challenge });
        return { outcome, took: performance.now() - begin };
      }),
    );
    expect(measured.map(({ outcome }) => outcome)).toEqual(
      measured.map(() => expect.objectContaining({ code: 'connect_failed' }) as unknown),
    );
    // Before, the silent port took ten times as long as the closed one.
    const times = measured.map(({ took }) => took);
    expect(Math.max(...times) / Math.min(...times)).toBeLessThan(1.1);
    expect(services.silent.connections()).toBeGreaterThan(0);
    reportBar(inBrowser('E-PORTSCAN time'), {
      ports: times.length,
      ratio: (Math.max(...times) / Math.min(...times)).toFixed(3),
    });
  });
});

describe(inBrowser('a service on this computer'), () => {
  it('hears which site asks when it is asked for its challenge (Z14, T-27)', async () => {
    const stage = await openTestStage();
    const heard: (string | undefined)[] = [];
    const local = createHttpServer((request, response) => {
      if (request.method === 'POST') heard.push(request.headers.origin);
      response.writeHead(request.method === 'POST' ? 401 : 404).end('{}');
    });
    await new Promise<void>((resolve) => local.listen(0, '127.0.0.1', resolve));
    try {
      const site = await stage.visit('siteA');
      const { port } = local.address() as AddressInfo;
      // Nobody answers the next question: the call ends with its page.
      site.getToken({ resource: `http://127.0.0.1:${port}/mcp` }).catch(() => undefined);
      await stage.answer('reach', 'allow');
      await expect.poll(() => heard, { timeout: 30_000 }).toEqual([stage.lab.siteA.origin]);
    } finally {
      await stage.close();
      local.close();
      local.closeAllConnections();
    }
  });
});
