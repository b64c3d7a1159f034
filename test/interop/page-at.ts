/**
 * A web page at an MCP server's own origin: Chromium is told to answer for a few paths there that no such server has.
 */
import type { Page } from 'puppeteer-core';
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
