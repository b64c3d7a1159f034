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
import { channelError, failure, GrantkeeperError } from './errors.ts';
import { IncomingBody } from './incoming-body.ts';
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
    if (!channel) throw failure(channelError('broker_unavailable'));
    const carried = await new Promise<Carried | undefined>((resolve, reject) => {
      new Carrying(channel, outgoing, { signal, resolve, reject }).start();
    });
    if (carried) return carried;
    if (isRepeated) throw failure(channelError('interrupted'));
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

class Carrying {
  readonly #channel: Channel;
  readonly #outgoing: Outgoing;
  readonly #outcome: Outcome;
  readonly #body: IncomingBody;
  /** How much of the request's body has gone. */
  #at = 0;
  #isSent = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(channel: Channel, outgoing: Outgoing, outcome: Outcome) {
    this.#channel = channel;
    this.#outgoing = outgoing;
    this.#outcome = outcome;
    const grant = (credit: number): void => channel.post({ credit });
    this.#body = new IncomingBody(grant, () => this.#end());
  }

  start(): void {
    const { signal, reject } = this.#outcome;
    const { bytes, ...request } = this.#outgoing;
    if (signal.aborted) return this.#abort();
    this.#timer = setTimeout(this.#lose, ACK_TIMEOUT);
    signal.addEventListener('abort', this.#abort);
    this.#channel.onClose = this.#lose;
    this.#channel.onMessage = (message) => this.#hear(message as AnyOf<CarriedMessage>);
    try {
      const length = bytes.length > MAX_PART ? { length: bytes.length } : {};
      const credit = CREDIT_WINDOW;
      // Also where there is none: a browser that copies no bytes shows itself by what arrives.
      this.#channel.post({ v: 1, ...request, ...length, credit, body: this.#nextPart() });
    } catch (error) {
      this.#end();
      reject(error);
    }
  }

  #hear({ ack, sent, taken, instead, head, chunk, end, error }: AnyOf<CarriedMessage>): void {
    const { resolve } = this.#outcome;
    if (ack) clearTimeout(this.#timer);
    this.#isSent ||= !!(sent || head);
    if (taken && this.#at < this.#outgoing.bytes.length) {
      this.#channel.post({ body: this.#nextPart() });
    }
    if (head) resolve(responseOf(head, this.#outgoing.url, this.#body.stream));
    if (chunk) this.#body.take(chunk as Uint8Array<ArrayBuffer>);
    if (end) this.#body.finish();
    if (instead) resolve(instead);
    if (end || instead) this.#end();
    if (error) this.#end(failure(new GrantkeeperError(error)));
  }

  /** A copy, which the channel may give away: the whole is kept for another time. */
  #nextPart(): Uint8Array<ArrayBuffer> {
    const from = this.#at;
    this.#at += MAX_PART;
    return this.#outgoing.bytes.slice(from, this.#at);
  }

  #abort = (): void => this.#end(this.#outcome.signal.reason);

  #lose = (): void => {
    if (!this.#isSent) this.#outcome.resolve(undefined);
    this.#end(failure(channelError('interrupted')));
  };

  #end(error?: unknown): void {
    clearTimeout(this.#timer);
    this.#outcome.signal.removeEventListener('abort', this.#abort);
    this.#channel.onMessage = this.#channel.onClose = () => {};
    this.#channel.close();
    if (error === undefined) return;
    this.#body.fail(error);
    this.#outcome.reject(error);
  }
}

function responseOf(head: CarriedHead, url: string, stream: ReadableStream): Response {
  const { status, statusText, headers, hasBody } = head;
  const body = hasBody ? stream : null;
  return dress(new Response(body, { status, statusText, headers }), url, 'cors', false);
}
