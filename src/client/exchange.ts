/**
 * One request until its last answer: carried by the broker where it can be (Z26); else sent by the page's own fetch,
 * judged (`retry.ts`), and sent again: carried, or with a better token.
 */
import type { Token, TokenParams } from '../shared/page-contract.ts';
import type { Carried } from './carried-fetch.ts';
import { carryRequest, type Carrying } from './carry-request.ts';
import { failure, GrantkeeperError, InsufficientScopeError } from './errors.ts';
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

/** What a request is sent again with, or the answer to the request that was carried. */
type Better = Token | Response | undefined;

/** One request on its way. */
export class Exchange {
  readonly #context: FetchContext;
  declare readonly request: ReplayableRequest;
  readonly #options: ExchangeOptions;
  /** How often an answer of each status has been dealt with. */
  readonly #tries: Partial<Record<string, number>> = {};
  readonly #createdAt = Date.now();
  /** Knows whose token belongs on this request: the URL itself, else the resource that named it. */
  readonly #manners: Manners;
  readonly #leaving = new AbortController();
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
      let sent: Token | undefined;
      let next = await this.#begin();
      this.#leaving.signal.throwIfAborted();
      for (;;) {
        if (next instanceof Response) return this.#finish(next, readRefusal(next, undefined), true);
        sent = next;
        const answer = await this.#send(sent);
        const refusal = readRefusal(answer, sent);
        next = await this.#findBetter(refusal, sent, answer);
        if (!next) return this.#finish(answer, refusal, !!sent);
        discard(answer);
      }
    } finally {
      this.#context.exchanges.delete(this);
    }
  }

  /** What it is sent with at first, or the answer where it was carried at once. */
  async #begin(): Promise<Better> {
    const { places, endpoints, tokens } = this.#context;
    const { href, isCarriable, signal } = this.request;
    const place = places.find(href) ?? places.find(endpoints.get(href) ?? '');
    const carried = place?.carried && isCarriable && (await this.#carry());
    if (carried instanceof Response) return carried;
    if (!place || carried === 'nothing') return undefined;
    const own = await tokens.find(href, signal);
    // Looked up after the broker was asked, so that another resource can never take over a connected one.
    const owner = endpoints.get(href);
    if (own || !owner) return own;
    this.#manners.resource = owner;
    return tokens.find(owner, signal);
  }

  #finish(answer: Answer, { scope, bearer }: Refusal, isOurs: boolean): Response {
    if (answer instanceof TypeError) throw answer;
    if (scope !== 'enough' && this.#options.limits.stepUps <= 0) {
      discard(answer);
      throw new InsufficientScopeError(bearer);
    }
    if (!isOurs) return answer;
    return watchEndpoints(answer, this.request, (endpoint) =>
      this.#context.endpoints.set(endpoint, this.#manners.resource),
    );
  }

  #carry(refusal?: Refusal): Promise<Carried> {
    const { stepUps, age } = this.#options.limits;
    return carryRequest(this.#context, this.request, {
      refusal,
      interactive: this.#manners.mayAsk(false),
      limits: { stepUps, age: age - this.#age },
      givenUp: this.#leaving.signal,
    });
  }

  async #send(token: Token | undefined): Promise<Answer> {
    if (token) this.#mayHold();
    try {
      return await this.request.send(this.#context.pageFetch, token);
    } catch (error) {
      if (error instanceof TypeError) return error;
      throw error;
    }
  }

  /** @throws TypeError where the page wants no request of its own to hold a token */
  #mayHold(): void {
    if (this.#options.isCarriedOnly) throw failure('host_access_required');
  }

  /** @returns undefined when the answer is the last one */
  async #findBetter(refusal: Refusal, sent: Token | undefined, answer: Answer): Promise<Better> {
    const { tokens, endpoints } = this.#context;
    const { status = '' } = refusal;
    if (sent && sent === this.#steppedUp) this.#manners.noteStepUp(refusal, sent);
    // Another request of this page may have been faster. A step-up is about what this request alone needs.
    let better: Better =
      status === 403 ? undefined : unlike(sent, tokens.held(this.#manners.resource));
    let verdict = this.#plan(refusal, sent, better && 'another token');
    const isStepUp = verdict === 'step up';
    if (isStepUp || verdict === 'renew') {
      better = await this.#ask(refusal, sent, answer);
      if (better instanceof Response) return better;
      better = unlike(sent, better);
      verdict = this.#plan(refusal, sent, better ? 'another token' : 'nothing');
      if (isStepUp) this.#steppedUp = better;
    }
    const tries = (this.#tries[status] = (this.#tries[status] ?? 0) + 1);
    if (status === 401 && tries > MAX_UNAUTHORIZED) endpoints.delete(this.request.href);
    return verdict === 'send again' ? better : undefined;
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
      tries: this.#tries[refusal.status ?? ''] ?? 0,
      limits: this.#options.limits,
      isHopeless: this.#manners.isHopeless(refusal, sent),
      outcome,
    });
  }

  /** Asks the broker: to carry the request, or for a token to send it with. */
  async #ask(refusal: Refusal, sent: Token | undefined, answer: Answer): Promise<Better> {
    const { places, tokens } = this.#context;
    const { isCarriable, signal } = this.request;
    let got: Carried | Better = 'token';
    if (!sent && places.carries && isCarriable) {
      got = await this.#outcome(this.#carry(refusal), refusal, answer);
    }
    if (got === 'token') {
      this.#mayHold();
      const params = {
        resource: this.#manners.resource,
        challenge: refusal.header,
        rejected: sent?.access_token,
        interactive: this.#manners.mayAsk(!refusal.status && !!sent) && undefined,
      } as TokenParams;
      got = await this.#outcome(tokens.get(params, signal), refusal, answer);
    }
    return got === 'nothing' ? undefined : (got as Better);
  }

  /** What came of asking: undefined for every refusal of an answer, which itself says best what is the matter. */
  async #outcome<T>(asking: Promise<T>, refusal: Refusal, answer: Answer): Promise<T | undefined> {
    const { signal } = this.#leaving;
    try {
      // The question stays on the screen: its answer is there for the next attempt.
      const givenUp = new Promise<undefined>(
        (resolve) => (signal.onabort = () => resolve(undefined)),
      );
      return await Promise.race([asking, givenUp]);
    } catch (error) {
      const cause = error instanceof TypeError ? error.cause : error;
      if (!(cause instanceof GrantkeeperError)) throw error;
      this.#manners.noteFailure(cause, refusal);
      // There is a grant now, and its client sends again what may have run.
      if (cause.code === 'interrupted') this.#context.places.note(this.request.href);
      if (answer instanceof TypeError && cause !== error) throw error;
      return undefined;
    } finally {
      this.#manners.noteFault(refusal);
    }
  }
}

/** The other token, if it is another. */
function unlike(one: Token | undefined, other: Token | undefined): Token | undefined {
  return other?.access_token === one?.access_token ? undefined : other;
}
