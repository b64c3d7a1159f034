/**
 * A `fetch` that knows what a 401 and a 403 mean. The page's own fetch carries the request; the token goes
 * to the resource it was issued for and nowhere else (R77, R78, R80).
 *
 * A redirect is followed as the caller's `redirect` says. Browsers drop `Authorization` when a redirect
 * leaves the origin (Fetch, "HTTP-redirect fetch"); within the origin they keep it.
 */
import type { Token, TokenParams } from '../shared/messages.ts';
import { findBearerChallenge, readableChallenge } from './challenge.ts';
import { GrantkeeperError, InsufficientScopeError } from './errors.ts';
import { ReplayableRequest } from './replayable-request.ts';
import { isEventStream, watchEndpoint } from './sse-endpoint.ts';
import type { Tokens } from './tokens.ts';

/** How `fetch` deals with a server that refuses. */
export interface FetchOptions {
  /**
   * On 403 `insufficient_scope`: `'reauthorize'` (default) asks the user through the broker and sends the
   * request again, `'throw'` throws `InsufficientScopeError` and asks nobody.
   */
  onInsufficientScope?: 'reauthorize' | 'throw';
  /** How often one request is sent again with more scope. Default 1; 0 and less are the same as `'throw'`. */
  maxStepUpRetries?: number;
  /** Whether the user may be asked. Default true. */
  interactive?: boolean;
}

/** A token may expire on its way, and the one after it may have been revoked; a third 401 is the answer. */
const MAX_UNAUTHORIZED_RETRIES = 2;

/** What all requests of a page share. */
export interface FetchContext {
  tokens: Tokens;
  /** Endpoint → the resource that named it for its own messages (see `sse-endpoint.ts`). */
  endpoints: Map<string, string>;
}

/**
 * Makes a `fetch` with these options. It needs no `this`, returns the server's last response when it can do
 * no better, and leaves a request alone that carries its own `Authorization`.
 *
 * The function throws `InsufficientScopeError` when the options say so, the signal's reason once it is
 * aborted, and whatever the page's own fetch throws.
 * @see RFC 6750 §2.1, §3; MCP 2026-07-28 authorization, "Scope Challenge Handling"
 */
export function createFetch(context: FetchContext, options: FetchOptions = {}): typeof fetch {
  return async (input, init) => {
    const request = new ReplayableRequest(input, init);
    if (!request.takesToken) return fetch(input, init);
    return new Exchange(context, request, options).run();
  };
}

/** One request until its last response. */
class Exchange {
  readonly #tokens: Tokens;
  readonly #endpoints: Map<string, string>;
  readonly #request: ReplayableRequest;
  readonly #interactive: boolean;
  readonly #stepUpLimit: number;
  /** Whose token belongs on this request: the URL itself, else the resource that named it. */
  #resource: string;
  #unauthorized = 0;
  #stepUps = 0;

  constructor(context: FetchContext, request: ReplayableRequest, options: FetchOptions) {
    this.#tokens = context.tokens;
    this.#endpoints = context.endpoints;
    this.#request = request;
    this.#resource = request.href;
    this.#interactive = options.interactive ?? true;
    this.#stepUpLimit =
      options.onInsufficientScope === 'throw' ? 0 : (options.maxStepUpRetries ?? 1);
  }

  async run(): Promise<Response> {
    let token = await this.#findToken();
    for (;;) {
      const response = await this.#request.send(token);
      const better = await this.#findBetter(response, token);
      if (!better || better.access_token === token?.access_token) {
        return token ? this.#watch(response) : response;
      }
      // Nobody will read it; an unread body holds the connection.
      response.body?.cancel().catch(() => {});
      token = better;
    }
  }

  async #findToken(): Promise<Token | undefined> {
    const { href, signal } = this.#request;
    const own = await this.#tokens.find(href, signal);
    // Looked up after the broker was asked, so that another resource can never take over a connected one.
    const owner = this.#endpoints.get(href);
    if (own || owner === undefined) return own;
    this.#resource = owner;
    return this.#tokens.find(owner, signal);
  }

  async #findBetter(response: Response, sent: Token | undefined): Promise<Token | undefined> {
    if (response.status === 401) return this.#renew(response, sent);
    if (response.status === 403) return this.#stepUp(response, sent);
    return undefined;
  }

  async #renew(response: Response, sent: Token | undefined): Promise<Token | undefined> {
    if (this.#unauthorized++ >= MAX_UNAUTHORIZED_RETRIES) {
      this.#endpoints.delete(this.#request.href);
      return undefined;
    }
    const held = this.#tokens.held(this.#resource);
    // Another request of this page was faster.
    if (held && held.access_token !== sent?.access_token) return held;
    const challenge = readableChallenge(response);
    if (challenge !== undefined && !findBearerChallenge(challenge)) return undefined;
    return this.#ask(challenge, sent);
  }

  async #stepUp(response: Response, sent: Token | undefined): Promise<Token | undefined> {
    const header = readableChallenge(response);
    const challenge = header === undefined ? undefined : findBearerChallenge(header);
    // A same-origin response hides no header, and without a token there was no scope to be insufficient.
    const isHidden = header === undefined && sent !== undefined && response.type !== 'basic';
    if (challenge?.get('error') !== 'insufficient_scope' && !isHidden) return undefined;
    // Written so that NaN is no retry either.
    if (!(this.#stepUpLimit > 0)) {
      response.body?.cancel().catch(() => {});
      throw new InsufficientScopeError(challenge);
    }
    // A scope that nobody named is not invented.
    if (!challenge || !(this.#stepUps++ < this.#stepUpLimit)) return undefined;
    return this.#ask(header, sent);
  }

  /** The broker's token; undefined for every refusal, since then the server's response says it best. */
  async #ask(challenge?: string, rejected?: Token): Promise<Token | undefined> {
    const params: TokenParams = { resource: this.#resource };
    if (challenge !== undefined) params.challenge = challenge;
    if (rejected) params.rejected = rejected.access_token;
    if (!this.#interactive) params.interactive = false;
    try {
      return await this.#tokens.get(params, this.#request.signal);
    } catch (error) {
      if (error instanceof GrantkeeperError) return undefined;
      throw error;
    }
  }

  #watch(response: Response): Response {
    const { href, method } = this.#request;
    if (method !== 'GET' || !isEventStream(response)) return response;
    return watchEndpoint(response, (endpoint) => {
      if (!URL.canParse(endpoint, href)) return;
      const url = new URL(endpoint, href);
      url.hash = '';
      if (url.origin === new URL(href).origin) this.#endpoints.set(url.href, this.#resource);
    });
  }
}
