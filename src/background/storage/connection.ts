/**
 * The store as its callers see it: opened again when the browser has closed the database under it, and with failures
 * that have a name. A connection is lost when a newer version of ours upgrades, or when the browser clears or repairs
 * its files (T-46).
 */
import { BrokerError, type FailureReason } from '../../shared/errors.ts';

type Method = (...args: unknown[]) => Promise<unknown>;
type Methods = Record<string, Method>;

/** A store that is open. */
export interface Opened<S> {
  store: S;
  /** Deletes what can be fetched or counted again, so that what can't be has room. */
  makeRoom(): Promise<void>;
}

/** Why the disk has not taken or given something, by the name of the browser's exception. */
const REASONS: Record<string, FailureReason> = {
  QuotaExceededError: 'storage_full',
  VersionError: 'storage_newer',
  AbortError: 'storage_failed',
  InvalidStateError: 'storage_failed',
  UnknownError: 'storage_failed',
};

/** Opens a store; `lost` is to be called when its connection is gone. */
type Open<S> = (lost: () => void) => Promise<Opened<S>>;

/**
 * Opens a store; every method then runs on the connection that is open, once more when that was closed or full.
 * @param forget called when what was read may be true no more
 * @throws BrokerError `internal_error` with a reason of the storage, now and from every method; `interrupted` when
 *   another context keeps an older version open
 */
export async function keptOpen<S extends object>(open: Open<S>, forget: () => void): Promise<S> {
  const connection = new Connection(open, forget);
  const { store } = await connection.opened();
  const methods = Object.keys(store).map((name): [string, Method] => [
    name,
    (...args) => connection.run(name, args),
  ]);
  return Object.fromEntries(methods) as S;
}

class Connection<S extends object> {
  readonly #open: Open<S>;
  readonly #forget: () => void;
  #current: Promise<Opened<S>> | undefined;

  constructor(open: Open<S>, forget: () => void) {
    this.#open = open;
    this.#forget = forget;
  }

  /** What is open now, or is opened now. */
  async opened(): Promise<Opened<S>> {
    try {
      return await (this.#current ??= this.#begin());
    } catch (error) {
      throw named(error);
    }
  }

  async run(name: string, args: unknown[], isSecond = false): Promise<unknown> {
    const opened = this.opened();
    const connection = this.#current;
    const { store, makeRoom } = await opened;
    try {
      return await (store as Methods)[name]!(...args);
    } catch (error) {
      const fault = nameOf(error);
      // Nothing was begun, or nothing was written: it can be tried once more.
      const isLost = fault === 'InvalidStateError';
      if (isLost) this.#lose(connection);
      if (isSecond || !(isLost || fault === 'QuotaExceededError')) throw named(error);
      if (!isLost) await makeRoom().catch(() => undefined);
      return this.run(name, args, true);
    }
  }

  #begin(): Promise<Opened<S>> {
    const lose = () => {
      this.#lose(opening);
    };
    const opening: Promise<Opened<S>> = this.#open(lose);
    // The next call tries again.
    opening.catch(lose);
    return opening;
  }

  /** Only the connection that was lost: another call may have opened the next one. */
  #lose(lost: unknown): void {
    if (this.#current === lost) this.#current = undefined;
    this.#forget();
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** The failure as the rest of the broker knows it; what is none of the disk's stays what it is. */
function named(error: unknown): Error {
  const reason = REASONS[nameOf(error)];
  if (reason) return new BrokerError('internal_error', { detail: { reason }, cause: error });
  return error as Error;
}
