/**
 * The web page of a conformance run. The suite's servers send no CORS headers, so the page stands at the MCP
 * server's own origin: Chromium is told to answer for a few paths there that no server of the suite has.
 */
import type { Page } from 'puppeteer-core';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { bundle } from '../../demo/web-client/bundle.ts';

/** The page and what it loads; nothing that an MCP or authorization server would serve. */
const PAGE = '/bare';
const ASSETS = '/assets/';

/** Opens the page at the origin of `mcpUrl`, with the page SDK and the official client in it. */
export async function openPageAt(mcpUrl: string, page: Page): Promise<void> {
  const { origin } = new URL(mcpUrl);
  const files = await bundle();
  const session = await page.createCDPSession();
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    const { pathname } = new URL(request.url);
    const content = files.get(pathname === PAGE ? 'bare.html' : pathname.slice(1));
    const type = pathname === PAGE ? 'text/html' : 'text/javascript';
    void session.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: content === undefined ? 404 : 200,
      responseHeaders: [{ name: 'Content-Type', value: type }],
      body: Buffer.from(content ?? '').toString('base64'),
    });
  });
  await session.send('Fetch.enable', {
    patterns: [PAGE, `${ASSETS}*`].map((path) => ({ urlPattern: origin + path })),
  });
  await page.goto(origin + PAGE);
  await page.waitForFunction(() => 'grantkeeper' in globalThis);
}

/** What the client command of the official SDK does too: connect, list the tools, call one. Resolves the error. */
export function useServer(page: Page, url: string, stateless: boolean): Promise<string | null> {
  return page.evaluate(
    async (address, auto) => {
      const { grantkeeper } = globalThis as unknown as { grantkeeper: BarePage };
      try {
        const broker = await grantkeeper.findBroker();
        if (!broker) return 'The page finds no broker';
        const client = new grantkeeper.Client(
          { name: 'grantkeeper-conformance', version: '1.0.0' },
          auto ? { versionNegotiation: { mode: 'auto' } } : {},
        );
        const { fetch } = broker;
        await client.connect(
          new grantkeeper.StreamableHTTPClientTransport(new URL(address), { fetch }),
        );
        await client.listTools();
        await client.callTool({ name: 'test-tool', arguments: {} });
        await client.close();
        return null;
      } catch (error) {
        return String(error);
      }
    },
    url,
    stateless,
  );
}
