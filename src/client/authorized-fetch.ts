/**
 * A `fetch` that knows what a 401 and a 403 mean. The broker carries the request where it can; elsewhere the page's own
 * fetch sends it, and the token goes to the resource it was issued for and nowhere else (R77, R78, R80). What one request goes through is in
 * `exchange.ts`, when it is sent again in `shared/facts/retry.ts`.
 *
 * A redirect is followed as the caller's `redirect` says. Browsers drop `Authorization` when a redirect
 * leaves the origin (Fetch, "HTTP-redirect fetch"); within the origin they keep it.
 */
import { Exchange, type FetchContext } from './exchange.ts';
import { ReplayableRequest } from './replayable-request.ts';

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
  /**
   * `'required'`: a request that the broker cannot carry fails with `host_access_required` where the page would send
   * it with a token of its own. Default: it is sent so.
   */
  carry?: 'required';
  /**
   * How old a request may be when it is sent again, in milliseconds. Default 60 000, the time-out of the official
   * client; 0 sends none again. It is about requests that may change something: GET, HEAD and JSON-RPC messages
   * that only ask (`initialize`, `server/discover`, `ping`, lists) are sent again at any age. The user is asked
   * all the same, so that the client's next attempt finds a token.
   */
  maxReplayAge?: number;
}

/** Milliseconds. */
const MAX_REPLAY_AGE = 60_000;

/** Each `fetch` that was made here, and the page's own beneath it. */
const ownFetches = new WeakMap<typeof fetch, typeof fetch>();

/** The page's own fetch, also where the page has put one of ours in its place: that would call itself without end. */
export function findPageFetch(): typeof fetch {
  return ownFetches.get(globalThis.fetch) ?? globalThis.fetch.bind(globalThis);
}

/**
 * Makes a `fetch` with these options. It needs no `this`, returns the server's last response when it can do
 * no better, and leaves a request alone that carries its own `Authorization`.
 *
 * The function throws `InsufficientScopeError` when the options say so, `GrantkeeperError` with the code
 * `network_error` when a grant is held and its token cannot be renewed just now (nothing has been sent then), the
 * signal's reason once it is aborted, an `AbortError` for a request that its client gave up before it was sent, and
 * whatever the page's own fetch throws.
 * @see RFC 6750 §2.1, §3; MCP 2026-07-28 authorization, "Scope Challenge Handling"
 */
export function createFetch(context: FetchContext, options: FetchOptions = {}): typeof fetch {
  const { onInsufficientScope, interactive = true } = options;
  const { maxStepUpRetries = 1, maxReplayAge = MAX_REPLAY_AGE } = options;
  // NaN asks for no retry either.
  const stepUps = onInsufficientScope !== 'throw' && maxStepUpRetries > 0 ? maxStepUpRetries : 0;
  const limits = { stepUps, age: maxReplayAge };
  const isCarriedOnly = options.carry === 'required';
  const authorizedFetch: typeof fetch = async (input, init) => {
    const request = new ReplayableRequest(input, init);
    if (!request.takesToken) return context.pageFetch(input, init);
    // Two clients of one page may number their calls alike; then nobody can tell which of them is meant.
    const meant = [...context.exchanges].filter((one) => request.givesUp(one.request));
    if (meant.length === 1) meant[0]?.giveUp();
    return new Exchange(context, request, { interactive, isCarriedOnly, limits }).run();
  };
  ownFetches.set(authorizedFetch, context.pageFetch);
  return authorizedFetch;
}
