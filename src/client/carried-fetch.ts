/**
 * A request that the broker carries (Z26, Z27): a port of its own, on which it goes out in parts and its answer comes
 * in chunks, as fast as the page reads (Z30). Closing the port is the abort. Until the broker has said `sent` it is
 * repeated once; after that nobody sends it again, whatever happens.
 */
import {
  CREDIT_WINDOW,
  MAX_PART,
  type CarriedHead,
  type CarriedMessage,
  type CarryRequest,
} from '../shared/carry-contract.ts';
import type { Channel, OpenChannel } from './channel.ts';
import { failure } from './errors.ts';
import { incomingBody } from './incoming-body.ts';
import { dress } from './response.ts';

/** The broker acknowledges before it does anything else. Milliseconds. */
const ACK_TIMEOUT = 5000;

/** What to send, and how. */
export interface Outgoing extends Omit<CarryRequest, 'v' | 'credit' | 'body' | 'length'> {
  bytes: Uint8Array<ArrayBuffer>;
}

/** The server's answer; or nothing was sent, and the page may do so itself: with a token, or without. */
export type Carried = Response | 'token' | 'nothing';

/**
 * Has one request carried.
 * @throws TypeError whose `cause` is a GrantkeeperError
 * @throws the signal's reason once it is aborted
 */
export async function carry(
  open: OpenChannel,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<Carried> {
  for (let isRepeated = false; ; isRepeated = true) {
    const channel = await open().catch(() => undefined);
    signal.throwIfAborted();
    if (!channel) throw failure('broker_unavailable');
    const carried = await new Promise<Carried | undefined>((resolve, reject) => {
      exchange(channel, outgoing, { signal, resolve, reject });
    });
    if (carried) return carried;
    if (isRepeated) throw failure('interrupted');
  }
}

/** Where the outcome of one port goes: undefined when it was lost before anything was sent. */
interface Outcome {
  signal: AbortSignal;
  resolve(carried: Carried | undefined): void;
  reject(reason: unknown): void;
}

/** The members of a union, each as one that may be there. */
type AnyOf<T> = { [K in T extends unknown ? keyof T : never]?: Extract<T, Record<K, unknown>>[K] };

function exchange(channel: Channel, outgoing: Outgoing, outcome: Outcome): void {
  const { bytes, ...request } = outgoing;
  const { signal, resolve, reject } = outcome;
  let at = 0;
  // Copies, which the channel may give away: the whole is kept for another time.
  const nextPart = (): typeof bytes => bytes.slice(at, (at += MAX_PART));
  const body = incomingBody(
    (credit) => channel.post({ credit }),
    () => end(),
  );
  let isSent = false;
  const end = (error?: unknown): void => {
    clearTimeout(timer);
    channel.close();
    channel.post = channel.onMessage = channel.onClose = signal.onabort = () => {};
    if (error === undefined) return;
    body.fail(error);
    reject(error);
  };
  const lose = (): void => {
    if (!isSent) resolve(undefined);
    end(failure('interrupted'));
  };
  const timer = setTimeout(lose, ACK_TIMEOUT);
  signal.onabort = () => end(signal.reason);
  channel.onClose = lose;
  channel.onMessage = (message) => {
    const said = message as AnyOf<CarriedMessage>;
    if (said.ack) clearTimeout(timer);
    if (said.sent) isSent = true;
    if (said.taken) channel.post({ body: nextPart() });
    if (said.head) resolve(responseOf(said.head, request.url, body.stream));
    if (said.chunk || said.end) body.take(said.chunk as Uint8Array<ArrayBuffer> | undefined);
    if (said.instead) resolve(said.instead);
    if (said.error) end(failure(said.error));
    else if (said.end || said.instead) end();
  };
  const length = bytes.length > MAX_PART && { length: bytes.length };
  // Also without a body: a browser that copies no bytes shows itself by what arrives.
  channel.post({ v: 1, ...request, ...length, credit: CREDIT_WINDOW, body: nextPart() });
}

/** Headers that were left out, each told the developer once. */
const named = new Set<string>();

function responseOf(head: CarriedHead, url: string, stream: ReadableStream): Response {
  const { status, statusText, headers, hasBody, dropped } = head;
  for (const name of dropped) {
    // eslint-disable-next-line no-console -- the server may have needed it, and nothing else says that it is missing
    if (!named.has(name)) console.warn(`Grantkeeper drops the header ${name}.`);
    named.add(name);
  }
  const response = new Response(hasBody ? stream : null, { status, statusText, headers });
  return dress(response, { url, type: 'cors' });
}
