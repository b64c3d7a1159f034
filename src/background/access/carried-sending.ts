/** The way of one carried request to its server and back: its place among the streams, its time, and its answer. */
import type { Credential } from '../../protocol/credential.ts';
import type { CarriedHead, CarryRequest } from '../../shared/carry-contract.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Ports, StreamedResponse } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';
import { Carriage, type CarriedAnswer, type CredentialWanted } from './carriage.ts';
import { valueOf, type CarriedStreams, type Streamed } from './carried-streams.ts';
import type { TokenAccess } from './get-token.ts';

/** How long a server may take to begin its answer, unless it is asked for a stream; milliseconds. */
const TIME_TO_HEAD = 300_000;
/** Most that is read of a refusal that is no stream; bytes. */
const MAX_REFUSAL = 65_536;
/** Largest answer that a server may announce; bytes. */
const MAX_ANNOUNCED = 268_435_456;

/** An answer, and what is to be watched while it goes to the page. */
export interface CarriedResponse extends Omit<CarriedHead, 'hasBody'> {
  body: ReadableStream<Uint8Array> | null;
  secret: string | undefined;
  /** Those that were sent before it. */
  former?: string[];
  /** It was made up here: the request was held back. */
  isHeldBack?: true;
  most?: number;
  /** Told each chunk before the page is. */
  sees?: (chunk: Uint8Array) => void;
}

/** What it acts with. */
interface Means {
  carrying: { ports: Ports; tokens: TokenAccess };
  streams: CarriedStreams;
}

/** What is sent, for whom, and until when. */
interface Sending {
  request: CarryRequest;
  site: string;
  /** Where to: under the granted resource. */
  url: URL;
  /** Those that may go. */
  headers: [name: string, value: string][];
  dropped: string[];
  signal: AbortSignal;
  /** Aborted when the request is over, its body included. */
  over: AbortSignal;
  sending(): void;
  /** @throws BrokerError why there is none */
  credential(wanted: CredentialWanted): Promise<{ grant: Grant; credential: Credential }>;
}

export class CarriedSending {
  readonly #means: Means;
  readonly #what: Sending;
  /** Whose credential went out last. */
  #grant: Grant | undefined;
  /** Gives its connection back, while it has one. */
  #giveBack: (() => void) | undefined;

  constructor(means: Means, what: Sending) {
    this.#means = means;
    this.#what = what;
  }

  /**
   * Resolves the last answer.
   * @throws BrokerError what {@link Carriage.run} throws; `rate_limited` where there is no room for one more stream,
   *   or its turn does not come
   */
  async run(): Promise<CarriedResponse> {
    const { request, site, url, headers, signal, over } = this.#what;
    const { streams, carrying } = this.#means;
    const { ports } = carrying;
    const { method, body, interactive, stepUps, maxAge } = request;
    const streamed: Streamed = { site, url, method, headers };
    const isStream = streams.isStream(streamed);
    // What is over already gives nothing back.
    if (signal.aborted) throw new BrokerError('aborted');
    const giveBack = isStream ? streams.take(streamed) : undefined;
    if (isStream && !giveBack) return this.#heldBack();
    if (giveBack) over.addEventListener('abort', giveBack);
    const carried = {
      ...{ origin: site, url: url.href, method, headers, interactive },
      ...(body?.byteLength && { body }),
      limits: { stepUps, age: maxAge },
    };
    const answer = await new Carriage(carried, {
      now: ports.now,
      stream: async (...sent) => {
        const response = await (isStream ? ports.stream(...sent) : this.#sendInTime(...sent));
        streams.note(streamed, response.protocol);
        return response;
      },
      credential: (wanted) => this.#credential(wanted, streamed),
      sending: () => {
        this.#what.sending();
      },
      signal,
    }).run();
    return this.#answered(answer, { ...streamed, hasPlace: isStream });
  }

  /** Its turn comes first: a credential that was found before a long wait is an old one by the end of it. */
  async #credential(wanted: CredentialWanted, streamed: Streamed): Promise<Credential> {
    // While somebody is asked for a better one, others go.
    if (wanted.challenge === undefined) await this.#takeTurn(streamed);
    else this.#giveBack?.();
    const { grant, credential } = await this.#what.credential(wanted);
    this.#grant = grant;
    await this.#takeTurn(streamed);
    return credential;
  }

  async #takeTurn(streamed: Streamed): Promise<void> {
    const { request, signal, over } = this.#what;
    const { streams, carrying } = this.#means;
    const { ports } = carrying;
    if (this.#giveBack) return;
    signal.throwIfAborted();
    // From before the request leaves to the end of its body, and while it waits (Z31).
    over.addEventListener('abort', ports.keepAlive());
    const leave = await streams.takeTurn({ ...streamed, body: request.body }, signal);
    if (signal.aborted) leave();
    signal.throwIfAborted();
    over.addEventListener('abort', leave);
    this.#giveBack = () => {
      this.#giveBack = undefined;
      leave();
    };
  }

  async #sendInTime(
    ...[url, init, signal]: Parameters<Ports['stream']>
  ): Promise<StreamedResponse> {
    const { ports } = this.#means.carrying;
    const late = new AbortController();
    const begun = new AbortController();
    void ports.pause(TIME_TO_HEAD, AbortSignal.any([begun.signal, signal])).then(() => {
      if (!begun.signal.aborted) late.abort();
    });
    try {
      return await ports.stream(url, init, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (signal.aborted || !late.signal.aborted) throw error;
      throw failed('unreachable', url, error);
    } finally {
      begun.abort();
    }
  }

  /** A client of Streamable HTTP hears that there is no stream, as from a server that has none (Z32). */
  #heldBack(): CarriedResponse {
    const { dropped } = this.#what;
    const statusText = 'Grantkeeper holds back one more stream to this server';
    const none = { headers: [], body: null, secret: undefined };
    return { status: 405, statusText, ...none, dropped, isHeldBack: true };
  }

  /** Not every server insists on being asked for a stream by name: one that has come all the same takes its place now. */
  #takeLate(streamed: Streamed): void {
    const giveBack = this.#means.streams.take(streamed);
    if (!giveBack) throw new BrokerError('rate_limited');
    this.#what.over.addEventListener('abort', giveBack);
  }

  #answered(answer: CarriedAnswer, streamed: Streamed & { hasPlace: boolean }): CarriedResponse {
    const { status, statusText, headers, body, secret, former, isEchoed } = answer;
    const { url, dropped, over } = this.#what;
    const { streams, carrying } = this.#means;
    const grant = this.#grant;
    if (isEchoed && grant) void carrying.tokens.replaceToken(grant).catch(() => undefined);
    if (Number(valueOf(headers, 'content-length') ?? 0) > MAX_ANNOUNCED) {
      void body?.cancel().catch(() => undefined);
      throw failed('oversized', url.href);
    }
    const isEvents = /^text\/event-stream\b/i.test(valueOf(headers, 'content-type') ?? '');
    const isRefusal = (status === 401 || status === 403) && !isEvents;
    const isStream = isEvents && streamed.method === 'GET';
    if (isStream && !streamed.hasPlace) this.#takeLate(streamed);
    const mayName = grant && isStream && status >= 200 && status < 300;
    return {
      ...{ status, statusText, headers, body, secret, former, dropped },
      ...(isRefusal && { most: MAX_REFUSAL }),
      ...(mayName && { sees: streams.readAlong(streamed, grant.resource, over) }),
    };
  }
}

function failed(reason: 'unreachable' | 'oversized', url: string, cause?: unknown): BrokerError {
  return new BrokerError('network_error', { detail: { reason, host: new URL(url).host }, cause });
}
