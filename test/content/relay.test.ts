import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findBroker } from '../../src/client/index.ts';
import { CARRY_PORT, MAX_PART } from '../../src/shared/carry-contract.ts';
import { MAX_MESSAGES, MAX_PORTS } from '../../src/shared/facts/limits.ts';
import type { PageMessage } from '../../src/shared/page-contract.ts';
import { HELLO } from '../client/fake-broker.ts';
import { FakeWindow } from '../client/fake-window.ts';

const ORIGIN = 'https://app.example';
const HANDSHAKE = { 'grantkeeper.connect': 1 };

/** The background's end of one port. */
class BackgroundPort {
  readonly received: unknown[] = [];
  disconnected = false;
  readonly onMessage = { addListener: (listener: (m: unknown) => void) => (this.send = listener) };
  readonly onDisconnect = { addListener: (listener: () => void) => (this.die = listener) };
  send: (message: unknown) => void = () => {};
  die: () => void = () => {};
  answer: (message: unknown) => void = () => {};

  postMessage(message: unknown): void {
    this.received.push(message);
    this.answer(message);
  }

  disconnect(): void {
    this.disconnected = true;
  }
}

let page: FakeWindow;
let names: string[];
let background: BackgroundPort[];
let given: MessagePort[];
let onConnect: (port: BackgroundPort) => void;

/** Runs the content script in a document. */
async function inject(top: unknown = page): Promise<void> {
  vi.stubGlobal('window', Object.assign(page, { top }));
  vi.stubGlobal('location', { origin: ORIGIN });
  vi.stubGlobal('browser', {
    runtime: {
      connect: ({ name }: { name: string }) => {
        names.push(name);
        const port = new BackgroundPort();
        onConnect(port);
        background.push(port);
        return port;
      },
    },
  });
  vi.resetModules();
  await import('../../src/content/relay.ts');
}

/** A fresh port pair whose page end collects what it hears. */
function openPort(): { mine: MessagePort; theirs: MessagePort; heard: unknown[] } {
  const { port1: mine, port2: theirs } = new MessageChannel();
  const heard: unknown[] = [];
  mine.onmessage = ({ data }) => heard.push(data);
  given.push(mine, theirs);
  return { mine, theirs, heard };
}

const arrival = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

beforeEach(() => {
  page = new FakeWindow(ORIGIN);
  names = [];
  background = [];
  given = [];
  onConnect = () => {};
});
afterEach(() => {
  for (const port of given) port.close();
  vi.unstubAllGlobals();
});

describe('the relay of a carried request', () => {
  const CARRIED = { 'grantkeeper.connect': CARRY_PORT };
  const join = () => {
    const port = openPort();
    page.dispatch({ data: CARRIED, ports: [port.theirs] });
    return port;
  };

  it('leads to the door of carried requests, and its bytes pass as they are (Z27)', async () => {
    await inject();
    const { mine, heard } = join();
    const body = new Uint8Array([1, 2, 3]);
    mine.postMessage({ v: 1, url: 'https://mcp.example/', body });
    await arrival();
    expect(names).toEqual([CARRY_PORT]);
    expect(background[0]?.received).toEqual([{ v: 1, url: 'https://mcp.example/', body }]);
    const chunk = new Uint8Array([4, 5]);
    background[0]?.send({ chunk });
    await arrival();
    expect(heard).toEqual([{ relay: true }, { chunk: new Uint8Array([4, 5]) }]);
    // Given away, and not copied.
    expect(chunk.byteLength).toBe(0);
  });

  it('copies nothing that the background would refuse for its size (T-12, Z44)', async () => {
    await inject();
    const large = { v: 1, body: new Uint8Array(MAX_PART + 1) };
    const wide = { body: new Uint8Array(1), headers: 'x'.repeat(70_000) };
    const odd = { chunks: new Uint8Array(1000) };
    for (const message of [large, wide, odd]) join().mine.postMessage(message);
    await arrival();
    expect(background.map(({ received }) => received)).toEqual([
      [{}],
      [{ body: new Uint8Array(1) }],
      [{}],
    ]);
  });

  it('lets the page answer, and close after what nobody asked for (T-12, Z44)', async () => {
    await inject();
    const { mine, heard } = join();
    mine.postMessage({ v: 1 });
    for (let i = 0; i < 2000; i++) {
      background[0]?.send({ chunk: new Uint8Array(1) });
      mine.postMessage({ credit: 1 });
    }
    await expect.poll(() => background[0]?.received.length).toBe(2001);
    expect(background[0]).toMatchObject({ disconnected: false });
    mine.postMessage({ credit: 1 });
    mine.postMessage({ credit: 1 });
    await expect.poll(() => heard.at(-1), { timeout: 3000 }).toEqual({ closed: true });
    expect(background[0]).toMatchObject({ disconnected: true });
    expect(background[0]?.received).toHaveLength(2001);
  });

  it('joins a bounded number of ports, and leaves those of the page door their own (T-12, Z44)', async () => {
    await inject();
    for (let i = 0; i < MAX_PORTS + 5; i++) join();
    expect(background).toHaveLength(MAX_PORTS);
    page.dispatch({ data: HANDSHAKE, ports: [openPort().theirs] });
    expect(names.at(-1)).toBe('grantkeeper.page');
  });

  it('counts the ports that a page opens and closes as messages (T-12, Z44)', async () => {
    await inject();
    for (let i = 0; i < MAX_MESSAGES + MAX_PORTS + 5; i++) {
      join();
      background.at(-1)?.die();
    }
    expect(background).toHaveLength(MAX_MESSAGES + MAX_PORTS);
  });

  it('is aborted when the document is left, and fails in one that comes back (T-06)', async () => {
    await inject();
    const { heard } = join();
    page.leave();
    expect(background[0]).toMatchObject({ disconnected: true });
    page.show(true);
    await arrival();
    expect(heard).toEqual([{ relay: true }, { closed: true }]);
  });

  it('carries a request of the page SDK (Z26)', async () => {
    await inject();
    const url = 'https://mcp.example/mcp';
    const features = { token: '1.0', fetch: '1.0' };
    const info = { ...HELLO, features, held: [{ url, carried: true }] };
    onConnect = (port) => {
      port.answer = (message) => {
        const { id, body } = message as { id: number; body?: Uint8Array };
        port.send(body ? { ack: true } : { v: 1, id, ack: true });
        if (!body) return port.send({ v: 1, id, ok: true, result: info });
        const head = { status: 200, statusText: '', headers: [], hasBody: true, dropped: [] };
        for (const said of [{ sent: true }, { head }, { chunk: body }, { end: true }])
          port.send(said);
      };
    };
    const broker = await findBroker();
    const response = await broker?.fetch(url, { method: 'POST', body: 'there and back' });
    expect(await response?.text()).toBe('there and back');
    expect(names).toEqual(['grantkeeper.page', CARRY_PORT]);
  });
});

describe('the relay', () => {
  it('answers at once and opens the page door on behalf of this document', async () => {
    await inject();
    const { theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    await arrival();
    expect(heard).toEqual([{ relay: true }]);
    expect(names).toEqual(['grantkeeper.page']);
  });

  it('pipes both ways and changes nothing', async () => {
    await inject();
    const { mine, theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    const question = { v: 1, id: 1, call: 'hello', params: {}, extra: ['kept'] };
    mine.postMessage(question);
    mine.postMessage('not even an object');
    await arrival();
    expect(background[0]?.received).toEqual([question, 'not even an object']);
    background[0]?.send({ v: 1, id: 1, ack: true });
    await arrival();
    expect(heard.slice(1)).toEqual([{ v: 1, id: 1, ack: true }]);
  });

  it('sends on the number alone of what the background would refuse for its size (T-12, Z44)', async () => {
    await inject();
    const { mine, theirs } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    const call = { v: 1, id: 7, call: 'getToken' };
    mine.postMessage({ ...call, params: new Uint8Array(1000) });
    mine.postMessage({ ...call, params: { resource: 'x'.repeat(70_000) } });
    mine.postMessage(new Map([['id', 7]]));
    await arrival();
    expect(background[0]?.received).toEqual([{ id: 7 }, { id: 7 }, {}]);
  });

  it('sends on a few more than the background takes in ten seconds, and closes then (T-12, Z44)', async () => {
    await inject();
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    let now = 1_800_000_000_000;
    const ports = [openPort(), openPort(), openPort()];
    for (const { theirs } of ports) page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    const cancel = (id: number) => ({ v: 1, id, cancel: true });
    for (const { mine } of ports.slice(0, 2)) {
      for (let id = 1; id <= 400; id += 1) mine.postMessage(cancel(id));
      await arrival();
    }
    ports[0]!.mine.postMessage(cancel(401));
    await expect.poll(() => background.map((one) => one.disconnected)).toEqual([true, true, false]);
    const received = background.map((one) => one.received.length);
    expect(received[0]! + received[1]!).toBe(MAX_MESSAGES + MAX_PORTS);
    expect(ports[0]!.heard.at(-1)).toEqual({ closed: true });
    now += 10_000;
    ports[2]!.mine.postMessage(cancel(1));
    await arrival();
    expect(background[2]).toMatchObject({ disconnected: false, received: [cancel(1)] });
    vi.restoreAllMocks();
  });

  it('lets the answer through that is under way when it closes (T-12, Z44)', async () => {
    await inject();
    const { mine, theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    const most = MAX_MESSAGES + MAX_PORTS;
    for (let id = 1; id <= most + 2; id += 1) mine.postMessage({ v: 1, id, cancel: true });
    await expect.poll(() => background[0]?.received.length).toBe(most);
    await arrival();
    // The background is slower than a page that floods.
    const limited = { v: 1, id: MAX_MESSAGES + 1, ok: false, error: { code: 'rate_limited' } };
    background[0]?.send(limited);
    await expect.poll(() => heard.at(-1)).toEqual({ closed: true });
    expect(heard).toContainEqual(limited);
    expect(background[0]).toMatchObject({ disconnected: true });
    expect(background[0]?.received).toHaveLength(most);
  });

  it('joins a bounded number of ports at a time (T-12, Z44)', async () => {
    await inject();
    const ports = Array.from({ length: MAX_PORTS + 5 }, () => openPort());
    for (const { theirs } of ports) page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    expect(background).toHaveLength(MAX_PORTS);
    ports[0]!.mine.postMessage({ closed: true });
    await arrival();
    page.dispatch({ data: HANDSHAKE, ports: [openPort().theirs] });
    expect(background).toHaveLength(MAX_PORTS + 1);
  });

  it('opens one port of the background for each port of the page', async () => {
    await inject();
    for (const { theirs } of [openPort(), openPort()]) {
      page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    }
    expect(background).toHaveLength(2);
  });

  it('closes the page’s end when the background has gone and the browser has not said so yet', async () => {
    await inject();
    const { mine, theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    background[0]!.answer = () => {
      // What Firefox throws between the end of an event page and its `onDisconnect`.
      throw new Error('Attempt to postMessage on disconnected port');
    };
    mine.postMessage({ v: 1, id: 1, call: 'hello', params: {} });
    await arrival();
    expect(heard).toEqual([{ relay: true }, { closed: true }]);
    expect(background[0]?.disconnected).toBe(true);
  });

  it('tells the page when the background closes its end', async () => {
    await inject();
    const { theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    background[0]?.die();
    await arrival();
    expect(heard).toEqual([{ relay: true }, { closed: true }]);
  });

  it('closes the background port when the page closes its end', async () => {
    await inject();
    const { mine, theirs } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    mine.postMessage({ closed: true });
    await arrival();
    expect(background[0]?.disconnected).toBe(true);
    expect(background[0]?.received).toEqual([]);
  });

  it('closes the background’s end when the document is left, and says nothing to what is put away (T-06)', async () => {
    await inject();
    const { theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    page.leave();
    await arrival();
    expect(background[0]?.disconnected).toBe(true);
    expect(heard).toEqual([{ relay: true }]);
  });

  it('tells a document that comes back that its channel is gone', async () => {
    await inject();
    const { theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    page.leave();
    page.show(true);
    await arrival();
    expect(heard).toEqual([{ relay: true }, { closed: true }]);
  });

  it('keeps the channel of a document that is shown for the first time', async () => {
    await inject();
    const { theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    page.show(false);
    await arrival();
    expect(background[0]?.disconnected).toBe(false);
    expect(heard).toEqual([{ relay: true }]);
  });

  it('keeps nothing of a connection that is closed', async () => {
    await inject();
    const [first, second] = [openPort(), openPort()];
    for (const { theirs } of [first, second]) page.dispatch({ data: HANDSHAKE, ports: [theirs] });
    first.mine.postMessage({ closed: true });
    background[1]?.die();
    await arrival();
    expect(page.leaving.size + page.returning.size).toBe(0);
  });

  it('keeps the handshake from the listeners of the page, and nothing else', async () => {
    await inject();
    const stopImmediatePropagation = vi.fn();
    page.dispatch({ data: { other: 1 }, ports: [openPort().theirs], stopImmediatePropagation });
    expect(stopImmediatePropagation).not.toHaveBeenCalled();
    page.dispatch({ data: HANDSHAKE, ports: [openPort().theirs], stopImmediatePropagation });
    expect(stopImmediatePropagation).toHaveBeenCalledOnce();
  });

  it.each([
    ['a synthetic event', { isTrusted: false }],
    ['another window', { source: {} }],
    ['no window', { source: null }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['other data', { data: { 'grantkeeper.other': 1 } }],
    ['text', { data: 'grantkeeper.connect' }],
    ['null', { data: null }],
  ])('takes no port from %s (T-05)', async (_, event) => {
    await inject();
    const { theirs, heard } = openPort();
    page.dispatch({ data: HANDSHAKE, ports: [theirs], ...event });
    await arrival();
    expect(background).toEqual([]);
    expect(heard).toEqual([]);
  });

  it('takes exactly one port', async () => {
    await inject();
    page.dispatch({ data: HANDSHAKE, ports: [] });
    page.dispatch({ data: HANDSHAKE, ports: [openPort().theirs, openPort().theirs] });
    expect(background).toEqual([]);
  });

  it('listens to nobody in a frame (Z5)', async () => {
    await inject({});
    expect(page.listeners).toEqual([]);
  });

  it('is what the page SDK finds the broker through', async () => {
    await inject();
    onConnect = (port) => {
      port.answer = (message) => {
        const { id } = message as PageMessage;
        port.send({ v: 1, id, ack: true });
        port.send({ v: 1, id, ok: true, result: HELLO });
      };
    };
    expect((await findBroker())?.info).toEqual(HELLO);
  });
});
