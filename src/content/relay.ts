/**
 * Firefox only: pages have no runtime there, so this content script carries what a page says to the background
 * and back. A pipe: it reads nothing, decides nothing and keeps nothing. It is narrow, though: what the background
 * would refuse for its size or its number is not copied there first (Z44). The background knows the page by what
 * the browser attests of this script's port, never by what passes through it.
 */
import { CARRY_PORT, MAX_PART } from '../shared/carry-contract.ts';
import { MAX_MESSAGES, MAX_PORTS, MESSAGE_SPAN } from '../shared/facts/limits.ts';
import { boundPage } from '../shared/facts/plain-message.ts';
import { PAGE_PORT, RELAY_HANDSHAKE } from '../shared/page-contract.ts';

/** The part of `runtime.Port` that is used; the polyfill is for the background and our own pages. */
interface BackgroundPort {
  postMessage(message: unknown): void;
  disconnect(): void;
  onMessage: { addListener(listener: (message: unknown) => void): void };
  onDisconnect: { addListener(listener: () => void): void };
}

declare const browser: { runtime: { connect(options: { name: string }): BackgroundPort } };

/**
 * Only this very document may speak. Do not remove: without `source` a framed page would be served as the page
 * around it, without `isTrusted` a synthetic event could claim any source and origin (T-05).
 */
function isHandshake({ isTrusted, source, origin, data, ports }: MessageEvent): boolean {
  return (
    isTrusted &&
    source === window &&
    origin === location.origin &&
    typeof data === 'object' &&
    data !== null &&
    RELAY_HANDSHAKE in data &&
    ports.length === 1
  );
}

/**
 * Time for what the background says to a page that floods, which hears of it and is not only cut off; milliseconds.
 */
const LAST_WORD = 1000;

/** Ports that are joined now, by the name of their door. */
const joined: Record<string, number> = { [PAGE_PORT]: 0, [CARRY_PORT]: 0 };
/** When the messages that are counted began to come, and how many did. */
let since = 0;
let count = 0;

/** True once this document says more than the background lets its site say, and more than what that tells it so. */
function isFlood(): boolean {
  const now = Date.now();
  if (now < since || now - since >= MESSAGE_SPAN) [since, count] = [now, 0];
  count += 1;
  return count > MAX_MESSAGES + MAX_PORTS;
}

/** On the port of a carried request a page only answers: its first message, then one for each that it got. */
function answersOnly(): { heard(): void; isTooMuch(): boolean } {
  let left = 1;
  return {
    heard: () => {
      left += 1;
    },
    isTooMuch: () => left-- < 1,
  };
}

/** What of a carried request is sent on: its bytes as they are, and the rest as it is bound elsewhere. */
function boundPart(message: unknown): unknown {
  const { body, ...rest } = Object(message) as { body?: unknown };
  // What the page has made is of another realm, so `instanceof` knows none of it.
  if (!ArrayBuffer.isView(body)) return boundPage(message);
  return body.byteLength > MAX_PART ? {} : { ...Object(boundPage(rest)), body };
}

/** The bytes of a message of the background, which are given to the page and not copied for it. */
function bytesOf(message: unknown): Transferable[] {
  const { chunk } = Object(message) as { chunk?: unknown };
  return ArrayBuffer.isView(chunk) ? [chunk.buffer] : [];
}

/**
 * Joins the page's port to a new port of the background; when one end closes, so does the other. Firefox keeps a
 * document that is left alive for the way back, and its question with it (T-06): so the background's end closes at
 * once. The page's end closes when the document comes back, because a message to a document that is being put away
 * makes Firefox throw it away instead.
 */
function join(page: MessagePort, name: string): void {
  const background = browser.runtime.connect({ name });
  joined[name]! += 1;
  let isOpen = true;
  let isHeard = true;
  const measure = name === CARRY_PORT ? answersOnly() : { heard: () => {}, isTooMuch: isFlood };
  const close = () => {
    if (isOpen) joined[name]! -= 1;
    isOpen = false;
    window.removeEventListener('pagehide', leave);
    window.removeEventListener('pageshow', comeBack);
    background.disconnect();
    // Not every browser tells the other end that a port was closed.
    page.postMessage({ closed: true });
    page.close();
  };
  const leave = () => background.disconnect();
  const comeBack = ({ persisted }: PageTransitionEvent) => persisted && close();
  const forward = (message: unknown) => {
    try {
      background.postMessage(name === CARRY_PORT ? boundPart(message) : boundPage(message));
    } catch {
      // The background has gone, and the browser has not said so yet: the page's end closes all the same.
      close();
    }
  };
  window.addEventListener('pagehide', leave);
  window.addEventListener('pageshow', comeBack);
  page.onmessage = ({ data }: MessageEvent<{ closed?: unknown } | null>) => {
    if (!isOpen || !isHeard) return;
    if (data?.closed) return close();
    isHeard = !measure.isTooMuch();
    if (isHeard) forward(data);
    else setTimeout(close, LAST_WORD);
  };
  background.onMessage.addListener((message) => {
    measure.heard();
    page.postMessage(message, bytesOf(message));
  });
  background.onDisconnect.addListener(close);
  page.postMessage({ relay: true });
}

if (window === window.top) {
  window.addEventListener(
    'message',
    (event) => {
      const [port] = event.ports;
      if (!port || !isHandshake(event)) return;
      const data = event.data as Record<string, unknown>;
      // The page's own listeners have no use for it.
      event.stopImmediatePropagation();
      const name = data[RELAY_HANDSHAKE] === CARRY_PORT ? CARRY_PORT : PAGE_PORT;
      const isFull = joined[name]! >= MAX_PORTS || (name === CARRY_PORT && isFlood());
      if (!isFull) join(port, name);
    },
    true,
  );
}
