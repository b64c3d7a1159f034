/** The listeners of the worker: that who asks is checked where it matters, and not only in a function (T-07, T-09). */
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT as ROOT_FOLDER } from '../../scripts/set-up.mjs';
import { DOCUMENTS } from '../../src/shared/documents.ts';
import { PAGE_PORT } from '../../src/shared/page-contract.ts';
import { type ExtensionReply } from '../../src/shared/document-contract.ts';

type Listener = (...parts: never[]) => unknown;

/** The listeners that the worker registers, by event. */
const heard = vi.hoisted(() => new Map<string, Listener>());
const ID = 'abcdefghijklmnopabcdefghijklmnop';
const ROOT = `chrome-extension://${ID}/`;

vi.mock('webextension-polyfill', () => {
  const event = (name: string) => ({
    addListener: (listener: Listener) => heard.set(name, listener),
    removeListener: () => undefined,
  });
  const room = (name: string): unknown =>
    new Proxy(() => undefined, {
      get: (_target, member) => {
        const whole = `${name}.${String(member)}`;
        if (member === 'then') return undefined;
        if (whole === 'runtime.id') return 'abcdefghijklmnopabcdefghijklmnop';
        if (/^on[A-Z]/.test(String(member))) return event(whole);
        return room(whole);
      },
      apply: () => {
        if (name === 'runtime.getURL')
          return 'chrome-extension://abcdefghijklmnopabcdefghijklmnop/';
        if (name === 'runtime.getManifest') return { version: '0.0.0' };
        if (name.startsWith('declarativeNetRequest.get')) return Promise.resolve([]);
        return Promise.resolve(undefined);
      },
    });
  const browser = new Proxy({}, { get: (_target, name) => room(String(name)) });
  return { default: browser };
});

beforeAll(async () => {
  vi.stubGlobal('CLIENT_DOCUMENT', '');
  await import('../../src/background/worker.ts');
});
afterAll(() => {
  vi.unstubAllGlobals();
});

/** What the extension door says to a sender; undefined when it does not listen. */
function toDoor(sender: object): Promise<ExtensionReply> | undefined {
  const listener = heard.get('runtime.onMessage') as unknown as (
    message: unknown,
    sender: object,
  ) => Promise<ExtensionReply> | undefined;
  return listener({ door: 'extension', call: 'settings', params: {} }, sender);
}

const DOCUMENT = { id: ID, url: ROOT + DOCUMENTS.popup, frameId: 0 };

describe('the extension door', () => {
  it('serves our own documents', async () => {
    for (const path of Object.values(DOCUMENTS)) {
      const reply = await toDoor({ ...DOCUMENT, url: `${ROOT}${path}?a=1#b` });
      expect(reply).toMatchObject({ ok: true, result: { developerMode: false } });
    }
  });

  it.each([
    ['a content script, which has our id', { url: 'https://site.example/' }],
    ['another extension', { id: 'ponmlkjihgfedcbaponmlkjihgfedcba' }],
    ['a document of ours in a frame', { frameId: 3 }],
    ['a file of ours that is no document', { url: `${ROOT}worker.js` }],
    ['nobody', { id: undefined, url: undefined }],
  ])('does not answer %s (Z6, T-07)', (_who, change) => {
    expect(toDoor({ ...DOCUMENT, ...change })).toBeUndefined();
  });
});

type Event = 'onConnect' | 'onConnectExternal';

/** Connects as this sender. */
function connect(event: Event, sender: object, name: string = PAGE_PORT) {
  const said: { ok?: boolean; error?: { code: string } }[] = [];
  const listening: ((message: unknown) => unknown)[] = [];
  let closed = 0;
  const port = {
    name,
    sender,
    postMessage: (message: { ok?: boolean }) => said.push(message),
    disconnect: () => (closed += 1),
    onMessage: {
      addListener: (listener: (message: unknown) => unknown) => listening.push(listener),
    },
    onDisconnect: { addListener: () => undefined },
  };
  (heard.get(`runtime.${event}`) as unknown as (port: object) => void)(port);
  const say = (message: unknown) => {
    for (const listener of listening) listener(message);
  };
  return { said, say, isClosed: () => closed > 0 };
}

const HELLO = { v: 1, id: 1, call: 'hello', params: {} };

/** Connects as this sender, and says hello; resolves what is said back. */
async function hello(event: Event, sender: object) {
  const { said, say } = connect(event, sender);
  say(HELLO);
  await expect.poll(() => said.some((message) => 'ok' in message)).toBe(true);
  const { ok, error } = said.find((message) => 'ok' in message)!;
  return ok ? 'served' : error?.code;
}

describe('the page door', () => {
  const PAGE = {
    url: 'https://site.example/',
    origin: 'https://site.example',
    frameId: 0,
    documentLifecycle: 'active',
    tab: { id: 7, incognito: false },
  };

  it('serves a page that connects itself, and our relay, which speaks for one (Z5)', async () => {
    expect(await hello('onConnectExternal', PAGE)).toBe('served');
    expect(await hello('onConnect', { ...PAGE, id: ID })).toBe('served');
  });

  it.each([
    ['another extension', { id: 'ponmlkjihgfedcbaponmlkjihgfedcba' }],
    ['a frame', { frameId: 1 }],
    ['an opaque origin', { origin: 'null' }],
    ['a private window', { tab: { id: 7, incognito: true } }],
  ])('refuses %s (T-03, T-09)', async (_who, change) => {
    expect(await hello('onConnectExternal', { ...PAGE, ...change })).toBe('insecure_context');
  });

  it.each([
    ['another extension', { id: 'ponmlkjihgfedcbaponmlkjihgfedcba' }],
    ['a page without a relay', {}],
    ['a frame', { id: ID, frameId: 1 }],
    ['a document of ours', { id: ID, url: ROOT + DOCUMENTS.popup, origin: ROOT.slice(0, -1) }],
  ])('takes %s for no relay of ours (T-05, T-09)', async (_who, change) => {
    const answer = await hello('onConnect', { ...PAGE, ...change });
    expect(answer).toBe(_who === 'a page without a relay' ? 'served' : 'insecure_context');
  });

  it('closes a port of any other name, unheard', async () => {
    const port = connect('onConnectExternal', PAGE, 'another.port');
    port.say(HELLO);
    expect(port.isClosed()).toBe(true);
    await hello('onConnectExternal', PAGE);
    expect(port.said).toEqual([]);
  });

  it('answers who is refused a few times, and closes (T-12, Z44)', () => {
    const port = connect('onConnectExternal', { ...PAGE, frameId: 1 });
    for (let id = 1; id <= 100; id += 1) port.say({ ...HELLO, id });
    expect(port.said.length).toBe(8);
    expect(port.isClosed()).toBe(true);
  });

  it('lets a frame that is refused use up nothing of the page around it (T-12, Z44)', async () => {
    const page = { ...PAGE, origin: 'https://around.example', tab: { id: 8, incognito: false } };
    const frames = Array.from({ length: 200 }, () =>
      connect('onConnectExternal', { ...page, frameId: 1 }),
    );
    expect(frames.filter((port) => port.isClosed()).length).toBeGreaterThanOrEqual(100);
    expect(await hello('onConnectExternal', page)).toBe('served');
  });
});

describe('the worker', () => {
  it('listens to nothing that another extension may send it (T-09)', () => {
    const external = [...heard.keys()].filter((name) => /External/.test(name));
    expect(external).toEqual(['runtime.onConnectExternal']);
  });

  it('has frozen what every object inherits from (T-31)', () => {
    const prototypes = [Object, Array, Function, Promise, Map, Set, String, Number, RegExp].map(
      ({ prototype }) => prototype as object,
    );
    expect(prototypes.map((one) => Object.isFrozen(one))).toEqual(prototypes.map(() => true));
    expect(() => Object.assign(Object.prototype, { polluted: 1 })).toThrow(TypeError);
    expect('polluted' in {}).toBe(false);
  });

  it('does that before it does anything else, and so does every document of ours (T-31)', () => {
    const scripts = Object.values(DOCUMENTS).map((path) => path.replace(/\.html$/, '.tsx'));
    const firsts = ['src/background/worker.ts', ...scripts].map((file) => {
      const source = readFileSync(path.join(ROOT_FOLDER, file), 'utf8');
      return /^import .*$/m.exec(source)?.[0].replace(/(\.\.\/)+/, '');
    });
    expect(firsts).toEqual(firsts.map(() => "import 'shared/frozen.ts';"));
  });
});
