/** One Chromium with the built extension for all servers, two sites, and a person who allows everything. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestListener } from 'node:http';
import { listen, LOOPBACK, type Listener } from '../../demo/listen.ts';
import { createSite } from '../../demo/web-client/site.ts';
import { openChromium, type Chromium } from '../../drivers/chromium.ts';
import { CONSENT } from '../../drivers/driver.ts';
import { answerIfReady } from '../../drivers/prompt.ts';
import { openPageAt } from './page-at.ts';
import { unpack } from '../support/packaged.ts';
import { webClientOn, type WebClient } from '../support/stage.ts';
import type { About } from './server.ts';

/** A request to a token endpoint, as it left the extension. */
interface TokenRequest {
  grantType: string;
  /** Of a public client. */
  clientId: string | undefined;
}

/** The stage of all interoperation tests. */
export interface InteropStage {
  browser: Chromium;
  /** Opens a new site, and finds the broker there. A site of its own: each may ask only so often. */
  newSite(mcpUrl: string): Promise<WebClient>;
  /** Requests of the extension to token endpoints, in order. */
  tokenRequests: readonly TokenRequest[];
  /** Prompts answered so far. Waits for the one that is just being answered: the page may have its answer already. */
  clicks(): Promise<number>;
  /** Opens a page at the server's own origin: the only one that can use a server without CORS. */
  visitAt(mcpUrl: string): Promise<WebClient>;
  close(): Promise<void>;
}

/** Opens it. `servers` tell what has to be clicked in sign-in pages. */
export async function openInteropStage(servers: readonly About[]): Promise<InteropStage> {
  const site: RequestListener = createSite({ name: 'Interoperation', mcpUrl: '' });
  const listeners: Listener[] = [];
  const browser = await openChromium({ extension: unpack('chrome') });
  await browser.preApproveHostAccess(['http://localhost/*', 'http://127.0.0.1/*']);
  const tokenRequests = await recordTokenRequests(browser);
  const selectors = servers.flatMap(({ signIn = [] }) => signIn);
  let clicks = 0;
  const person = keepDoing(async () => {
    clicks += await answerPrompts(browser);
    await clickIn(browser, selectors);
  });
  return {
    browser,
    tokenRequests,
    clicks: async () => {
      await person.settled();
      return clicks;
    },
    newSite: async (mcpUrl) => {
      const listener = await listen(site);
      listeners.push(listener);
      const page = await browser.page(`http://${LOOPBACK}:${listener.address.port}/bare`);
      return webClientOn(page, mcpUrl);
    },
    visitAt: async (mcpUrl) => {
      const page = await browser.browser.newPage();
      await openPageAt(mcpUrl, page);
      return webClientOn(page, mcpUrl);
    },
    close: async () => {
      await person.stop();
      await browser.close();
      await Promise.all(listeners.map((one) => one.close()));
    },
  };
}

/** The extension's worker is watched, so it is one and the same for the whole run. */
async function recordTokenRequests(browser: Chromium): Promise<readonly TokenRequest[]> {
  const seen: TokenRequest[] = [];
  const { client } = await browser.worker();
  client.on('Network.requestWillBeSent', ({ request }) => {
    const sent = Object.fromEntries(new URLSearchParams(request.postData));
    const { grant_type: grantType, client_id: clientId } = sent;
    if (grantType !== undefined) seen.push({ grantType, clientId });
  });
  await client.send('Network.enable');
  return seen;
}

/** Allows what the open prompts ask; resolves how many there were. One that has failed stays open, and asks nothing. */
async function answerPrompts(browser: Chromium): Promise<number> {
  const isPrompt = (url: string) => url.startsWith(browser.root + CONSENT);
  let answered = 0;
  for (const prompt of await browser.openPages(isPrompt)) {
    if (await answerIfReady(prompt, 'allow')) answered += 1;
  }
  return answered;
}

/** Clicks in sign-in pages what they ask to be clicked. */
async function clickIn(browser: Chromium, selectors: readonly string[]): Promise<void> {
  const isForeign = (url: string) => url.startsWith('http') && !url.endsWith('/bare');
  for (const page of await browser.openPages(isForeign)) {
    await (await page.$(selectors.join(', ')))?.click();
  }
}

/** A window may close while it is looked at, as when a page gives up or a sign-in is done; then it is over. */
function keepDoing(task: () => Promise<void>) {
  let stopped = false;
  let round = Promise.resolve();
  const run = async (): Promise<void> => {
    while (!stopped) {
      round = task().catch(() => undefined);
      await round;
      await sleep(50);
    }
  };
  const running = run();
  return {
    settled: () => round,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}
