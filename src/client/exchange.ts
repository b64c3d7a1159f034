/**
 * One request until its last answer: carried by the broker where it can be (Z26); else sent by the page's own fetch,
 * judged (`retry.ts`), and sent again: carried, or with a better token.
 */
import type { Token, TokenParams } from '../shared/page-contract.ts';
import { carry, type Carried, type Outgoing } from './carried-fetch.ts';
import type { OpenChannel } from './channel.ts';
import { channelError, failure, GrantkeeperError, InsufficientScopeError } from './errors.ts';
import type { Places } from './places.ts';
import { readRefusal, type Answer, type Refusal } from './refusal.ts';
import type { ReplayableRequest } from './replayable-request.ts';
import type { Memory, Restraint } from './restraint.ts';
import {
  MAX_UNAUTHORIZED,
  planRetry,
  type Situation,
  type Verdict,
} from '../shared/facts/retry.ts';
import { isEventStream, watchEndpoint } from './sse-endpoint.ts';
import type { Tokens } from './tokens.ts';

/** What all requests of a page share. */
export interface FetchContext {
  readonly tokens: Tokens;
  readonly restraint: Restraint;
  readonly places: Places;
  /** Opens a port for one carried request. */
  readonly openCarrier: OpenChannel;
  /** Endpoint → the resource that named it for its own messages (see `sse-endpoint.ts`). */
  readonly endpoints: Map<string, string>;
  /** Under way now. */
  readonly exchanges: Set<Exchange>;
  /** The page's own fetch, as it was when the broker was found. */
  readonly pageFetch: typeof fetch;
}

/** How one request is dealt with. */
export interface ExchangeOptions {
  interactive: boolean;
  /** Fails where it would send a token from the page. */
  isCarriedOnly: boolean;
  limits: Situation['limits'];
}

/** One request on its way. */
export class Exchange {
  readonly #context: FetchContext;
  readonly request: ReplayableRequest;
  readonly #options: ExchangeOptions;
  /** How often an answer of each status has been dealt with. */
  readonly #tries = new Map<number | undefined, number>();
  readonly #createdAt = Date.now();
  /** A click or a key brought it about: then the user is there, and only endless step-ups are remembered. */
  readonly #byPerson = isPersonActive();
  readonly #leaving = new AbortController();
  readonly #givenUp: Promise<undefined>;
  /** Whose token belongs on this request: the URL itself, else the resource that named it. */
  #resource: string;
  /** The token that the last step-up brought. */
  #steppedUp: Token | undefined;

  constructor(context: FetchContext, request: ReplayableRequest, options: ExchangeOptions) {
    this.#context = context;
    this.request = request;
    this.#options = options;
    this.#resource = request.href;
    this.#givenUp = new Promise((resolve) => {
      this.#leaving.signal.addEventListener('abort', () => resolve(undefined));
    });
  }

  /** From then on it is not sent any more. */
  giveUp(): void {
    this.#leaving.abort(new DOMException('Given up.', 'AbortError'));
  }

  /**
   * Resolves the last answer.
   * @throws GrantkeeperError, InsufficientScopeError, the signal's reason, or what the page's own fetch throws
   */
  async run(): Promise<Response> {
    this.#context.exchanges.add(this);
    try {
      const { places, endpoints, tokens } = this.#context;
      const { href } = this.request;
      const place = places.find(href) ?? places.find(endpoints.get(href) ?? '');
      const mayBeCarried = place?.carried && this.request.isCarriable;
      const carried = mayBeCarried && (await this.#carry());
      if (carried instanceof Response) return carried;
      const isKnown = place && carried !== 'nothing';
      let token = isKnown ? await this.#findToken() : tokens.held(href);
      for (;;) {
        const answer = await this.#send(token);
        const next = await this.#findBetter(answer, token);
        if (!next) return token ? this.#watch(answer as Response) : (answer as Response);
        discard(answer);
        if (next instanceof Response) return next;
        token = next;
      }
    } finally {
      this.#context.exchanges.delete(this);
    }
  }

  /**
   * Has it carried, after its server's refusal if there was one.
   * @throws TypeError whose cause says why not; InsufficientScopeError; the signal's reason
   */
  async #carry(refusal?: Refusal): Promise<Carried> {
    const { places, openCarrier } = this.#context;
    const { href, method, signal } = this.request;
    const { stepUps, age } = this.#options.limits;
    const outgoing: Outgoing = {
      url: href,
      method,
      ...(await this.request.read()),
      ...(refusal && { refused: wireOf(refusal) }),
      interactive: this.#mayAsk(false),
      stepUps: atMost(100, stepUps),
      maxAge: atMost(Number.MAX_SAFE_INTEGER, age - this.#age),
    };
    const until = AbortSignal.any([this.#leaving.signal, ...(signal ? [signal] : [])]);
    const carried = await carry(openCarrier, outgoing, until);
    if (carried === 'nothing') places.drop(href);
    else if (refusal || carried === 'token') places.note(href, carried !== 'token');
    if (!(carried instanceof Response)) return carried;
    const { scope, bearer } = readRefusal(carried, undefined);
    if (scope === 'enough' || stepUps > 0) return this.#watch(carried);
    discard(carried);
    throw new InsufficientScopeError(bearer);
  }

  async #findToken(): Promise<Token | undefined> {
    const { tokens, endpoints } = this.#context;
    const { href, signal } = this.request;
    const own = await tokens.find(href, signal);
    // Looked up after the broker was asked, so that another resource can never take over a connected one.
    const owner = endpoints.get(href);
    if (own || owner === undefined) return own;
    this.#resource = owner;
    return tokens.find(owner, signal);
  }

  async #send(token: Token | undefined): Promise<Answer> {
    const { signal } = this.#leaving;
    if (!this.#tries.size) signal.throwIfAborted();
    if (token) this.#mustBeCarried();
    try {
      return await this.request.send(this.#context.pageFetch, token);
    } catch (error) {
      if (error instanceof TypeError) return error;
      throw error;
    }
  }

  /**
   * The token to send the request again with, or the answer to the request that was carried.
   * @returns undefined when the answer is the last one
   */
  async #findBetter(
    answer: Answer,
    sent: Token | undefined,
  ): Promise<Token | Response | undefined> {
    const refusal = readRefusal(answer, sent);
    this.#noteStepUp(refusal, sent);
    // Another request of this page may have been faster. A step-up is about what this request alone needs.
    let better =
      refusal.status === 403 ? undefined : unlike(sent, this.#context.tokens.held(this.#resource));
    let verdict = this.#plan(refusal, sent, better && 'another token');
    const isStepUp = verdict === 'step up';
    if (isStepUp || verdict === 'renew') {
      const isCarriable = !sent && this.#context.places.carries && this.request.isCarriable;
      const carried = isCarriable ? await this.#carryRefused(refusal, answer) : 'token';
      if (carried instanceof Response) return carried;
      const asked = carried === 'token' ? this.#ask(refusal, sent) : undefined;
      better = unlike(sent, await Promise.race([asked, this.#givenUp]));
      verdict = this.#plan(refusal, sent, better ? 'another token' : 'nothing');
    }
    this.#count(refusal);
    if (verdict === 'reject') {
      discard(answer);
      throw answer instanceof TypeError ? answer : new InsufficientScopeError(refusal.bearer);
    }
    if (verdict === 'return') return undefined;
    if (isStepUp) this.#steppedUp = better;
    return better;
  }

  /** Without a credential there is nothing that the server's own refusal does not say. */
  async #carryRefused(refusal: Refusal, answer: Answer): Promise<Carried> {
    try {
      return await this.#carry(refusal);
    } catch (error) {
      const cause = error instanceof TypeError ? error.cause : undefined;
      if (this.#leaving.signal.aborted) return 'nothing';
      if (!(cause instanceof GrantkeeperError)) throw error;
      this.#noteFailure(cause, refusal);
      // There is a grant now, and its client sends again what may have run.
      if (cause.code === 'interrupted') this.#context.places.note(this.request.href);
      if (answer instanceof TypeError) throw error;
      return 'nothing';
    } finally {
      this.#noteFault(refusal);
    }
  }

  #mustBeCarried(): void {
    if (this.#options.isCarriedOnly) throw failure(channelError('host_access_required'));
  }

  get #age(): number {
    return Date.now() - this.#createdAt;
  }

  #plan(refusal: Refusal, sent: Token | undefined, outcome: Situation['outcome']): Verdict {
    const { status, scope } = refusal;
    const { onlyAsks, isMcp, isForeign } = this.request;
    return planRetry({
      status,
      scope,
      onlyAsks,
      isStreamableHttp: isMcp && isForeign,
      isGivenUp: this.#leaving.signal.aborted,
      age: this.#age,
      tries: this.#tries.get(status) ?? 0,
      limits: this.#options.limits,
      isHopeless: this.#isHopeless(refusal, sent),
      outcome,
    });
  }

  #count({ status }: Refusal): void {
    const tries = (this.#tries.get(status) ?? 0) + 1;
    this.#tries.set(status, tries);
    const { endpoints } = this.#context;
    if (status === 401 && tries > MAX_UNAUTHORIZED) endpoints.delete(this.request.href);
  }

  #isHopeless({ status, bearer }: Refusal, sent: Token | undefined): boolean {
    const recalls = (what: Memory): boolean =>
      this.#context.restraint.recalls(what, this.#resource);
    // What is no request of MCP is none of the broker's business, unless its server says what it is (RFC 9728 §5.1).
    if (!sent && !this.request.isMcp && !bearer?.has('resource_metadata')) return true;
    if (status === 403) return recalls('endless');
    return !this.#byPerson && (recalls('nothing') || (status === undefined && recalls('fault')));
  }

  #noteStepUp({ status, scope }: Refusal, sent: Token | undefined): void {
    const { restraint } = this.#context;
    if (!sent || sent !== this.#steppedUp) return;
    if (scope === 'missing') restraint.note('useless', this.#resource, sent.access_token);
    if (Number(status) < 300) restraint.forget(/useless/, this.#resource);
  }

  /** The broker's token; undefined for every refusal, since then the server's answer says it best. */
  async #ask(refusal: Refusal, sent: Token | undefined): Promise<Token | undefined> {
    this.#mustBeCarried();
    const { status, header } = refusal;
    const params: TokenParams = { resource: this.#resource };
    if (header !== undefined) params.challenge = header;
    if (sent) params.rejected = sent.access_token;
    if (!this.#mayAsk(status === undefined && !!sent)) params.interactive = false;
    try {
      return await this.#context.tokens.get(params, this.request.signal);
    } catch (error) {
      if (!(error instanceof GrantkeeperError)) throw error;
      if (params.interactive !== false) this.#noteFailure(error, refusal);
      return undefined;
    } finally {
      this.#noteFault(refusal);
    }
  }

  /** @param isVague the broker has given a token, and its server said nothing: most such errors are the network's */
  #mayAsk(isVague: boolean): boolean {
    const isCalm = !isVague && !this.#context.restraint.recalls('revoked', this.#resource);
    // Ending a session is no reason to sign in.
    const { method } = this.request;
    return (this.#byPerson || isCalm) && this.#options.interactive && method !== 'DELETE';
  }

  #noteFailure({ code }: GrantkeeperError, { header, bearer }: Refusal): void {
    // Where another scheme is asked for, the broker looks, and asks nobody if it finds nothing.
    const isForeign = code === 'interaction_required' && header !== undefined && !bearer;
    if (isForeign || code === 'connect_failed') {
      this.#context.restraint.note('nothing', this.#resource);
    }
  }

  #noteFault({ status }: Refusal): void {
    if (status === undefined) this.#context.restraint.note('fault', this.#resource);
  }

  #watch(response: Response): Response {
    const { href, method } = this.request;
    if (method !== 'GET' || !isEventStream(response)) return response;
    return watchEndpoint(response, (endpoint) => {
      const url = URL.parse(endpoint, href);
      if (url?.origin !== new URL(href).origin) return;
      url.hash = '';
      this.#context.endpoints.set(url.href, this.#resource);
    });
  }
}

/** What the broker is told of a refusal. */
function wireOf({ status, header }: Refusal): NonNullable<Outgoing['refused']> {
  return {
    ...(status !== undefined && { status: status as 401 | 403 }),
    ...(header !== undefined && { challenge: header }),
  };
}

/** A whole number of the contract; NaN asks for nothing. */
function atMost(most: number, value: number): number {
  return Math.floor(Math.min(most, Math.max(0, value || 0)));
}

/** The other token, if it is another. */
function unlike(one: Token | undefined, other: Token | undefined): Token | undefined {
  return other?.access_token === one?.access_token ? undefined : other;
}

/** Nobody will read it; an unread body holds the connection. */
function discard(answer: Answer): void {
  if (!(answer instanceof TypeError)) answer.body?.cancel().catch(() => {});
}

function isPersonActive(): boolean {
  const { navigator } = globalThis as { navigator?: Partial<Navigator> };
  return navigator?.userActivation?.isActive === true;
}
