/** Who is let in, asked of the worker's own listeners: E-OPAQUE, E-FRAMEID, E-OTHEREXT (T-03, T-04, T-07, T-09, Z5). */
import 'fake-indexeddb/auto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Sender } from '../../../src/background/doors/caller.ts';
import { DOCUMENTS } from '../../../src/shared/documents.ts';
import { PAGE_PORT } from '../../../src/shared/page-contract.ts';
import { reportBar } from '../../support/bars.ts';
import { browserPort, EXTENSION_ID } from '../../support/fake-background.ts';

type Listener = (...parts: never[]) => unknown;
const heard = vi.hoisted(() => new Map<string, Listener>());
vi.mock('webextension-polyfill', async () => {
  const { fakePolyfill } = await import('../../support/fake-background.ts');
  return fakePolyfill(heard);
});

beforeAll(async () => {
  vi.stubGlobal('CLIENT_DOCUMENT', '');
  await import('../../../src/background/worker.ts');
});

const PAGE: Sender = {
  url: 'https://site.example/',
  origin: 'https://site.example',
  frameId: 0,
  documentLifecycle: 'active',
  tab: { id: 7, incognito: false },
};
const HELLO = { v: 1, id: 1, call: 'hello', params: {} };

/** Says hello as this sender; resolves what came back: the code, or `served`. */
async function hello(sender: object, event = 'onConnectExternal'): Promise<string> {
  const { port, said, say } = browserPort(PAGE_PORT, sender);
  (heard.get(`runtime.${event}`) as unknown as (port: object) => void)(port);
  say(HELLO);
  await expect.poll(() => said.some((one) => 'ok' in one), { interval: 1 }).toBe(true);
  expect(said.some((one) => 'ack' in one)).toBe(said.at(-1)?.ok === true);
  return said.at(-1)?.error?.code ?? 'served';
}

const servedOf = (ends: readonly unknown[]) => ends.filter((end) => end === 'served').length;

describe('a sender', () => {
  it('without an origin of its own is refused, whatever its URL says (E-OPAQUE, T-03)', async () => {
    expect(await hello(PAGE)).toBe('served');
    const variants: Record<string, Partial<Sender>> = {
      sandbox: { origin: 'null' },
      'sandbox with scripts': { origin: 'null', frameId: 3 },
      'data:': { origin: 'null', url: 'data:text/html,x' },
      'srcdoc in a sandbox': { origin: 'null', url: 'about:srcdoc', frameId: 3 },
      'blob in a sandbox': { origin: 'null', url: 'blob:null/1' },
      'file:': { origin: 'file://', url: 'file:///home/page.html' },
      'javascript:': { origin: undefined, url: 'about:blank' },
      'sandbox by policy': { origin: 'null', url: 'https://site.example/sandboxed' },
    };
    const ends: string[] = [];
    for (const change of Object.values(variants)) ends.push(await hello({ ...PAGE, ...change }));
    expect(ends).toEqual(Array(8).fill('insecure_context'));
    reportBar('E-OPAQUE', { variants: ends.length, served: servedOf(ends) });
  });

  it('that is no active top document is refused, by itself or through the relay (E-FRAMEID, T-04)', async () => {
    const variants: Partial<Sender>[] = [
      { frameId: 1, origin: 'https://other.example', url: 'https://other.example/' },
      { frameId: 1 },
      { frameId: 2, url: 'https://site.example/nested' },
      { frameId: 9, documentLifecycle: 'prerender' },
      { documentLifecycle: 'prerender' },
      { documentLifecycle: 'cached' },
      { documentLifecycle: 'pending_deletion' },
      { frameId: undefined },
    ];
    const ends: string[] = [];
    for (const change of variants) {
      ends.push(await hello({ ...PAGE, ...change }));
      const relayed = { ...PAGE, id: EXTENSION_ID, ...change };
      ends.push(await hello(relayed, 'onConnect'));
    }
    expect(ends).toEqual(Array(16).fill('insecure_context'));
    reportBar('E-FRAMEID', { variants: variants.length, served: servedOf(ends) });
  });

  it('that is another extension gets no answer but that (E-OTHEREXT, T-09)', async () => {
    const other = 'ponmlkjihgfedcbaponmlkjihgfedcba';
    const root = `chrome-extension://${other}/`;
    const door = heard.get('runtime.onMessage') as unknown as (
      message: unknown,
      sender: object,
    ) => Promise<unknown> | undefined;
    const ends: unknown[] = [];
    for (let round = 0; round < 10; round += 1) {
      const tab = { id: 100 + round, incognito: false };
      const page = { ...PAGE, id: other, tab };
      for (const event of ['onConnectExternal', 'onConnect']) {
        ends.push(await hello(page, event));
        ends.push(await hello({ id: other, origin: root.slice(0, -1), url: root }, event));
      }
      const call = { door: 'extension', call: 'grants', params: {} };
      const answer = door(call, { id: other, url: root + DOCUMENTS.popup, frameId: 0 });
      ends.push(answer === undefined ? 'no answer' : 'served');
    }
    const refused = Array(4).fill('insecure_context');
    expect(ends).toEqual(
      Array(10)
        .fill([...refused, 'no answer'])
        .flat(),
    );
    expect([...heard.keys()]).not.toContain('runtime.onMessageExternal');
    reportBar('E-OTHEREXT', { messages: ends.length, served: servedOf(ends) });
  });
});
