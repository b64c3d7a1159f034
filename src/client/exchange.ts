/**
 * One request until its last answer: carried by the broker where it can be (Z26); else sent by the page's own fetch,
 * judged (`retry.ts`), and sent again: carried, or with a better token.
 */
import type { Token, TokenParams } from '../shared/page-contract.ts';
import type { Carried } from './carried-fetch.ts';
import { carryRequest, mayHold, type Carrying } from './carry-request.ts';
import { GrantkeeperError, InsufficientScopeError } from './errors.ts';
import { Manners } from './manners.ts';
import { discard, readRefusal, type Answer, type Refusal } from './refusal.ts';
import type { ReplayableRequest } from './replayable-request.ts';
import type { Restraint } from './restraint.ts';
import {
  MAX_UNAUTHORIZED,
  planRetry,
  type Situation,
  type Verdict,
} from '../shared/facts/retry.ts';
import { watchEndpoints } from './sse-endpoint.ts';
import type { Tokens } from './tokens.ts';

/** What all requests of a page share. */
export interface FetchContext extends Carrying {
  readonly tokens: Tokens;
  readonly restraint: Restraint;
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
  declare readonly request: ReplayableRequest;
  readonly #options: ExchangeOptions;
  /** How often an answer of each status has been dealt with. */
  readonly #tries = new Map<number | undefined, number>();
  readonly #createdAt = Date.now();
  /** Knows whose token belongs on this request: the URL itself, else the resource that named it. */
  readonly #manners: Manners;
  readonly #leaving = new AbortController();
  readonly #givenUp = new Promise<undefined>((resolve) => {
    this.#leaving.signal.addEventListener('abort', () => resolve(undefined));
  });
  /** The token that the last step-up brought. */
  #steppedUp: Token | undefined;

  constructor(context: FetchContext, request: ReplayableRequest, options: ExchangeOptions) {
    this.#context = context;
    this.request = request;
    this.#options = options;
    this.#manners = new Manners(context.restraint, request, options.interactive);
  }

  /** From then on it is not sent any more. */
  giveUp(): void {
    this.#leaving.abort();
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
      const carried = place?.carried && this.request.isCarriable && (await this.#carry());
      if (carried instanceof Response) return carried;
      const isHeld = place && carried !== 'nothing';
      let token = isHeld ? await this.#findToken() : tokens.held(href);
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

  async #carry(refusal?: Refusal): Promise<Carried> {
    const { stepUps, age } = this.#options.limits;
    const carried = await carryRequest(this.#context, this.request, {
      refusal,
      interactive: this.#manners.mayAsk(false),
      limits: { stepUps, age: age - this.#age },
      givenUp: this.#leaving.signal,
    });
    return carried instanceof Response ? this.#watch(carried) : carried;
  }

  async #findToken(): Promise<Token | undefined> {
    const { tokens, endpoints } = this.#context;
    const { href, signal } = this.request;
    const own = await tokens.find(href, signal);
    // Looked up after the broker was asked, so that another resource can never take over a connected one.
    const owner = endpoints.get(href);
    if (own || owner === undefined) return own;
    this.#manners.resource = owner;
    return tokens.find(owner, signal);
  }

  async #send(token: Token | undefined): Promise<Answer> {
    const { signal } = this.#leaving;
    if (!this.#tries.size) signal.throwIfAborted();
    if (token) mayHold(this.#options);
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
    if (sent && sent === this.#steppedUp) this.#manners.noteStepUp(refusal, sent);
    // Another request of this page may have been faster. A step-up is about what this request alone needs.
    let better =
      refusal.status === 403
        ? undefined
        : unlike(sent, this.#context.tokens.held(this.#manners.resource));
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
      this.#manners.noteFailure(cause, refusal);
      // There is a grant now, and its client sends again what may have run.
      if (cause.code === 'interrupted') this.#context.places.note(this.request.href);
      if (answer instanceof TypeError) throw error;
      return 'nothing';
    } finally {
      this.#manners.noteFault(refusal);
    }
  }

  get #age(): number {
    return Date.now() - this.#createdAt;
  }

  #plan(refusal: Refusal, sent: Token | undefined, outcome: Situation['outcome']): Verdict {
    const { onlyAsks, isMcp, isForeign } = this.request;
    return planRetry({
      ...refusal,
      onlyAsks,
      isStreamableHttp: isMcp && isForeign,
      isGivenUp: this.#leaving.signal.aborted,
      age: this.#age,
      tries: this.#tries.get(refusal.status) ?? 0,
      limits: this.#options.limits,
      isHopeless: this.#manners.isHopeless(refusal, sent),
      outcome,
    });
  }

  #count({ status }: Refusal): void {
    const tries = (this.#tries.get(status) ?? 0) + 1;
    this.#tries.set(status, tries);
    const { endpoints } = this.#context;
    if (status === 401 && tries > MAX_UNAUTHORIZED) endpoints.delete(this.request.href);
  }

  /** The broker's token; undefined for every refusal, since then the server's answer says it best. */
  async #ask(refusal: Refusal, sent: Token | undefined): Promise<Token | undefined> {
    mayHold(this.#options);
    const isAllowed = this.#manners.mayAsk(refusal.status === undefined && !!sent);
    const params = {
      resource: this.#manners.resource,
      challenge: refusal.header,
      rejected: sent?.access_token,
      ...(!isAllowed && { interactive: false }),
    } as TokenParams;
    try {
      return await this.#context.tokens.get(params, this.request.signal);
    } catch (error) {
      if (!(error instanceof GrantkeeperError)) throw error;
      if (isAllowed) this.#manners.noteFailure(error, refusal);
      return undefined;
    } finally {
      this.#manners.noteFault(refusal);
    }
  }

  #watch(response: Response): Response {
    return watchEndpoints(response, this.request, (endpoint) =>
      this.#context.endpoints.set(endpoint, this.#manners.resource),
    );
  }
}

/** The other token, if it is another. */
function unlike(one: Token | undefined, other: Token | undefined): Token | undefined {
  return other?.access_token === one?.access_token ? undefined : other;
}
