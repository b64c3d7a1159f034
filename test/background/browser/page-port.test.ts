/** A port before the core is ready, and after it is closed (T-12, Z44). */
import { expect, describe, it, vi } from 'vitest';
import type browser from 'webextension-polyfill';
import { pagePort } from '../../../src/background/browser/page-port.ts';

vi.mock('webextension-polyfill', () => ({ default: { runtime: {} } }));

/** A port of the browser's. */
function open() {
  let hear: (message: unknown) => void = () => undefined;
  let die = () => {};
  let disconnected = 0;
  const port = pagePort({
    postMessage: () => undefined,
    disconnect: () => (disconnected += 1),
    onMessage: { addListener: (listener: typeof hear) => (hear = listener) },
    onDisconnect: { addListener: (listener: typeof die) => (die = listener) },
  } as unknown as browser.Runtime.Port);
  return {
    port,
    say: (message: unknown) => {
      hear(message);
    },
    die: () => {
      die();
    },
    disconnected: () => disconnected,
  };
}

/** What a listener is told that comes now. */
function listen({ port }: ReturnType<typeof open>) {
  const heard: unknown[] = [];
  port.onMessage((message) => heard.push(message));
  return heard;
}

describe('a page’s port', () => {
  it('keeps what comes before anybody listens, in order', () => {
    const page = open();
    for (let id = 1; id <= 256; id += 1) page.say({ id });
    expect(listen(page)).toEqual(Array.from({ length: 256 }, (_, i) => ({ id: i + 1 })));
    expect(page.disconnected()).toBe(0);
  });

  it('is closed when more comes than any page of ours repeats, and keeps none of it (T-12, Z44)', () => {
    const page = open();
    let gone = 0;
    page.port.onClosed(() => (gone += 1));
    for (let id = 1; id <= 1000; id += 1) page.say({ id });
    expect([page.disconnected(), gone]).toEqual([1, 1]);
    expect(listen(page)).toEqual([]);
    page.say({ id: 1001 });
    expect(listen(page)).toEqual([]);
  });

  it('keeps the number alone of what is too much (T-12, Z44)', () => {
    const page = open();
    page.say({ id: 7, params: new Uint8Array(1000) });
    page.say({ id: 8, params: 'x'.repeat(70_000) });
    expect(listen(page)).toEqual([{ id: 7 }, { id: 8 }]);
  });

  it('is heard no more once it is closed from this end', () => {
    const page = open();
    const heard = listen(page);
    page.port.close();
    page.say({ id: 1 });
    expect([heard, page.disconnected()]).toEqual([[], 1]);
  });

  it('says that it has gone to each who asks, also to those who ask later', () => {
    const page = open();
    let gone = 0;
    page.port.onClosed(() => (gone += 1));
    page.die();
    page.port.onClosed(() => (gone += 1));
    expect(gone).toBe(2);
  });
});
