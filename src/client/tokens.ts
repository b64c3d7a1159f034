/**
 * The access tokens that this page was given, in closure memory only: never in storage, never on `window`.
 * Spares the broker a message per request; the broker remains the one that knows.
 */
import type { Token, TokenParams } from '../shared/page-contract.ts';
import type { Connection } from './connection.ts';
import { GrantkeeperError } from './errors.ts';
import { hrefOf } from './places.ts';

/** A token this near to its end is not sent any more: the request takes time to arrive. Milliseconds. */
const EXPIRY_MARGIN = 30_000;

/** One call to the broker that several requests of the page wait for. */
interface SharedCall {
  token: Promise<Token>;
  waiting: number;
  abort: AbortController;
}

/** Tokens by the URL of the resource. */
export class Tokens {
  readonly #connection: Connection;
  /** Null for resources for which the broker said that there is nothing without asking the user. */
  readonly #held = new Map<string, Token | null>();
  readonly #calls = new Map<string, SharedCall>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The token held for this resource; undefined when there is none or it is about to expire. */
  held(resource: string): Token | undefined {
    const token = this.#held.get(hrefOf(resource));
    return token && token.expires_at - EXPIRY_MARGIN > Date.now() ? token : undefined;
  }

  /**
   * Finds a token without opening UI: held, or from the broker.
   * @throws GrantkeeperError `network_error` when there is a grant whose token cannot be renewed just now
   * @throws the signal's reason once it is aborted
   */
  async find(resource: string, signal?: AbortSignal | null): Promise<Token | undefined> {
    const held = this.held(resource);
    if (held || this.#held.get(hrefOf(resource)) === null) return held;
    try {
      return await this.get({ resource, interactive: false }, signal);
    } catch (error) {
      if (!(error instanceof GrantkeeperError) || error.code === 'network_error') throw error;
      if (!error.retryable && !this.held(resource)) this.#held.set(hrefOf(resource), null);
      return undefined;
    }
  }

  /**
   * Asks the broker; the same question asked meanwhile waits for the same answer.
   * @throws GrantkeeperError as the broker decides
   * @throws the signal's reason once it is aborted
   */
  async get(params: TokenParams, signal?: AbortSignal | null): Promise<Token> {
    signal?.throwIfAborted();
    const key = JSON.stringify(params);
    let shared = this.#calls.get(key);
    if (!shared) this.#calls.set(key, (shared = this.#ask(params)));
    shared.waiting++;
    let leave = (): void => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
    });
    signal?.addEventListener('abort', leave);
    try {
      return await Promise.race([shared.token, left]);
    } finally {
      signal?.removeEventListener('abort', leave);
      if (this.#calls.get(key) === shared && --shared.waiting === 0) {
        this.#calls.delete(key);
        shared.abort.abort();
      }
    }
  }

  /** Forgets the tokens at this resource's origin, or all of them. */
  forget(resource?: string): void {
    const prefix = resource === undefined ? '' : `${new URL(resource).origin}/`;
    for (const href of this.#held.keys()) if (href.startsWith(prefix)) this.#held.delete(href);
  }

  #ask(params: TokenParams): SharedCall {
    const href = hrefOf(params.resource);
    if (this.#held.get(href)?.access_token === (params.rejected ?? null)) this.#held.delete(href);
    const abort = new AbortController();
    const token = this.#connection
      .call('getToken', params, { signal: abort.signal })
      .then((granted) => {
        this.#held.set(href, granted);
        return granted;
      });
    return { token, waiting: 0, abort };
  }
}
