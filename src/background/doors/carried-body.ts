/** The body of a carried answer on its way to the page: as it comes, and only as fast as the page reads (Z30). */
import { Credit, partsOf } from '../../protocol/credit.ts';
import { watchForEcho } from '../../protocol/echo.ts';
import { BrokerError } from '../../shared/errors.ts';

/** Largest answer; bytes. Firefox loads what nobody reads, and tells nobody how much that is. */
export const MAX_ANSWER = 268_435_456;

/** A body, and what must not be in it. */
export interface CarriedBody {
  body: ReadableStream<Uint8Array>;
  contentType: string | null;
  secret?: string | undefined;
  /** Those that were sent before it. */
  former?: readonly string[];
  /** Most that is read of it, in bytes; {@link MAX_ANSWER} if nothing is said. */
  most?: number;
}

/** Where a body goes. */
export interface BodySink {
  /** @throws when the page has gone */
  chunk(bytes: Uint8Array): void;
  /** Resolves after this long, or when the signal is aborted; milliseconds. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** How long the page may leave its window full; milliseconds. */
  patience: number;
  signal: AbortSignal;
}

/** One body under way. */
export class BodyPump {
  readonly #credit: Credit;
  readonly #sink: BodySink;
  /** Wakes the pump when there is credit again. */
  #granted: () => void = () => undefined;

  /** @param credit bytes that the page is ready for at first */
  constructor(credit: number, sink: BodySink) {
    this.#credit = new Credit(credit);
    this.#sink = sink;
  }

  /**
   * Takes what the page has read, in bytes.
   * @throws BrokerError `invalid_request` for more than it can have read
   */
  grant(bytes: number): void {
    if (!this.#credit.grant(bytes)) throw new BrokerError('invalid_request');
    this.#granted();
  }

  /**
   * Passes a body on to its end.
   * @throws BrokerError `network_error` when it breaks off, is too large, holds the credential, or nobody reads it
   */
  async run(carried: CarriedBody): Promise<void> {
    const { body, contentType, secret, former, most = MAX_ANSWER } = carried;
    const watch = watchForEcho(secret, contentType, former);
    const reader = body.getReader();
    let total = 0;
    try {
      for (;;) {
        await this.#waitForCredit();
        const { done, value } = await reader.read();
        if (done) return;
        total += value.byteLength;
        if (total > most) throw ended('oversized');
        if (watch?.sees(value)) throw ended('credential_returned');
        await this.#send(value);
      }
    } catch (error) {
      // The server must not go on for a page that gets no more of it.
      await reader.cancel().catch(() => undefined);
      if (this.#sink.signal.aborted) throw new BrokerError('aborted', { cause: error });
      throw error instanceof BrokerError ? error : ended('unreachable', error);
    }
  }

  /** A browser gives as much at a time as it has, so a part may have to wait as well. */
  async #send(value: Uint8Array): Promise<void> {
    for (const part of partsOf(value)) {
      await this.#waitForCredit();
      this.#sink.chunk(part);
      this.#credit.sent(part.byteLength);
    }
  }

  async #waitForCredit(): Promise<void> {
    const { signal, patience, pause } = this.#sink;
    signal.throwIfAborted();
    if (this.#credit.maySend) return;
    const granted = new Promise<true>((resolve) => {
      this.#granted = () => {
        resolve(true);
      };
    });
    // Thousands of these waits in one body must not leave thousands of timers behind.
    const isOver = new AbortController();
    const waited = pause(patience, AbortSignal.any([signal, isOver.signal])).then(() => false);
    const isGranted = await Promise.race([granted, waited]);
    isOver.abort();
    signal.throwIfAborted();
    if (!isGranted) throw ended('unread');
  }
}

function ended(
  reason: 'oversized' | 'unreachable' | 'credential_returned' | 'unread',
  cause?: unknown,
): BrokerError {
  return new BrokerError('network_error', { detail: { reason }, cause });
}
