/** In the measured page: the same request with `broker.fetch` and with the page's own, and a stopwatch. */
import { findBroker, type Broker } from '../src/client/index.ts';

/** Who sends it. */
export type Way = 'carried' | 'direct';

/** One request. */
export interface Asked {
  url: string;
  /** Its body, for a POST. */
  body?: string;
  /** `json` needs a preflight when the page sends it itself, `text` needs none. */
  type?: 'json' | 'text';
}

const TYPES = { json: 'application/json', text: 'text/plain' };
/** As far as bytes are counted. */
type Part = { chunk?: Uint8Array } | null;

let broker: Broker | undefined;
/** Bytes of bodies that came over the page's ports. */
let arrived = 0;

/** Counts what comes over ports that are opened from now on; before the broker is found. */
function watchPorts(): void {
  if (!('chrome' in globalThis)) return watchChannels();
  const { runtime } = chrome;
  const connect = runtime.connect.bind(runtime) as (...args: unknown[]) => chrome.runtime.Port;
  Object.assign(runtime, {
    connect: (...args: unknown[]) => {
      const port = connect(...args);
      port.onMessage.addListener(count);
      return port;
    },
  });
}

/** Where pages have no ports of an extension they give it one end of a channel, and keep the first. */
function watchChannels(): void {
  globalThis.MessageChannel = class extends MessageChannel {
    constructor() {
      super();
      this.port1.addEventListener('message', ({ data }) => count(data as Part));
    }
  };
}

function count(message: Part): void {
  arrived += message?.chunk?.byteLength ?? 0;
}

/** Finds the broker, and asks it for access to a server. */
async function connect(extensionId: string, resource: string): Promise<void> {
  watchPorts();
  broker = await findBroker({ extensionIds: [extensionId], timeout: 5000 });
  await broker?.getToken({ resource });
}

function fetchOf(way: Way): typeof fetch {
  if (!broker) throw new Error('No broker answers');
  return way === 'carried' ? broker.fetch : globalThis.fetch.bind(globalThis);
}

async function once(way: Way, { url, body, type = 'json' }: Asked): Promise<number> {
  const start = performance.now();
  const post = body !== undefined && {
    method: 'POST',
    body,
    headers: { 'content-type': TYPES[type] },
  };
  const response = await fetchOf(way)(url, { cache: 'no-store', ...post });
  await response.arrayBuffer();
  return performance.now() - start;
}

/** Times of both ways, in turns, with a pause before each: what a site may have carried in ten seconds is bounded. */
async function sample(asked: Asked, rounds: number, pause: number): Promise<Record<Way, number[]>> {
  const times: Record<Way, number[]> = { carried: [], direct: [] };
  for (let round = 0; round < rounds; round += 1) {
    const ways: Way[] = round % 2 === 0 ? ['carried', 'direct'] : ['direct', 'carried'];
    for (const way of ways) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      times[way].push(await once(way, asked));
    }
  }
  return times;
}

/** Reads one chunk, and sleeps; resolves how many bytes lie in the page beyond that chunk. */
async function readSlowly(
  way: Way,
  url: string,
  sleep: number,
): Promise<{ ahead: number; read: number }> {
  arrived = 0;
  const response = await fetchOf(way)(url);
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await new Promise((resolve) => setTimeout(resolve, sleep));
  const read = value?.byteLength ?? 0;
  const ahead = arrived - read;
  await reader.cancel();
  return { ahead, read };
}

let killedAt = 0;
/** How long the reader of the newest stream took to hear that it broke off; -1 when it heard of no error. */
let heardAfter: Promise<number> = Promise.resolve(0);

/** Opens a stream; resolves its first event. */
async function openStream(url: string, lastEventId?: string): Promise<string> {
  const headers = {
    accept: 'text/event-stream',
    ...(lastEventId && { 'last-event-id': lastEventId }),
  };
  const response = await fetchOf('carried')(url, { headers });
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  heardAfter = reader.read().then(
    () => -1,
    () => Date.now() - killedAt,
  );
  return new TextDecoder().decode(value);
}

const surface = {
  connect,
  sample,
  readSlowly,
  openStream,
  noteKill: () => void (killedAt = Date.now()),
  heardAfter: () => heardAfter,
};

/** What `globalThis.carried` holds, for the types of those who evaluate in the page. */
export type CarriedSurface = typeof surface;

Object.assign(globalThis, { carried: surface });
