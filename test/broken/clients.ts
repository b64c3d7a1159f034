/** The official client on a page, at one broken server: with the broker's fetch, or on its own. */
import type { Page } from 'puppeteer-core';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { PATIENCE_MS } from '../../drivers/driver.ts';
import type { BrokenServer } from './broken-server.ts';
import type { Waypoint } from './expected.ts';

/** How far a client came, and what the page was told when it came no further. */
export interface Way {
  reached: Waypoint;
  words: string;
}

/** What is handed over to a page. */
interface Task {
  url: string;
  transport: 'http' | 'sse';
  pin: string | undefined;
  patience: number;
  /** Tokens to use without the broker; absent: with it. */
  byHand?: BrokenServer['byHand'];
}

/**
 * Goes the whole way on a page of the site: connect, call a tool, call another one that needs more.
 * @param withBroker false gets every token by hand, so that what the server lets a page see decides alone
 */
export async function goOn(page: Page, server: BrokenServer, withBroker: boolean): Promise<Way> {
  await page.waitForFunction(() => 'grantkeeper' in globalThis);
  const { breakage, url, byHand } = server;
  const { transport = 'http', pin } = breakage;
  // What compiles these files for a script writes calls of it into every function, and only defines it over here.
  await page.evaluate('globalThis.__name ??= (named) => named');
  const task: Task = { url, transport, pin, patience: PATIENCE_MS };
  return page.evaluate(goInPage, withBroker ? task : { ...task, byHand });
}

/** Runs in the page, and is handed over as text. */
async function goInPage(task: Task): Promise<Way> {
  const { grantkeeper } = globalThis as unknown as { grantkeeper: BarePage };
  const { Client, SSEClientTransport, StreamableHTTPClientTransport, findBroker } = grantkeeper;
  const Transport = task.transport === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport;
  let reached: Way['reached'] = 'nothing';
  let sawForbidden = false;
  let token: string | undefined;
  const alone = () => ({
    authProvider: {
      token: () => Promise.resolve(token),
      onUnauthorized: () => Promise.resolve(void (token = task.byHand?.read)),
    },
    fetch: async (...args: Parameters<typeof fetch>) => {
      const response = await fetch(...args);
      sawForbidden = response.status === 403;
      return response;
    },
  });
  const served = async () => {
    const broker = await findBroker({ timeout: task.patience });
    if (!broker) throw new Error('No broker answers');
    return { fetch: broker.fetch };
  };
  try {
    const options = task.byHand ? alone() : await served();
    const negotiation = task.pin && { versionNegotiation: { mode: { pin: task.pin } } };
    const client = new Client({ name: 'broken', version: '1' }, { ...negotiation });
    await client.connect(new Transport(new URL(task.url), options));
    reached = 'connects';
    await client.callTool({ name: 'read_notes', arguments: {} });
    reached = 'calls a tool';
    const more = () => client.callTool({ name: 'add_note', arguments: { text: 'stepped up' } });
    await more().catch((error: unknown) => {
      // The page has read the refusal, and somebody brings what is missing.
      if (!task.byHand || !sawForbidden) throw error;
      token = task.byHand.write;
      return more();
    });
    reached = 'steps up';
    await client.close();
    return { reached, words: '' };
  } catch (error) {
    const { cause } = error as { cause?: { message?: unknown } };
    const because = typeof cause?.message === 'string' ? `: ${cause.message}` : '';
    return { reached, words: `${String(error)}${because}` };
  }
}
