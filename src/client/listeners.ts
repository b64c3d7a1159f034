/** Tells the page what changed. Events come over the open channel only, so a listener keeps it open. */
import type { BrokerInfo, PageEvent } from '../shared/page-contract.ts';
import type { Connection } from './connection.ts';
import type { PageGlobal } from './platform.ts';

/** What a page is told of: type, resource, and the scopes it now holds there. */
export type GrantListener = (event: PageEvent) => void;

/** However often the channel is lost, it is opened again no faster than this. Milliseconds. */
const MIN_REOPEN_INTERVAL = 1000;

type Listening = readonly [type: PageEvent['type'], listener: GrantListener];

/** The page's listeners. */
export class Listeners {
  readonly #connection: Connection;
  readonly #learn: (info: BrokerInfo) => void;
  #all: Listening[] = [];
  #reopenedAt = 0;
  /** False once nobody answered: the extension is gone, and the page's next call will find out more. */
  #answered = true;

  /** @param learn told what the broker says of itself whenever the channel is opened again */
  constructor(connection: Connection, learn: (info: BrokerInfo) => void) {
    this.#connection = connection;
    this.#learn = learn;
  }

  /** Adds a listener; returns the function that removes it. */
  readonly add = (...added: Listening): (() => void) => {
    const remove = (): void => this.remove(...added);
    remove();
    this.#all.push(added);
    this.stayReachable();
    return remove;
  };

  /** Removes a listener; nothing happens when it was never added. */
  readonly remove = (...[type, listener]: Listening): void => {
    this.#all = this.#all.filter((one) => one[0] !== type || one[1] !== listener);
  };

  /** Calls the listeners; one that throws neither stops the others nor the channel. */
  dispatch(event: PageEvent): void {
    for (const [type, listener] of this.#all) {
      if (type === event.type) queueMicrotask(() => listener(event));
    }
  }

  /**
   * Opens a lost channel again while somebody listens and the page is visible. Without that a worker that
   * was stopped after half a minute of silence could tell no page of a grant that its user takes back.
   */
  stayReachable = (): void => {
    if (this.#connection.isOpen || !this.#all.length) return;
    const { document } = globalThis as PageGlobal;
    if (document?.visibilityState === 'hidden') {
      document.addEventListener('visibilitychange', this.stayReachable, { once: true });
      return;
    }
    const wait = this.#reopenedAt + MIN_REOPEN_INTERVAL - Date.now();
    if (wait > 0) {
      if (this.#answered) setTimeout(this.stayReachable, wait);
      return;
    }
    this.#reopenedAt = Date.now();
    this.#answered = false;
    this.#connection.call('hello', {}, { repeats: 0 }).then(
      (info) => {
        this.#answered = true;
        this.#learn(info);
      },
      () => {},
    );
  };
}
