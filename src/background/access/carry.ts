/**
 * Carries requests of pages (Z26–Z32): which grant one goes with, whether it may go now, and what is kept of it. On
 * the way to the server it is a {@link Carriage}; bytes and ports are the door's.
 */
import { isCarriedMethod, passRequestHeaders } from '../../protocol/carried-headers.ts';
import { urlUnder } from '../../protocol/carried-url.ts';
import { isSealed } from '../../protocol/holding.ts';
import { toolNameOf } from '../../protocol/tool-name.ts';
import { hostPattern, parseAllowedUrl } from '../../protocol/url-policy.ts';
import type { CarryRequest } from '../../shared/carry-contract.ts';
import { BrokerError } from '../../shared/errors.ts';
import { onlyAsk, readMessages } from '../../shared/facts/json-rpc.ts';
import { planRetry } from '../../shared/facts/retry.ts';
import { traceCarried } from '../history/carried-trace.ts';
import { faultOf } from '../history/recorded-ports.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, PageCaller } from '../ports/records.ts';
import { readSite } from '../site/policy.ts';
import type { CredentialWanted } from './carriage.ts';
import { findHeld, type Found } from './carried-lookup.ts';
import { CarriedSending, type CarriedResponse } from './carried-sending.ts';
import { CarriedStreams } from './carried-streams.ts';
import { credentialOf } from './credential-of.ts';
import type { TokenAccess } from './get-token.ts';
import { RunningRequests, type Running } from './running-requests.ts';
import type { UseCounter } from './use-counter.ts';

type Stop = Partial<ReturnType<typeof faultOf>>;
const HELD_BACK: Stop = { code: 'rate_limited' };

/** Whose request it is, and what its door does for it. */
export interface CarriedCall {
  caller: PageCaller;
  abort: AbortController;
  /** Takes the site's turn for work that the store or the user is needed for (T-12, Z47). */
  during<T>(work: (joined: () => void) => Promise<T>): Promise<T>;
  /** The request is about to leave: from now on nobody else may send it. */
  sending(): void;
}

/** What a page gets: the word to send it itself, or the answer. */
export type CarriedOutcome = { instead: 'token' | 'nothing' } | CarriedResponse;

/** What carrying takes. */
interface Carrying {
  ports: Ports;
  tokens: TokenAccess;
  uses: UseCounter;
}

/** All that is carried. */
export class Carrier {
  readonly running: RunningRequests;
  readonly streams: CarriedStreams;
  readonly carrying: Carrying;

  constructor(carrying: Carrying) {
    this.carrying = carrying;
    this.running = new RunningRequests(carrying.ports);
    this.streams = new CarriedStreams(carrying.ports);
  }

  /** Enters a request, whose body is there whole. It has to be {@link CarriedTask.end | ended}. */
  begin(request: CarryRequest, call: CarriedCall): CarriedTask {
    return new CarriedTask(this, request, call);
  }
}

/** One request of a page, from its first look to its end. */
export class CarriedTask {
  readonly #carrier: Carrier;
  readonly #request: CarryRequest;
  readonly #call: CarriedCall;
  readonly #running: Running;
  readonly #startedAt: number;
  /** Aborted with everything that is over when the request is. */
  readonly #over = new AbortController();
  #found: Found | undefined;
  #status: number | undefined;
  #isHeldBack = false;
  #dropped: string[] = [];

  constructor(carrier: Carrier, request: CarryRequest, call: CarriedCall) {
    this.#carrier = carrier;
    this.#request = { ...request, url: request.url.split('#')[0] ?? '' };
    this.#call = call;
    this.#startedAt = carrier.carrying.ports.now();
    const { caller, abort } = call;
    this.#running = { origin: caller.origin, url: this.#request.url, abort };
    carrier.running.add(this.#running);
  }

  /** The address that it is about, for its failure. */
  get resource(): string {
    return this.#found?.asked ?? this.#request.url;
  }

  /**
   * Resolves the server's last answer, or who else is to send the request.
   * @throws BrokerError every code of the table
   */
  async run(): Promise<CarriedOutcome> {
    const { url: text, method, headers, body, refused } = this.#request;
    if (!passRequestHeaders(headers) || !isCarriedMethod(method) || !URL.canParse(text)) {
      throw new BrokerError('invalid_request');
    }
    if (method === 'GET' && body?.byteLength) throw new BrokerError('invalid_request');
    const { ports, uses } = this.#carrier.carrying;
    const { paused, urls } = await readSite(ports, this.#call.caller.origin);
    if (paused) throw new BrokerError('access_denied');
    const found = (this.#found = await this.#find(() => parseAllowedUrl(text, urls)));
    if (!found) return { instead: 'nothing' };
    // What the user has let through is known with the grant.
    const passed = passRequestHeaders(headers, found.grant.headers)!;
    this.#dropped = passed.dropped;
    await this.#carrier.running.bind(this.#running, found.grant);
    if (refused && !this.#maySendAgain(refused)) throw new BrokerError('interrupted');
    if (!(await ports.hasHostAccess([hostPattern(found.url.href)]))) {
      if (isSealed(found.grant)) throw new BrokerError('host_access_required');
      // Nothing was carried, so there is nothing to be noted.
      this.#found = undefined;
      return { instead: 'token' };
    }
    const sending = new CarriedSending(this.#carrier, {
      ...{ request: this.#request, site: this.#call.caller.origin, headers: passed.headers },
      ...{ url: found.url, dropped: passed.dropped, over: this.#over.signal },
      signal: this.#call.abort.signal,
      sending: () => {
        this.#call.sending();
      },
      credential: async (wanted) => {
        const grant = await this.#renew(wanted);
        return { grant, credential: await credentialOf(grant, ports) };
      },
    });
    const answer = await sending.run();
    this.#status = answer.status;
    this.#isHeldBack = answer.isHeldBack === true;
    if (!this.#isHeldBack) uses.note(found.grant, ports.now());
    return answer;
  }

  /**
   * Gives back what it held, and notes what it came to.
   * @param bytes of the answer that the page got
   * @returns id of the trace that says more
   */
  async end(bytes: number, error: unknown): Promise<string | undefined> {
    this.#over.abort();
    this.#carrier.running.delete(this.#running);
    const { ports, tokens } = this.#carrier.carrying;
    const { grant, url } = this.#found ?? {};
    if (!grant || !url) return undefined;
    const fault = error === undefined ? undefined : faultOf(error);
    if (fault?.reason === 'credential_returned')
      void tokens.replaceToken(grant).catch(() => undefined);
    const { method } = this.#request;
    const { code, reason }: Stop = this.#isHeldBack ? HELD_BACK : (fault ?? {});
    return traceCarried(ports, grant, {
      ...{ method, url: url.href, bytes, milliseconds: ports.now() - this.#startedAt },
      ...(this.#status !== undefined && { status: this.#status }),
      dropped: this.#dropped,
      ...(code !== undefined && code !== 'aborted' && { code }),
      ...(code === 'rate_limited' && { held: this.#carrier.streams.heldAt(url.origin) }),
      ...(reason !== undefined && { reason }),
    });
  }

  /** @returns undefined where the site holds nothing, and nobody has refused the page's own request */
  async #find(allowed: () => URL): Promise<Found | undefined> {
    const { url: text, refused } = this.#request;
    try {
      allowed();
    } catch (error) {
      if (!refused) return undefined;
      throw error;
    }
    const { caller } = this.#call;
    const held = await findHeld(this.#carrier, caller.origin, text);
    if (held || !refused) return held;
    // What no grant could have under it is not asked about.
    if (!urlUnder(text, text)) throw new BrokerError('invalid_request');
    const { challenge } = refused;
    await this.#findGrant(text, {
      interactive: true,
      ...(challenge !== undefined && { challenge }),
    });
    const granted = await findHeld(this.#carrier, caller.origin, text);
    if (!granted) throw new BrokerError('access_denied');
    return granted;
  }

  /** The site's grant, as `getToken` finds, renews and widens it; its token stays here. */
  #findGrant(
    asked: string,
    { challenge, rejected, interactive }: CredentialWanted,
  ): Promise<Grant> {
    const { caller, abort } = this.#call;
    const params = {
      resource: asked,
      // Ending a session is no reason to sign in.
      interactive: interactive && this.#request.interactive && this.#request.method !== 'DELETE',
      ...(challenge !== undefined && { challenge }),
      ...(rejected !== undefined && { rejected }),
    };
    return this.#call.during((joined) => {
      const tool = toolNameOf(new TextDecoder().decode(this.#request.body));
      const { grant } = this.#found ?? {};
      const keyOf = grant?.credential === 'key' ? grant.signedInAt : undefined;
      const asking = { caller, signal: abort.signal, joined, carried: true as const, tool, keyOf };
      return this.#carrier.carrying.tokens.findGrant(asking, params);
    });
  }

  /** The page's own request may have run, unless its server has refused it. */
  #maySendAgain({ status }: NonNullable<CarryRequest['refused']>): boolean {
    const { method, body, stepUps, maxAge } = this.#request;
    const verdict = planRetry({
      // Without a token a 403 is as good as a 401.
      status: status && 401,
      scope: 'enough',
      onlyAsks: method === 'GET' || onlyAsk(readMessages(new TextDecoder().decode(body))),
      isStreamableHttp: true,
      isGivenUp: this.#call.abort.signal.aborted,
      age: this.#carrier.carrying.ports.now() - this.#startedAt,
      tries: 0,
      limits: { stepUps: Math.max(1, stepUps), age: maxAge },
      isHopeless: false,
      outcome: 'another token',
    });
    return verdict === 'send again';
  }

  /** The grant may have become another one; the request still goes to what lies under it, and nowhere else. */
  async #renew(wanted: CredentialWanted): Promise<Grant> {
    const found = this.#found!;
    const grant = await this.#carrier.running.rebind(this.#running, async () => {
      const better = await this.#findGrant(found.asked, wanted);
      const isThere = better.resource === found.grant.resource;
      if (!isThere && !urlUnder(found.url.href, better.resource)) {
        throw new BrokerError('access_denied');
      }
      return better;
    });
    this.#found = { ...found, grant };
    return grant;
  }
}
