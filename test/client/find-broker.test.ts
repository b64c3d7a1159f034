import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXTENSION_IDS } from '../../src/client/extension-ids.ts';
import { findBroker } from '../../src/client/index.ts';
import type { PageMessage } from '../../src/shared/page-contract.ts';
import { FakeWindow } from './fake-window.ts';
import { HELLO, refusal } from './fake-broker.ts';

const [DEVELOPMENT_ID = ''] = EXTENSION_IDS;
const ORIGIN = 'https://app.example';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What an extension does with a message of the page: answers, or nothing. */
type Extension = (message: PageMessage, reply: (answer: unknown) => void) => void;

const welcoming: Extension = ({ id }, reply) => {
  reply({ v: 1, id, ack: true });
  reply({ v: 1, id, ok: true, result: HELLO });
};

class FakeRuntime {
  readonly connected: string[] = [];
  readonly portNames: string[] = [];
  lastErrorReads = 0;
  readonly #installed: Record<string, Extension>;

  constructor(installed: Record<string, Extension>) {
    this.#installed = installed;
  }

  get lastError(): { message: string } {
    this.lastErrorReads++;
    return { message: 'Could not establish connection. Receiving end does not exist.' };
  }

  connect(id: string, { name }: { name: string }): unknown {
    if (!/^[a-p]{32}$/.test(id)) throw new TypeError(`Invalid extension id: '${id}'`);
    this.connected.push(id);
    this.portNames.push(name);
    const extension = this.#installed[id];
    const listeners: ((message: unknown) => void)[] = [];
    return {
      postMessage: (message: PageMessage) =>
        extension?.(message, (answer) =>
          setImmediate(() => listeners.forEach((listener) => listener(answer))),
        ),
      disconnect: () => {},
      onMessage: { addListener: (listener: () => void) => listeners.push(listener) },
      onDisconnect: {
        addListener: (listener: () => void) => extension ?? setImmediate(listener),
      },
    };
  }
}

function installChrome(
  installed: Record<string, Extension>,
  page = new FakeWindow(ORIGIN),
): FakeRuntime {
  const runtime = new FakeRuntime(installed);
  vi.stubGlobal('window', page);
  vi.stubGlobal('chrome', { runtime });
  return runtime;
}

describe('where pages have chrome.runtime', () => {
  it('finds the broker behind the known id, on the port of the page door', async () => {
    const runtime = installChrome({ [DEVELOPMENT_ID]: welcoming });
    expect((await findBroker())?.info).toEqual(HELLO);
    expect(runtime.connected).toEqual([DEVELOPMENT_ID]);
    expect(runtime.portNames).toEqual(['grantkeeper.page']);
  });

  it('carries requests on ports of their own, whose streams end in a page that comes back (Z27)', async () => {
    const url = 'https://mcp.example/mcp';
    const page = new FakeWindow(ORIGIN);
    const info = { ...HELLO, features: { fetch: '1.0' }, held: [{ url, carried: true }] };
    const head = { status: 200, statusText: '', headers: [], hasBody: true, dropped: [] };
    const runtime = installChrome(
      {
        [DEVELOPMENT_ID]: (message, reply) => {
          const { id } = message;
          if (!('url' in message)) {
            reply({ v: 1, id, ack: true });
            return reply({ v: 1, id, ok: true, result: info });
          }
          for (const said of [{ ack: true }, { sent: true }, { head }]) reply(said);
          reply({ chunk: Uint8Array.of(1) });
        },
      },
      page,
    );
    const broker = await findBroker();
    const reader = (await broker!.fetch(url)).body!.getReader();
    expect((await reader.read()).value).toEqual(Uint8Array.of(1));
    expect(runtime.portNames).toEqual(['grantkeeper.page', 'grantkeeper.fetch']);
    page.show(true);
    await expect(reader.read()).rejects.toMatchObject({
      name: 'TypeError',
      cause: { code: 'interrupted' },
    });
  });

  it('goes on to the next id when one is unknown, and leaves no unread error behind', async () => {
    const unknown = 'a'.repeat(32);
    const runtime = installChrome({ [DEVELOPMENT_ID]: welcoming });
    expect(await findBroker({ extensionIds: [unknown] })).toBeDefined();
    expect(runtime.connected).toEqual([unknown, DEVELOPMENT_ID]);
    expect(runtime.lastErrorReads).toBe(1);
  });

  it('goes on to the next id when one is not well-formed', async () => {
    installChrome({ [DEVELOPMENT_ID]: welcoming });
    expect(await findBroker({ extensionIds: ['not an id'] })).toBeDefined();
  });

  it('resolves with undefined when no id is installed', async () => {
    const runtime = installChrome({});
    expect(await findBroker()).toBeUndefined();
    expect(runtime.connected).toEqual([DEVELOPMENT_ID]);
  });

  it('resolves with undefined when an extension takes the port and does not acknowledge', async () => {
    installChrome({ [DEVELOPMENT_ID]: () => {} });
    const start = performance.now();
    expect(await findBroker({ timeout: 30 })).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(400);
  });

  it('waits five seconds for an extension that keeps the port open, as in a busy browser', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const late = (after: number): Extension => {
      return (message, reply) => setTimeout(() => welcoming(message, reply), after);
    };
    installChrome({ [DEVELOPMENT_ID]: late(4900) });
    const found = findBroker();
    await vi.advanceTimersByTimeAsync(4900);
    expect((await found)?.info).toEqual(HELLO);
    installChrome({ [DEVELOPMENT_ID]: late(5100) });
    const missed = findBroker();
    await vi.advanceTimersByTimeAsync(5100);
    expect(await missed).toBeUndefined();
  });

  it('waits for a broker that has acknowledged', async () => {
    installChrome({
      [DEVELOPMENT_ID]: ({ id }, reply) => {
        reply({ v: 1, id, ack: true });
        setTimeout(() => reply({ v: 1, id, ok: true, result: HELLO }), 80);
      },
    });
    expect(await findBroker({ timeout: 30 })).toBeDefined();
  });

  it('rejects when there is a broker and it refuses this page', async () => {
    installChrome({
      [DEVELOPMENT_ID]: ({ id }, reply) =>
        reply({ v: 1, id, ok: false, error: refusal('insecure_context') }),
    });
    await expect(findBroker()).rejects.toMatchObject({ code: 'insecure_context' });
  });

  it('opens its channel again in a page that comes back from where the browser kept it, and then only', async () => {
    const page = new FakeWindow(ORIGIN);
    const runtime = installChrome({ [DEVELOPMENT_ID]: welcoming }, page);
    const broker = await findBroker();
    page.show(false);
    await broker?.permission('https://mcp.example/');
    expect(runtime.connected).toHaveLength(1);
    page.show(true);
    await broker?.permission('https://mcp.example/');
    expect(runtime.connected).toHaveLength(2);
    expect(page.returning.size).toBe(1);
  });

  it('knows the id that the key in the manifest gives the development build', async () => {
    const manifest = JSON.parse(
      await readFile(new URL('../../manifest.json', import.meta.url), 'utf8'),
    ) as { key: string };
    const hash = createHash('sha256').update(Buffer.from(manifest.key, 'base64')).digest('hex');
    const letters = [...hash.slice(0, 32)].map((digit) => 'abcdefghijklmnop'[parseInt(digit, 16)]);
    expect(EXTENSION_IDS).toContain(letters.join(''));
  });
});

it('opens nothing where there is no window', async () => {
  let opened = 0;
  vi.stubGlobal(
    'MessageChannel',
    class {
      port1 = {};
      port2 = {};
      constructor() {
        opened++;
      }
    },
  );
  expect(await findBroker({ timeout: 1 })).toBeUndefined();
  expect(opened).toBe(0);
});

describe('where pages have no runtime', () => {
  let page: FakeWindow;
  const ports: MessagePort[] = [];

  beforeEach(() => {
    page = new FakeWindow(ORIGIN);
    vi.stubGlobal('window', page);
    vi.stubGlobal('location', { origin: ORIGIN });
  });
  afterEach(() => {
    for (const port of ports.splice(0)) port.close();
  });

  /** A relay that answers, with this extension behind it. */
  const relay = (extension: Extension): void => {
    page.listeners.push((event) => {
      const { data, ports: given } = event as { data: object; ports: MessagePort[] };
      const [port] = given;
      if (!port || !('grantkeeper.connect' in data)) throw new Error('not a handshake');
      ports.push(port);
      port.onmessage = ({ data: message }) => {
        const answer = (reply: unknown): void => port.postMessage(reply);
        extension(message as PageMessage, answer);
      };
      port.postMessage({ relay: true });
    });
  };

  it('finds the broker behind the relay, and addresses nobody but this origin', async () => {
    relay(welcoming);
    expect((await findBroker())?.info).toEqual(HELLO);
    expect(page.targets).toEqual([ORIGIN]);
  });

  it('resolves with undefined when no relay answers', async () => {
    const start = performance.now();
    expect(await findBroker({ timeout: 30 })).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(400);
  });

  it('waits half a second for a relay, and five for the broker behind one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const absent = findBroker();
    await vi.advanceTimersByTimeAsync(500);
    expect(await absent).toBeUndefined();
    relay((message, reply) => setTimeout(() => welcoming(message, reply), 4900));
    const found = findBroker();
    // Ports of Node answer with its own timers.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await vi.advanceTimersByTimeAsync(4900);
    expect((await found)?.info).toEqual(HELLO);
  });

  it('keeps the port for as long as the page lives', async () => {
    relay((message, reply) =>
      'call' in message && message.call === 'hello'
        ? welcoming(message, reply)
        : reply({ v: 1, id: message.id, ok: true, result: { released: true } }),
    );
    const broker = await findBroker({ timeout: 30 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await broker?.release('https://mcp.example/')).toEqual({ released: true });
    expect(ports).toHaveLength(1);
  });

  it('says nothing through a port that the relay has not taken', async () => {
    const heard: unknown[] = [];
    page.listeners.push((event) => {
      const [port] = (event as { ports: MessagePort[] }).ports;
      if (!port) throw new Error('no port');
      ports.push(port);
      port.onmessage = ({ data }) => heard.push(data);
      port.postMessage({ something: 'else' });
    });
    expect(await findBroker({ timeout: 30 })).toBeUndefined();
    expect(heard).toEqual([]);
  });

  it('gives the port back when the broker refuses this page', async () => {
    const heard: unknown[] = [];
    relay((message, reply) => {
      heard.push(message);
      reply({ v: 1, id: message.id, ok: false, error: refusal('insecure_context') });
    });
    await expect(findBroker()).rejects.toMatchObject({ code: 'insecure_context' });
    await expect.poll(() => heard[1]).toEqual({ closed: true });
  });

  it('resolves with undefined when there is a relay and no broker behind it', async () => {
    relay(() => {});
    expect(await findBroker({ timeout: 30 })).toBeUndefined();
  });

  it('hands over a new port when the relay says that the background is gone', async () => {
    let answers = 0;
    relay((message, reply) => {
      if ('call' in message && message.call === 'hello') return welcoming(message, reply);
      reply({ v: 1, id: message.id, ack: true });
      if (++answers === 1) return reply({ closed: true });
      reply({ v: 1, id: message.id, ok: true, result: { released: true } });
    });
    const broker = await findBroker();
    expect(await broker?.release('https://mcp.example/')).toEqual({ released: true });
    expect(ports).toHaveLength(2);
  });

  it('resolves with undefined where the origin is opaque', async () => {
    vi.stubGlobal('location', { origin: 'null' });
    page.postMessage = () => {
      throw new DOMException('Invalid target origin', 'SyntaxError');
    };
    expect(await findBroker({ timeout: 30 })).toBeUndefined();
  });
});

describe('in a page that is prerendered', () => {
  const prerendered = (): { document: EventTarget & { prerendering: boolean }; show(): void } => {
    const document = Object.assign(new EventTarget(), { prerendering: true });
    vi.stubGlobal('document', document);
    return {
      document,
      show() {
        document.prerendering = false;
        document.dispatchEvent(new Event('prerenderingchange'));
      },
    };
  };

  it('waits until the page is shown, and asks nobody before (MetaMask#17167)', async () => {
    const runtime = installChrome({ [DEVELOPMENT_ID]: welcoming });
    const { show } = prerendered();
    let found: unknown = 'not yet';
    const finding = findBroker().then((broker) => (found = broker));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(found).toBe('not yet');
    expect(runtime.connected).toEqual([]);
    show();
    await finding;
    expect(found).toMatchObject({ info: HELLO });
    expect(runtime.connected).toEqual([DEVELOPMENT_ID]);
  });

  it.each([false, undefined])(
    'waits for nothing where prerendering is %s',
    async (prerendering) => {
      installChrome({ [DEVELOPMENT_ID]: welcoming });
      Object.assign(prerendered().document, { prerendering });
      expect(await findBroker()).toBeDefined();
    },
  );
});
