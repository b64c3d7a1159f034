/**
 * Which metadata was read for which site in this life of the worker. What is remembered of a server answers sooner than
 * the server, and also when that does not answer; so a site that holds nothing there gets only what was read for itself,
 * or it could tell by the time what other sites are connected to (T-33).
 */

/** Entries kept; then it begins anew, and documents are read once more than needed. */
const MOST = 1000;

/** What of the remembered documents may be used for one site. */
export interface Recall {
  has(url: string): boolean;
  add(url: string): void;
}

export class ReadDocuments {
  readonly #read = new Set<string>();

  /** @param isConnected the site holds a grant at this server, so that its metadata tells it nothing new */
  recall(origin: string, isConnected: boolean): Recall {
    return {
      has: (url) => isConnected || this.#read.has(`${origin} ${url}`),
      add: (url) => {
        if (this.#read.size >= MOST) this.#read.clear();
        this.#read.add(`${origin} ${url}`);
      },
    };
  }
}
