/** The object that a page works with. Its functions need no `this` and may be handed out one by one. */
import type {
  BrokerInfo,
  PageEvent,
  Permission,
  Token,
  TokenParams,
} from '../shared/page-contract.ts';
import type { OpenChannel } from './channel.ts';
import { createAuthProvider, type AuthProvider } from './auth-provider.ts';
import { createFetch, findPageFetch, type FetchOptions } from './authorized-fetch.ts';
import type { Connection } from './connection.ts';
import type { FetchContext } from './exchange.ts';
import { Listeners, type GrantListener } from './listeners.ts';
import { hrefOf, Places } from './places.ts';
import { Restraint } from './restraint.ts';
import { Tokens } from './tokens.ts';

/** What `getToken` asks for, and the signal that withdraws the question. */
export interface GetTokenParams extends TokenParams {
  signal?: AbortSignal;
}

/** A broker that serves this page. */
export interface Broker {
  /** Name, version and features, as the broker introduced itself. */
  readonly info: BrokerInfo;
  /**
   * A drop-in for `fetch`: `new StreamableHTTPClientTransport(url, { fetch: broker.fetch })`, likewise
   * `SSEClientTransport`. Sends the token of the resource it is called for, signs the user in on 401, and asks
   * for more scope on 403 `insufficient_scope`, each a bounded number of times. Returns the server's last
   * response when it can do no better. A request with its own `Authorization` is left alone. Whether the
   * page ever holds the token itself is not promised.
   *
   * What the client has given up does not run later: a request whose cancellation it has posted, or one that may
   * change something and has become old (`maxReplayAge`), is not sent again. Nobody is asked for a `DELETE`, nor for
   * a minute after the user has taken the grant back, unless a person has just acted in the page. Rejects with
   * `network_error` while a grant is held whose token cannot be renewed, before anything is sent. The page's own
   * fetch that it uses is the one that the page had when it found the broker.
   * @see RFC 6750 §2.1, §3
   */
  readonly fetch: typeof fetch;
  /**
   * Makes a `fetch` with other options; it shares its tokens with `fetch`. With `onInsufficientScope: 'throw'`
   * it throws `InsufficientScopeError` on 403 and asks nobody.
   */
  readonly fetchWith: (options: FetchOptions) => typeof fetch;
  /**
   * Gets an access token; may open the broker's prompt and a sign-in window unless `interactive` is false.
   * @throws GrantkeeperError with the broker's code, such as `access_denied` or `interaction_required`
   * @throws the signal's reason (an `AbortError` DOMException by default) once `signal` is aborted
   */
  readonly getToken: (params: GetTokenParams) => Promise<Token>;
  /**
   * Tells what this origin holds at a resource; never opens UI.
   * @throws GrantkeeperError
   */
  readonly permission: (resource: string) => Promise<Permission>;
  /**
   * Gives this origin's grant at a resource back.
   * @throws GrantkeeperError
   */
  readonly release: (resource: string) => Promise<{ released: boolean }>;
  /** Listens for changes of this origin's grants; returns the function that stops it. */
  readonly addEventListener: (type: PageEvent['type'], listener: GrantListener) => () => void;
  /** Stops a listener, as the function that `addEventListener` returned does. */
  readonly removeEventListener: (type: PageEvent['type'], listener: GrantListener) => void;
  /**
   * The official SDK's `AuthProvider` for one resource. It cannot step up: that interface is told of 401 only,
   * never of 403. Prefer `fetch`.
   */
  readonly authProvider: (resource: string) => AuthProvider;
}

/**
 * Makes the broker's object on a connection that has been answered.
 * @param openCarrier opens a port for one carried request
 */
export function createBroker(
  connection: Connection,
  info: BrokerInfo,
  openCarrier: OpenChannel,
): Broker {
  const tokens = new Tokens(connection);
  const places = new Places();
  places.learn(info);
  const listeners = new Listeners(connection, (known) => places.learn(known));
  const restraint = new Restraint();
  const context: FetchContext = {
    tokens,
    restraint,
    places,
    openCarrier,
    endpoints: new Map(),
    exchanges: new Set(),
    pageFetch: findPageFetch(),
  };
  listenTo(connection, context, listeners);
  return {
    info,
    fetch: createFetch(context),
    fetchWith: (options) => createFetch(context, options),
    getToken: ({ signal, ...params }) => tokens.get(params, signal),
    permission: (resource) => connection.call('permission', { resource }),
    release: async (resource) => {
      const since = Date.now();
      const result = await connection.call('release', { resource });
      tokens.forget(resource);
      places.drop(hrefOf(resource));
      // The page's own doing, and no word of the user, under whichever address it was told.
      restraint.forget(/revoked/, resource, since);
      return result;
    },
    addEventListener: listeners.add,
    removeEventListener: listeners.remove,
    authProvider: (resource) => createAuthProvider(tokens, resource),
  };
}

function listenTo(
  connection: Connection,
  { tokens, places, restraint }: FetchContext,
  listeners: Listeners,
): void {
  connection.onEvent = (event) => {
    tokens.forget(event.resource);
    restraint.heed(event);
    if (event.type === 'revoked') places.drop(hrefOf(event.resource));
    else places.note(hrefOf(event.resource));
    listeners.dispatch(event);
  };
  connection.onLost = () => {
    // What is revoked from now on is not told, so nothing is taken for granted.
    tokens.forget();
    places.lose();
    listeners.stayReachable();
  };
}
