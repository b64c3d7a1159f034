/** What a page can say to the broker without the SDK, over either of the two channels. */
import type { Frame } from 'puppeteer-core';
import { CHANNEL_VERSION, PAGE_PORT, RELAY_HANDSHAKE } from '../src/shared/page-contract.ts';

/** An answer of the broker, as far as it is looked at. */
interface Answer {
  ok?: boolean;
  error?: { code: string };
}

/** How long a relay that is not there is waited for; milliseconds. */
const PATIENCE_MS = 3000;

/**
 * Chrome's channel: a port to the extension itself.
 * @param waits false resolves nothing, as soon as all is sent
 */
export function callOverRuntime(
  frame: Frame,
  extensionId: string,
  messages: readonly unknown[],
  waits = true,
): Promise<string[]> {
  const call = (
    id: string,
    name: string,
    all: readonly unknown[],
    isAwaited: boolean,
  ): Promise<string[]> | [] => {
    const runtime = (globalThis as { chrome?: { runtime?: typeof chrome.runtime } }).chrome
      ?.runtime;
    const one = (message: unknown) =>
      new Promise<string>((resolve) => {
        if (!runtime?.connect) return resolve('no channel');
        const port = runtime.connect(id, { name });
        port.onMessage.addListener(({ ok, error }: Answer) => {
          if (ok !== undefined) resolve(error?.code ?? 'served');
        });
        port.onDisconnect.addListener(() => resolve('no channel'));
        port.postMessage(message);
      });
    const answers = Promise.all(all.map(one));
    return isAwaited ? answers : [];
  };
  return frame.evaluate(call, extensionId, PAGE_PORT, messages, waits);
}

/**
 * Firefox's channel: one end of a MessageChannel, offered to the relay of the same document.
 * @param waits false resolves nothing, as soon as all is sent
 */
export function callOverRelay(
  frame: Frame,
  messages: readonly unknown[],
  waits = true,
): Promise<string[]> {
  const call = (
    handshake: object,
    patience: number,
    all: readonly unknown[],
    isAwaited: boolean,
  ): Promise<string[]> | [] => {
    const one = (message: unknown) =>
      new Promise<string>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data: { ok, error } }: MessageEvent<Answer>) => {
          if (ok !== undefined) resolve(error?.code ?? 'served');
        };
        port1.postMessage(message);
        // A sandboxed document has no origin to name; its message goes to itself all the same.
        window.postMessage(handshake, '*', [port2]);
        setTimeout(() => resolve('no channel'), patience);
      });
    const answers = Promise.all(all.map(one));
    return isAwaited ? answers : [];
  };
  const handshake = { [RELAY_HANDSHAKE]: CHANNEL_VERSION };
  return frame.evaluate(call, handshake, PATIENCE_MS, messages, waits);
}
