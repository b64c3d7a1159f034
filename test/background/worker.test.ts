/** The listeners of the worker: that who asks is checked where it matters, and not only in a function (T-07, T-09). */
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

/** Connects as this sender, and says hello; resolves what is said back. */
async function hello(event: 'onConnect' | 'onConnectExternal', sender: object) {
  const said: { ok?: boolean; error?: { code: string } }[] = [];
  const listening: ((message: unknown) => unknown)[] = [];
  const port = {
    name: PAGE_PORT,
    sender,
    postMessage: (message: { ok?: boolean }) => said.push(message),
    onMessage: {
      addListener: (listener: (message: unknown) => unknown) => listening.push(listener),
    },
    onDisconnect: { addListener: () => undefined },
  };
  (heard.get(`runtime.${event}`) as unknown as (port: object) => void)(port);
  for (const listener of listening) listener({ v: 1, id: 1, call: 'hello', params: {} });
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
});
