/** One request until its last answer: sent, judged (`retry.ts`), and sent again with a better token. */
import type { Token, TokenParams } from '../shared/page-contract.ts';
import { GrantkeeperError, InsufficientScopeError } from './errors.ts';
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
  readonly #givenUp: Promise<undefined>;
  #giveUp = (): void => {};
  #isGivenUp = false;
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
      this.#giveUp = () => resolve(undefined);
    });
  }

  /** From then on it is not sent any more. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#giveUp();
  }

  /**
   * Resolves the last answer.
   * @throws GrantkeeperError, InsufficientScopeError, the signal's reason, or what the page's own fetch throws
   */
  async run(): Promise<Response> {
    this.#context.exchanges.add(this);
    try {
      let token = await this.#findToken();
      for (;;) {
        const answer = await this.#send(token);
        const next = await this.#findBetter(answer, token);
        if (!next) return token ? this.#watch(answer as Response) : (answer as Response);
        discard(answer);
        token = next;
      }
    } finally {
      this.#context.exchanges.delete(this);
    }
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
    if (this.#isGivenUp && !this.#tries.size) {
      throw new DOMException('Given up.', 'AbortError');
    }
    try {
      return await this.request.send(this.#context.pageFetch, token);
    } catch (error) {
      if (error instanceof TypeError) return error;
      throw error;
    }
  }

  /**
   * The token to send the request again with.
   * @returns undefined when the answer is the last one
   */
  async #findBetter(answer: Answer, sent: Token | undefined): Promise<Token | undefined> {
    const refusal = readRefusal(answer, sent);
    this.#noteStepUp(refusal, sent);
    // Another request of this page may have been faster. A step-up is about what this request alone needs.
    let better =
      refusal.status === 403 ? undefined : unlike(sent, this.#context.tokens.held(this.#resource));
    let verdict = this.#plan(refusal, better && 'another token');
    const isStepUp = verdict === 'step up';
    if (isStepUp || verdict === 'renew') {
      better = unlike(sent, await Promise.race([this.#ask(refusal, sent), this.#givenUp]));
      verdict = this.#plan(refusal, better ? 'another token' : 'nothing');
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

  #plan({ status, scope }: Refusal, outcome: Situation['outcome']): Verdict {
    const { onlyAsks, isStreamableHttp } = this.request;
    return planRetry({
      status,
      scope,
      onlyAsks,
      isStreamableHttp,
      isGivenUp: this.#isGivenUp,
      age: Date.now() - this.#createdAt,
      tries: this.#tries.get(status) ?? 0,
      limits: this.#options.limits,
      isHopeless: this.#isHopeless(status),
      outcome,
    });
  }

  #count({ status }: Refusal): void {
    const tries = (this.#tries.get(status) ?? 0) + 1;
    this.#tries.set(status, tries);
    const { endpoints } = this.#context;
    if (status === 401 && tries > MAX_UNAUTHORIZED) endpoints.delete(this.request.href);
  }

  #isHopeless(status: number | undefined): boolean {
    const recalls = (what: Memory): boolean =>
      this.#context.restraint.recalls(what, this.#resource);
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
    const { tokens, restraint } = this.#context;
    const { status, header, bearer } = refusal;
    const isFault = status === undefined;
    const params: TokenParams = { resource: this.#resource };
    if (header !== undefined) params.challenge = header;
    if (sent) params.rejected = sent.access_token;
    const isCalm =
      this.#byPerson || !((isFault && sent) || restraint.recalls('revoked', this.#resource));
    // Ending a session is no reason to sign in.
    const mayAsk = isCalm && this.#options.interactive && this.request.method !== 'DELETE';
    if (!mayAsk) params.interactive = false;
    try {
      return await tokens.get(params, this.request.signal);
    } catch (error) {
      if (!(error instanceof GrantkeeperError)) throw error;
      // Where another scheme is asked for, the broker looks, and asks nobody if it finds nothing.
      const isForeign = error.code === 'interaction_required' && header !== undefined && !bearer;
      if (mayAsk && (isForeign || error.code === 'connect_failed')) {
        restraint.note('nothing', this.#resource);
      }
      return undefined;
    } finally {
      if (isFault) restraint.note('fault', this.#resource);
    }
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
