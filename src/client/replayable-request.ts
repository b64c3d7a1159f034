/** A request of the page that may have to be sent more than once: without a token, with one, with a better one. */
import { MAX_UPLOAD } from '../shared/carry-contract.ts';
import type { Token } from '../shared/page-contract.ts';
import { giveUp, onlyAsk, readMessages, type Message } from '../shared/facts/json-rpc.ts';
import type { Outgoing } from './carried-fetch.ts';
import { failure } from './errors.ts';
import type { PageGlobal } from './platform.ts';

/** What a page gave to `fetch`, unchanged but for one header. */
export class ReplayableRequest {
  /** The URL without its fragment: how the page names the resource (RFC 8707 §2). */
  declare readonly href: string;
  /** False for other schemes, for credentials in the URL, and when the page has set `Authorization` itself. */
  declare readonly takesToken: boolean;
  declare readonly method: string;
  declare readonly signal: AbortSignal | null | undefined;
  /** Whether it looks like a request of one of MCP's transports, which the page makes without cookies. */
  declare readonly isMcp: boolean;
  /** Whether it goes to another origin than that of the page. */
  declare readonly isForeign: boolean;
  /** Whether the broker could carry it: a method of these transports, in a request whose answer the page may read. */
  declare readonly isCarriable: boolean;
  readonly #messages: Message[];
  readonly #session: string | null;
  readonly #input: RequestInfo | URL;
  #init: RequestInit | undefined;
  readonly #isReadOnce: boolean;
  #original: Request | undefined;

  /** @throws TypeError when the URL cannot be parsed, as `fetch` does */
  constructor(input: RequestInfo | URL, init: RequestInit | undefined) {
    const given = typeof input === 'object' && 'url' in input ? input : undefined;
    const { document, location } = globalThis as PageGlobal;
    const url = new URL(given?.url ?? (input as string | URL), document?.baseURI);
    url.hash = '';
    const option = <K extends keyof RequestInit & keyof Request>(
      name: K,
    ): RequestInit[K] | Request[K] | undefined => init?.[name] ?? given?.[name];
    const headers = new Headers(option('headers'));
    this.href = url.href;
    this.takesToken =
      /^https?:$/.test(url.protocol) &&
      !(url.username || url.password) &&
      !headers.has('authorization');
    this.method = (option('method') ?? 'GET').toUpperCase();
    this.isForeign = url.origin !== location?.origin;
    const isPlain = option('mode') !== 'no-cors' && option('credentials') !== 'include';
    this.isCarriable = isPlain && /^(?:GET|POST|DELETE)$/.test(this.method);
    this.isMcp = isPlain && hasMcpForm(this.method, headers, this.isForeign);
    this.#messages = readMessages(init?.body);
    this.#session = headers.get('mcp-session-id');
    this.signal = init?.signal === undefined ? given?.signal : init.signal;
    this.#isReadOnce = !!given || init?.body instanceof ReadableStream;
    this.#input = input;
    this.#init = init;
  }

  /** Whether it changes nothing at the server, however often it runs. */
  get onlyAsks(): boolean {
    return /^(?:GET|HEAD)$/.test(this.method) || onlyAsk(this.#messages);
  }

  /** Whether this is the client's word that it has given up `other`, in the same session (`notifications/cancelled`). */
  givesUp(other: ReplayableRequest): boolean {
    return (
      this.href === other.href &&
      this.#session === other.#session &&
      giveUp(this.#messages, other.#messages)
    );
  }

  /**
   * Sends it with the page's own fetch. A body that can be read only once (that of a `Request`, or a stream)
   * is copied first, so that it is there for the next time; the browser buffers it meanwhile.
   */
  send(pageFetch: typeof fetch, token: Token | undefined): Promise<Response> {
    const copy = this.#isReadOnce ? this.#copy() : undefined;
    const headers = copy?.headers ?? new Headers(this.#init?.headers);
    if (token) headers.set('Authorization', `Bearer ${token.access_token}`);
    return copy ? pageFetch(copy) : pageFetch(this.#input, { ...this.#init, headers });
  }

  /**
   * What is sent when it is carried: all headers as the page's own fetch would set them, and the body as bytes.
   * @throws TypeError as `fetch` does, and with a cause for a body that is too large to be carried
   */
  async read(): Promise<Pick<Outgoing, 'headers' | 'bytes'>> {
    const init = this.#init;
    if (init?.body instanceof ReadableStream && !this.#original) {
      // Firefox's `Request` knows no streams.
      this.#init = { ...init, body: await readBytes(new Response(init.body)) };
    }
    const request = this.#isReadOnce ? this.#copy() : new Request(this.href, this.#init);
    return { headers: [...request.headers], bytes: await readBytes(request) };
  }

  /** The original stays unread, for another time. */
  #copy(): Request {
    this.#original ??= new Request(this.#input, this.#init);
    return this.#original.clone();
  }
}

/** Reads a body to its end, which must come before the limit of what can be carried. */
async function readBytes(source: Request | Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // Firefox shows no body of a `Request`.
  for await (const chunk of source.body ?? (await source.blob()).stream()) {
    length += chunk.length;
    if (length > MAX_UPLOAD) throw failure('invalid_request');
    chunks.unshift(chunk);
  }
  // By hand, from its end: a browser reads a Blob through another process.
  const bytes = new Uint8Array(length);
  for (const chunk of chunks) bytes.set(chunk, (length -= chunk.length));
  return bytes;
}

/**
 * What each transport must accept, and what only it sends. The older one opens its stream as many a site does, so
 * that counts only where the site is another.
 */
function hasMcpForm(method: string, headers: Headers, isForeign: boolean): boolean {
  const says = (name: string, value: string): boolean =>
    !!headers.get(name)?.toLowerCase().includes(value);
  const json = 'application/json';
  return (
    says('accept', 'text/event-stream') &&
    (method === 'POST'
      ? says('accept', json) && says('content-type', json)
      : method === 'GET' && isForeign)
  );
}
