/** Every message of a page's channels to the extension, both ways, and what the page holds in its memory. */
import type { Page } from 'puppeteer-core';

/** What was recorded. */
export interface Recorded {
  read(): Promise<{ count: number; text: string }>;
  /** The page's heap as text, where the browser hands it out: none or one. */
  heap(): Promise<string[]>;
}

/** Starts recording; before the page is opened. */
export async function recordPort(page: Page): Promise<Recorded> {
  await page.evaluateOnNewDocument(recordInPage);
  return {
    read: () =>
      page.evaluate(() => {
        const { recorded } = globalThis as unknown as { recorded: string[] };
        return { count: recorded.length, text: recorded.join('\n') };
      }),
    heap: () => readHeap(page),
  };
}

/** How many of these secrets stand in a text. */
export function findSecrets(text: string, secrets: Iterable<string>): number {
  return [...secrets].filter((secret) => text.includes(secret)).length;
}

/** Runs in the page before its own scripts: Chromium's ports and Firefox's message channel, whichever is there. */
function recordInPage(): void {
  const recorded: string[] = [];
  Object.assign(globalThis, { recorded });
  const bytes = (_key: string, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : value;
  const note = (message: unknown) => recorded.push(JSON.stringify([message], bytes));
  const scope = globalThis as unknown as { chrome?: { runtime?: typeof chrome.runtime } };
  const runtime = scope.chrome?.runtime;
  if (runtime) {
    const connect = runtime.connect.bind(runtime) as (...args: unknown[]) => chrome.runtime.Port;
    Object.assign(runtime, {
      connect: (...args: unknown[]) => {
        const port = connect(...args);
        const post = port.postMessage.bind(port);
        port.onMessage.addListener(note);
        port.postMessage = (message: unknown) => (note(message), post(message));
        return port;
      },
    });
  }
  const { addEventListener, postMessage } = MessagePort.prototype;
  const listening = new WeakSet<MessagePort>();
  const listen = (port: MessagePort) => {
    if (listening.has(port)) return;
    listening.add(port);
    addEventListener.call(port, 'message', (event) => note((event as MessageEvent).data));
  };
  MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
    listen(this);
    note(args[0]);
    return postMessage.apply(this, args as Parameters<typeof postMessage>);
  };
}

async function readHeap(page: Page): Promise<string[]> {
  const session = await page.createCDPSession().catch(() => undefined);
  if (!session) return [];
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return [chunks.join('')];
}
