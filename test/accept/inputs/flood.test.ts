/** E-FLOOD: one page floods the door, through the real core, and another site must not notice (T-12, Z44). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PagePort } from '../../../src/background/ports/ports.ts';
import { enter, FakePort } from '../../support/page-ports.ts';
import { World } from '../../flow/world.ts';

const MESSAGES = 41_000;
const PORTS = 20;
const FLOODER = { origin: 'https://flood.example', tabId: 66 };
const NEIGHBOUR = { origin: 'https://neighbour.example', tabId: 7 };

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

/** The kinds of message that a flood is made of; `id` is new each time. */
const KINDS: Record<string, (id: number) => unknown> = {
  permission: (id) => ({
    v: 1,
    id,
    call: 'permission',
    params: { resource: 'https://mcp.example' },
  }),
  getToken: (id) => ({
    v: 1,
    id,
    call: 'getToken',
    params: { resource: `https://mcp${id}.example`, interactive: id % 2 === 0 },
  }),
  cancel: (id) => ({ v: 1, id, cancel: true }),
  malformed: (id) => ({ v: 1, id, call: 'getToken', params: { resource: 7 } }),
  shapeless: () => 'no message at all',
  large: (id) => ({ v: 1, id, call: 'hello', params: {}, padding: 'x'.repeat(70_000) }),
};

/** Counts what is read of the store, and what is written to the log. */
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

/** How long the neighbour waits for each of its calls, one after the other, until told to stop. */
async function watchNeighbour(isOver: () => boolean): Promise<number[]> {
  const port = enter(world.life.pages, NEIGHBOUR);
  const taken: number[] = [];
  for (let id = 1; !isOver(); id += 1) {
    const start = performance.now();
    const answered = new Promise<void>((resolve) => {
      port.post = (message) => {
        if ('ok' in message) resolve();
      };
    });
    port.say(KINDS['permission']!(id));
    await answered;
    taken.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  port.leave();
  return taken;
}

/** The value that 95 of 100 do not pass. */
function p95(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1]!;
}

/** Sends the flood, a few messages of every port in turn, as the event loop would bring them. */
async function flood(make: (id: number) => unknown): Promise<FakePort[]> {
  const ports = Array.from({ length: PORTS }, () => enter(world.life.pages, FLOODER));
  for (let sent = 0; sent < MESSAGES;) {
    for (const port of ports) port.say(make((sent += 1)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ports;
}

describe('a flood of one page over twenty ports', () => {
  it.each(Object.keys(KINDS))(
    'of %s leaves another site what it had, and costs no more than what was admitted (T-12, Z44)',
    async (kind) => {
      await world.restart();
      let start = Date.now();
      const quiet = await watchNeighbour(() => Date.now() - start > 1000);
      const { counted, undo } = countStore();
      await world.restart();
      const before = { ...counted };
      globalThis.gc?.();
      const heap = process.memoryUsage().heapUsed;
      start = Date.now();
      let isOver = false;
      const watched = watchNeighbour(() => isOver);
      const ports = await flood(KINDS[kind]!);
      isOver = true;
      const busy = await watched;
      globalThis.gc?.();
      const grown = (process.memoryUsage().heapUsed - heap) / 2 ** 20;
      undo();
      console.log(
        kind,
        p95(quiet),
        p95(busy),
        Math.max(...busy),
        busy.length,
        counted.reads - before.reads,
        counted.rows,
        grown,
        ports.map(({ said }) => said.length).reduce((a, b) => a + b),
      );
      expect(ports.filter(({ isClosed }) => !isClosed)).toEqual([]);
    },
  );
});
void ((port: PagePort) => port);
