/** In a measured page: many carried streams at once, and what each of them has heard last. */
import { findBroker, type Broker } from '../src/client/index.ts';

/** A stream that has not begun by then hangs; ms. */
const PATIENCE = 20_000;

let broker: Broker | undefined;
/** The last words of each stream. */
const heard: string[] = [];

async function find(extensionId: string): Promise<void> {
  broker = await findBroker({ extensionIds: [extensionId], timeout: 5000 });
}

/** A short request, as a client makes one before it opens its stream; resolves the status. */
async function call(url: string): Promise<number> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await broker!.fetch(url, { method: 'POST', body: '{}', headers });
  await response.text();
  return response.status;
}

/** Which transport asks: the old one names no version. */
type Transport = 'streamable' | 'old';

async function open(url: string, transport: Transport): Promise<string> {
  const version = transport === 'streamable' && { 'mcp-protocol-version': '2025-11-25' };
  const headers = { accept: 'text/event-stream', ...version };
  const response = await broker!.fetch(url, { headers, signal: AbortSignal.timeout(600_000) });
  if (!response.ok) return `${response.status}`;
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const at = heard.push('') - 1;
  const read = async (): Promise<void> => {
    const { value, done } = await reader.read();
    heard[at] = done ? 'ended' : value;
    if (!done) void read().catch(() => (heard[at] = 'broken'));
  };
  await read();
  return 'open';
}

/** Opens one stream at each address at once; resolves what became of them: `open`, a status, a code, or `silent`. */
function openAll(urls: string[], transport: Transport = 'streamable'): Promise<string[]> {
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('silent'), PATIENCE));
  return Promise.all(urls.map((url) => Promise.race([open(url, transport).catch(codeOf), late])));
}

function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? String(error);
}

const surface = {
  find,
  call,
  openAll,
  /** How many streams have just heard this. */
  heard: (word: string) => heard.filter((one) => one.includes(word)).length,
};

/** What `globalThis.streams` holds, for the types of those who evaluate in the page. */
export type StreamsSurface = typeof surface;

Object.assign(globalThis, { streams: surface });
