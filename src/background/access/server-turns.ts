/**
 * The order in which requests of all sites go to a server whose connections are few (Z32). Those that may not go yet
 * wait here, where they cost nobody a connection; the browser's own queue would not know whose they are.
 */
import { mayConnect, type Connection } from '../../protocol/stream-limits.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';

/** Longest wait for a turn; milliseconds. Nothing was sent by then, so it takes nothing from the server's own time. */
const LONGEST_WAIT = 300_000;

export class ServerTurns {
  readonly #pause: Ports['pause'];
  /** Whether a server takes many requests over one connection. */
  readonly #isWide: (server: string) => boolean;
  readonly #open = new Set<Connection>();
  /** In the order in which they came, each with what lets it go. */
  readonly #waiting = new Map<Connection, () => void>();

  constructor(pause: Ports['pause'], isWide: (server: string) => boolean) {
    this.#pause = pause;
    this.#isWide = isWide;
  }

  /**
   * Waits for a turn.
   * @returns gives it back; a second time does nothing
   * @throws BrokerError `rate_limited` after the longest wait; `aborted` by the signal
   */
  async take(wanted: Connection, signal: AbortSignal): Promise<() => void> {
    const turn = { ...wanted };
    if (!this.#begin(turn)) await this.#wait(turn, signal);
    return () => {
      if (this.#open.delete(turn)) this.next();
    };
  }

  /** Lets go who may go now; to be called as well when more is known of a server. */
  next(): void {
    for (const [turn, go] of this.#waiting) if (this.#begin(turn)) go();
  }

  #begin(turn: Connection): boolean {
    const isFree = this.#isWide(turn.server) || mayConnect(turn, [...this.#open]);
    if (isFree) {
      this.#open.add(turn);
      this.#waiting.delete(turn);
    }
    return isFree;
  }

  async #wait(turn: Connection, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(turn, resolve);
        const end = (code: 'aborted' | 'rate_limited') => {
          reject(new BrokerError(code));
        };
        signal.addEventListener('abort', () => end('aborted'), { signal: over.signal });
        void this.#pause(LONGEST_WAIT, over.signal).then(() => end('rate_limited'));
      });
    } finally {
      this.#waiting.delete(turn);
      over.abort();
    }
  }
}
