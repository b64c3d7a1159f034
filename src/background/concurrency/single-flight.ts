/** One piece of work at a time for one key, shared by all who want it. */

/** Work in progress: every caller that joins gets the same outcome. */
export interface Flight<T> {
  readonly work: T;
  readonly done: Promise<void>;
}

/** Keeps at most one flight per key. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  get(key: string): Flight<T> | undefined {
    return this.#flights.get(key);
  }

  all(): Flight<T>[] {
    return [...this.#flights.values()];
  }

  /** Starts `run` for the key. The caller has checked, in the same turn, that none is in the air. */
  start(key: string, work: T, run: (work: T) => Promise<void>): Flight<T> {
    const done = run(work).finally(() => this.#flights.delete(key));
    // Everybody who joined handles the outcome; a flight that nobody joined must not be an unhandled rejection.
    done.catch(() => undefined);
    const flight = { work, done };
    this.#flights.set(key, flight);
    return flight;
  }
}

/**
 * Waits for a promise, or for the abort.
 * @throws the promise's error, or `signal.reason`
 */
export async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
  });
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
