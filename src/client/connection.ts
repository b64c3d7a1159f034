/**
 * Numbered calls over a channel that may be lost at any time: browsers stop an extension's worker after half
 * a minute of silence. The next call opens the channel again; a call that was waiting is repeated, which every
 * call of the page door allows (getToken, permission, hello and release are idempotent).
 */
import {
  type BrokerMessage,
  type PageCall,
  type PageCalls,
  type PageEvent,
  type PageMessage,
  CHANNEL_VERSION,
} from '../shared/page-contract.ts';
import type { Channel, OpenChannel } from './channel.ts';
import { channelError, GrantkeeperError, type ChannelFailure } from './errors.ts';

/**
 * The broker acknowledges before it does anything else, so this has to cover a cold start, and a browser that is busy:
 * while another page floods the broker, Chromium itself holds a message up for seconds. Milliseconds.
 */
const ACK_TIMEOUT = 5000;

/**
 * A channel that lasted this long was lost to the browser's housekeeping (a worker is stopped after half a
 * minute of silence, also while the user reads a prompt), not to a broker that fails. Milliseconds.
 */
const LASTED = 10_000;

/** A broker that has had too much of this site closes its channels. This is waited before a third. Milliseconds. */
const BACK_OFF = 5000;

/** How one call is made. */
export interface CallOptions {
  /** Withdraws the call: the broker is told, the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds until the broker must have acknowledged. An acknowledged call never times out. */
  ackTimeout?: number;
  /** How often the call is made again, when its channel is lost or nothing is acknowledged there. */
  repeats?: number;
}

interface PendingCall {
  message: PageMessage;
  ackTimeout: number;
  repeats: number;
  timer?: ReturnType<typeof setTimeout>;
  /** Either one ends the call. */
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

/** A page's connection to one broker. */
export class Connection {
  /** Something changed for this origin (told while a channel is open). */
  onEvent: (event: PageEvent) => void = () => {};
  /** The channel is gone: from here on events are missed until it is open again. */
  onLost: () => void = () => {};
  readonly #open: OpenChannel;
  readonly #pending = new Map<number, PendingCall>();
  #channel: Channel | undefined;
  #opening: Promise<Channel | undefined> | undefined;
  #openedAt = 0;
  /** Channels in a row that were closed before anything was acknowledged. */
  #refused = 0;
  #lastId = 0;

  constructor(open: OpenChannel) {
    this.#open = open;
  }

  /** Whether a channel is open, as far as is known. */
  get isOpen(): boolean {
    return !!this.#channel;
  }

  /**
   * Makes one call.
   * @throws GrantkeeperError with the broker's code; `broker_unavailable` when nobody acknowledges it, twice;
   * `interrupted` when the channel is lost for the second time or cannot be opened again
   * @throws the signal's reason (an `AbortError` DOMException by default) once it is aborted
   */
  call<C extends PageCall>(
    call: C,
    params: PageCalls[C]['params'],
    { signal, ackTimeout = ACK_TIMEOUT, repeats = 1 }: CallOptions = {},
  ): Promise<PageCalls[C]['result']> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const id = ++this.#lastId;
      const abort = (): void => {
        pending.reject(signal?.reason);
        this.#withdraw(id);
      };
      const ending =
        (settle: (value: never) => void) =>
        (value: unknown): void => {
          this.#pending.delete(id);
          clearTimeout(pending.timer);
          signal?.removeEventListener('abort', abort);
          settle(value as never);
        };
      const pending: PendingCall = {
        message: { v: CHANNEL_VERSION, id, call, params },
        ackTimeout,
        repeats,
        resolve: ending(resolve),
        reject: ending(reject),
      };
      signal?.addEventListener('abort', abort);
      this.#pending.set(id, pending);
      void this.#send(pending, 'broker_unavailable');
    });
  }

  /** Gives up the channel and every call that still waits. */
  close(): void {
    for (const pending of this.#pending.values()) fail(pending, 'interrupted');
    this.#channel?.close();
    this.#channel = this.#opening = undefined;
  }

  async #send(pending: PendingCall, unreachable: ChannelFailure): Promise<void> {
    const channel = await (this.#opening ??= this.#openChannel());
    if (!this.#pending.has(pending.message.id)) return;
    if (!channel) return fail(pending, unreachable);
    // Lost between being opened and now: #lost has already sent the call again.
    if (channel !== this.#channel) return;
    pending.timer = setTimeout(() => {
      // Firefox tells nobody that the relay has gone with its extension: nothing comes through here any more.
      channel.close();
      this.#lost(channel, 'broker_unavailable');
    }, pending.ackTimeout);
    try {
      channel.post(pending.message);
    } catch (error) {
      pending.reject(error);
    }
  }

  /** So that no prompt stays open for somebody who has left. */
  #withdraw(id: number): void {
    try {
      this.#channel?.post({ v: CHANNEL_VERSION, id, cancel: true });
    } catch {
      // A port that is closed already has nobody at its end.
    }
  }

  async #openChannel(): Promise<Channel | undefined> {
    if (this.#refused > 1) await new Promise((resolve) => setTimeout(resolve, BACK_OFF));
    const channel = await this.#open().catch(() => undefined);
    if (channel) {
      this.#openedAt = Date.now();
      channel.onMessage = (message) => this.#receive(message as BrokerMessage | null);
      channel.onClose = () => this.#lost(channel);
    } else {
      this.#opening = undefined;
    }
    return (this.#channel = channel);
  }

  #receive(message: BrokerMessage | null): void {
    if (message?.v !== CHANNEL_VERSION) return;
    if ('event' in message) return this.onEvent(message.event);
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if ('ack' in message) {
      this.#refused = 0;
      return clearTimeout(pending.timer);
    }
    if (message.ok) pending.resolve(message.result);
    else pending.reject(new GrantkeeperError(message.error));
  }

  /** @param code what a call ends with that was made again before */
  #lost(channel: Channel, code: ChannelFailure = 'interrupted'): void {
    if (channel !== this.#channel) return;
    this.#channel = this.#opening = undefined;
    const lasted = code === 'interrupted' && Date.now() - this.#openedAt >= LASTED;
    this.#refused++;
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      if (lasted || pending.repeats-- > 0) void this.#send(pending, code);
      else fail(pending, code);
    }
    this.onLost();
  }
}

function fail(pending: PendingCall, code: ChannelFailure): void {
  pending.reject(channelError(code));
}
