/** E-FLOOD: one page floods the door, through the real core, and another site must not notice (T-12, Z44). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { enter, type FakePort } from '../../support/page-ports.ts';
import { World } from '../../flow/world.ts';

const MESSAGES = 41_000;
/** The short form has the whole flood of the first kind, and this of each other one: over the limit all the same. */
const FEWER = isFullForm ? MESSAGES : 4100;
const PORTS = 20;
/** Calls of the neighbour, before the flood and during it; with a pause after each, they last longer than it does. */
const SAMPLES = isFullForm ? 300 : 60;
/** What one admitted call may read: `getToken` looks into settings, grant, refusals and budgets. */
const READS_PER_CALL = 8;
const FLOODER = { origin: 'https://flood.example', tabId: 66 };
const NEIGHBOUR = { origin: 'https://neighbour.example', tabId: 7 };

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

const RESOURCE = 'https://mcp.example';

/** The kinds of message that a flood is made of; `id` is new each time. */
const KINDS: Record<string, (id: number) => unknown> = {
  'permission calls': (id) => ({ v: 1, id, call: 'permission', params: { resource: RESOURCE } }),
  'getToken calls': (id) => ({
    ...{ v: 1, id, call: 'getToken' },
    params: { resource: `https://mcp${id}.example`, interactive: false },
  }),
  cancels: (id) => ({ v: 1, id, cancel: true }),
  'malformed calls': (id) => ({ v: 1, id, call: 'getToken', params: { resource: 7 } }),
  'what is no message': () => 'no message at all',
  'large messages': (id) => ({ v: 1, id, call: 'hello', params: {}, padding: LARGE }),
};
const LARGE = 'x'.repeat(70_000);

/** Counts what is read of the store for the flood, and what is written to the log. */
function countStore() {
  const { store } = world.ports;
  const counted = { reads: 0, rows: 0 };
  world.ports.store = new Proxy(store, {
    get: (target, name) => {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (name === 'addActivity') counted.rows += (args[0] as unknown[]).length;
        else counted.reads += 1;
        return (member as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  return { counted, undo: () => (world.ports.store = store) };
}

/** How long one call of the neighbour has waited. */
interface Wait {
  milliseconds: number;
  /** Of the event loop: what else a machine does makes a turn longer, and doesn't make more of them. */
  turns: number;
}

/** The neighbour calls, with a pause after each call. */
async function watchNeighbour(): Promise<Wait[]> {
  const port = enter(world.life.pages, NEIGHBOUR);
  const waits: Wait[] = [];
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  count();
  for (let id = 1; id <= SAMPLES; id += 1) {
    const start = { milliseconds: performance.now(), turns };
    const answered = new Promise<void>((resolve) => {
      port.post = (message) => {
        if ('ok' in message) resolve();
      };
    });
    port.say({ v: 1, id, call: 'permission', params: { resource: RESOURCE } });
    await answered;
    const milliseconds = performance.now() - start.milliseconds;
    waits.push({ milliseconds, turns: turns - start.turns });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  isOver = true;
  port.leave();
  return waits;
}

/** What half of the calls waited at most; milliseconds. */
function median(waits: readonly Wait[]): number {
  const sorted = waits.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** What no call waited beyond. */
function mostTurns(waits: readonly Wait[]): number {
  return Math.max(...waits.map(({ turns }) => turns));
}

/** Sends the flood: a message of each port in turn, and then the event loop goes on. */
async function flood(
  make: (id: number) => unknown,
  messages: number,
): Promise<{ ports: FakePort[]; sent: number }> {
  const ports = Array.from({ length: PORTS }, () => enter(world.life.pages, FLOODER));
  let sent = 0;
  while (sent < messages) {
    for (const port of ports) port.say(make((sent += 1)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { ports, sent };
}

/** Bytes in use, without what is only waiting to be collected where Node was started with `--expose-gc`. */
function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

describe('a flood of one page over twenty ports', () => {
  it.each(Object.keys(KINDS))(
    'of %s leaves another site what it had, and costs what was admitted (T-12, Z44)',
    async (kind) => {
      await world.restart();
      const quiet = await watchNeighbour();
      const { counted, undo } = countStore();
      await world.restart();
      const { reads } = counted;
      const before = heap();
      const watched = watchNeighbour();
      const messages = kind === 'permission calls' ? MESSAGES : FEWER;
      const { ports, sent } = await flood(KINDS[kind]!, messages);
      const grown = (heap() - before) / 2 ** 20;
      const busy = await watched;
      undo();
      const answers = ports.flatMap(({ endings }) => endings).length;
      expect(ports.filter(({ isClosed }) => !isClosed)).toEqual([]);
      expect(answers).toBeLessThanOrEqual(500 + PORTS);
      expect(counted.reads - reads).toBeLessThanOrEqual(2 * SAMPLES + 500 * READS_PER_CALL);
      expect(counted.rows).toBeLessThanOrEqual(31);
      expect(grown).toBeLessThanOrEqual(50);
      expect(mostTurns(busy)).toBeLessThanOrEqual(10 * mostTurns(quiet));
      expect(median(busy)).toBeLessThanOrEqual(10 * median(quiet));
      reportBar(`E-FLOOD of ${kind}`, {
        ...{ messages: sent, ports: ports.length, answers },
        'reads for the flood': Math.max(0, counted.reads - reads - 2 * SAMPLES),
        'MB more': Math.round(grown),
        'times the quiet median': (median(busy) / median(quiet)).toFixed(1),
        'times its turns': (mostTurns(busy) / mostTurns(quiet)).toFixed(1),
      });
    },
  );

  it('reads and logs nothing for what is over the limit, and answers once on each port (Z44)', async () => {
    await world.restart();
    const spent = enter(world.life.pages, FLOODER);
    for (let id = 1; id <= 501; id += 1) spent.say({ v: 1, id, cancel: true });
    expect(spent.endings).toEqual(['rate_limited']);
    const { counted, undo } = countStore();
    await world.restart();
    // The new life has counted nothing yet.
    const first = enter(world.life.pages, FLOODER);
    for (let id = 1; id <= 500; id += 1) first.say({ v: 1, id, cancel: true });
    await world.life.ports.store.readSettings();
    const before = { ...counted };
    const ports = Array.from({ length: 40 }, () => enter(world.life.pages, FLOODER));
    for (const make of Object.values(KINDS)) {
      for (const port of ports) for (let id = 1; id <= 20; id += 1) port.say(make(id));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    undo();
    expect(counted).toEqual(before);
    expect(ports.map(({ said }) => said.length)).toEqual(ports.map(() => 1));
    expect(ports.every(({ isClosed }) => isClosed)).toBe(true);
    expect(ports.map(({ late }) => late)).toEqual(ports.map(() => 0));
  });

  it('of ports is let in up to sixty-four, and of a tab that opens and closes them up to twice as many (T-12, Z44)', async () => {
    await world.restart();
    const open = (caller = FLOODER) => enter(world.life.pages, caller);
    const standing = Array.from({ length: 20_000 }, () => open());
    expect(standing.filter(({ isClosed }) => !isClosed).length).toBe(64);
    for (const port of standing.slice(0, 64)) port.leave();
    const fleeting = Array.from({ length: 1000 }, () => {
      const port = open();
      const wasLetIn = !port.isClosed;
      port.leave();
      return wasLetIn;
    });
    expect(fleeting.filter(Boolean).length).toBe(64);
    world.elapsed += 10_000;
    expect(open().isClosed).toBe(false);
    // The same site in another tab, and another site in the same tab, have their own.
    expect(open({ ...FLOODER, tabId: 67 }).isClosed).toBe(false);
    expect(open({ ...NEIGHBOUR, tabId: 66 }).isClosed).toBe(false);
    const tabs = Array.from({ length: 20 }, (_, tab) =>
      Array.from({ length: 64 }, () => open({ ...FLOODER, tabId: 100 + tab })),
    ).flat();
    expect(tabs.filter(({ isClosed }) => !isClosed).length).toBe(512 - 2);
  });

  it('of calls that wait is two hundred of its site, however many ports it has (T-12, Z44)', async () => {
    await world.restart();
    world.answer = () => 'ignore';
    let calls = 0;
    const { readSettings } = world.ports.store;
    world.ports.store.readSettings = () => {
      calls += 1;
      return new Promise(() => undefined);
    };
    const ports = Array.from({ length: 4 }, () => enter(world.life.pages, FLOODER));
    for (let id = 1; id <= 100; id += 1) {
      for (const port of ports) port.say(KINDS['getToken calls']!(id));
    }
    const acknowledged = ports.flatMap(({ said }) => said).filter((one) => 'ack' in one);
    expect(acknowledged.length).toBe(200);
    await expect.poll(() => calls).toBe(200);
    world.ports.store.readSettings = readSettings;
    expect(ports.flatMap(({ endings }) => endings)).toEqual(Array(200).fill('rate_limited'));
  });
});
