/**
 * One request that the background carries for a page, until its last answer: sent with the site's credential, judged
 * by the rule that the page SDK has too (shared/facts/retry.ts), and sent again with a better one (Z28). What may be
 * sent at all was decided before; which credential the site has is decided elsewhere.
 */
import { headersOf, secretOf, type Credential } from '../../protocol/credential.ts';
import { passResponseHeaders } from '../../protocol/carried-headers.ts';
import { parseBearerChallenge } from '../../protocol/challenge.ts';
import { isAboutProof } from '../../protocol/dpop.ts';
import { BrokerError } from '../../shared/errors.ts';
import { onlyAsk, readMessages } from '../../shared/facts/json-rpc.ts';
import { MAX_CHALLENGE_LENGTH } from '../../shared/facts/limits.ts';
import { planRetry, type Situation } from '../../shared/facts/retry.ts';
import type { Streaming, StreamedResponse } from '../ports/ports.ts';

/** Times that it goes again in a row for the sake of its proof: a nonce may be over by the time that it is used. */
const MAX_PROOFS = 3;

/** A request that may be carried: its address, method and headers were looked at. */
export interface CarriedRequest {
  /** Origin of the site for which it is carried. */
  origin: string;
  url: string;
  method: string;
  headers: [name: string, value: string][];
  /** Whole, so that it can be sent again as it was. */
  body?: Uint8Array<ArrayBuffer> | undefined;
  /** Whether a person may be asked. */
  interactive: boolean;
  limits: Situation['limits'];
}

/** What is wanted of the one who keeps the site's credentials. */
export interface CredentialWanted {
  /** `WWW-Authenticate` of the answer that was not good enough. */
  challenge?: string;
  /** The token that was sent with it. */
  rejected?: string;
  interactive: boolean;
}

/** What a carriage acts with. */
export interface CarriageParts {
  now: () => number;
  stream: Streaming;
  /** @throws BrokerError why there is no credential */
  credential(wanted: CredentialWanted): Promise<Credential>;
  /** Called before the request leaves: from then on nobody else may send it. */
  sending(): void;
  signal: AbortSignal;
}

/** The answer for the page. */
export interface CarriedAnswer {
  status: number;
  statusText: string;
  headers: [name: string, value: string][];
  body: ReadableStream<Uint8Array> | null;
  /** The credential that was sent, to be looked for in the body. */
  secret: string | undefined;
  /** Those that were sent before it. */
  former: string[];
  /** The server repeats a credential in a header. */
  isEchoed: boolean;
}

/** Carries one request. */
export class Carriage {
  readonly #request: CarriedRequest;
  readonly #parts: CarriageParts;
  readonly #startedAt: number;
  /** How often an answer of each status has been dealt with. */
  readonly #tries = new Map<number, number>();
  /** Every credential that was sent: a server may repeat a former one. */
  readonly #secrets = new Set<string>();

  constructor(request: CarriedRequest, parts: CarriageParts) {
    this.#request = request;
    this.#parts = parts;
    this.#startedAt = parts.now();
  }

  /**
   * Resolves the server's last answer.
   * @throws BrokerError `network_error` when there is none; `aborted` by the signal; whatever kept a first credential
   *   from a site that has sent nothing yet
   */
  async run(): Promise<CarriedAnswer> {
    let credential = await this.#findCredential();
    for (;;) {
      const response = await this.#sendProven(credential);
      const next = await this.#findBetter(response, credential);
      if (!next) return answerOf(response, secretOf(credential), this.#secrets);
      // An unread body holds the connection.
      await response.body?.cancel().catch(() => undefined);
      credential = next;
    }
  }

  /** Without one the request goes as it is: consent is there, and the server says best what it lacks. */
  async #findCredential(): Promise<Credential> {
    try {
      return await this.#parts.credential({ interactive: false });
    } catch (error) {
      const isMissing = error instanceof BrokerError && error.code === 'interaction_required';
      if (!isMissing) throw error;
      return { is: 'none' };
    }
  }

  /**
   * Sends, and once more with another proof when that is all that was wrong: nothing else was looked at, so the
   * credential is as good as before (RFC 9449 §9).
   */
  async #sendProven(credential: Credential): Promise<StreamedResponse> {
    for (let tries = 1; ; tries += 1) {
      const response = await this.#send(credential);
      if (credential.is !== 'dpop') return response;
      const { status, headers } = response;
      const isNews = credential.heed(this.#request.url, headers, status < 400 || status === 403);
      const isProof = status === 401 && isAboutProof(errorOf(challengeOf(response)));
      if (!isProof || !isNews || tries > MAX_PROOFS) return response;
      await response.body?.cancel().catch(() => undefined);
    }
  }

  async #send(credential: Credential): Promise<StreamedResponse> {
    const { origin, url, method, headers, body } = this.#request;
    const { stream, signal, sending } = this.#parts;
    // The page's own header of that name was left out before; ours stands alone.
    const own = await headersOf(credential, { method, url });
    if (signal.aborted) throw new BrokerError('aborted');
    sending();
    const secret = secretOf(credential);
    if (secret !== undefined && secret !== '') this.#secrets.add(secret);
    const names = new Set(own.map(([name]) => name));
    const all = [...headers.filter(([name]) => !names.has(name)), ...own];
    return stream(url, { method, headers: all, body, origin }, signal);
  }

  /** @returns undefined when the answer is the last one */
  async #findBetter(response: StreamedResponse, sent: Credential): Promise<Credential | undefined> {
    const { status } = response;
    if (status !== 401 && status !== 403) return undefined;
    const challenge = challengeOf(response);
    const scope =
      status === 403 && errorOf(challenge) === 'insufficient_scope' ? 'missing' : 'enough';
    const verdict = this.#plan({ status, scope }, undefined);
    if (verdict !== 'renew' && verdict !== 'step up') {
      this.#count(status);
      return undefined;
    }
    const better = await this.#ask(challenge, sent);
    const next = this.#plan({ status, scope }, better ? 'another token' : 'nothing');
    this.#count(status);
    return next === 'send again' ? better : undefined;
  }

  #plan(
    { status, scope }: Pick<Situation, 'status' | 'scope'>,
    outcome: Situation['outcome'],
  ): ReturnType<typeof planRetry> {
    const { method, limits } = this.#request;
    return planRetry({
      status,
      scope,
      onlyAsks: method === 'GET' || onlyAsk(readMessages(this.#text())),
      isStreamableHttp: true,
      isGivenUp: this.#parts.signal.aborted,
      age: this.#parts.now() - this.#startedAt,
      tries: this.#tries.get(status ?? 0) ?? 0,
      limits,
      isHopeless: false,
      outcome,
    });
  }

  #text(): string {
    const { body } = this.#request;
    return body ? new TextDecoder().decode(body) : '';
  }

  #count(status: number): void {
    this.#tries.set(status, (this.#tries.get(status) ?? 0) + 1);
  }

  /** Another credential than the one that was sent; undefined for every refusal: the server's answer says it best. */
  async #ask(challenge: string | undefined, sent: Credential): Promise<Credential | undefined> {
    const { method, interactive } = this.#request;
    const rejected = 'token' in sent ? sent.token : undefined;
    try {
      const better = await this.#parts.credential({
        // A server that only takes keys names no scheme, and has refused all the same.
        challenge: challenge ?? '',
        ...(rejected !== undefined && { rejected }),
        // Ending a session is no reason to sign in.
        interactive: interactive && method !== 'DELETE',
      });
      return secretOf(better) === secretOf(sent) ? undefined : better;
    } catch (error) {
      if (error instanceof BrokerError && error.code !== 'aborted') return undefined;
      throw error;
    }
  }
}

function answerOf(
  response: StreamedResponse,
  secret: string | undefined,
  sent: ReadonlySet<string>,
): CarriedAnswer {
  const { status, headers, body } = response;
  const former = [...sent].filter((one) => one !== secret);
  const holds = (text: string) => [...sent].some((one) => text.includes(one));
  const statusText = holds(response.statusText) ? '' : response.statusText;
  const isEchoed = headers.some(([, value]) => holds(value)) || holds(response.statusText);
  return {
    ...{ status, statusText, body, secret, former, isEchoed },
    headers: passResponseHeaders(headers, holds),
  };
}

function challengeOf({ headers }: StreamedResponse): string | undefined {
  const [, value] = headers.find(([name]) => name.toLowerCase() === 'www-authenticate') ?? [];
  return value !== undefined && value.length <= MAX_CHALLENGE_LENGTH ? value : undefined;
}

/** The error that a challenge names. */
function errorOf(challenge: string | undefined): string | undefined {
  try {
    return challenge === undefined ? undefined : parseBearerChallenge(challenge)?.error;
  } catch {
    return undefined;
  }
}
