/** A request of the page that may have to be sent more than once: without a token, with one, with a better one. */
import type { Token } from '../shared/page-contract.ts';
import { giveUp, onlyAsk, readMessages, type Message } from '../shared/facts/json-rpc.ts';

/** What a page gave to `fetch`, unchanged but for one header. */
export class ReplayableRequest {
  /** The URL without its fragment: how the page names the resource (RFC 8707 §2). */
  readonly href: string;
  /** False for other schemes, for credentials in the URL, and when the page has set `Authorization` itself. */
  readonly takesToken: boolean;
  readonly method: string;
  readonly signal: AbortSignal | null | undefined;
  /** Whether it looks like a request of the Streamable HTTP transport to another origin (MCP, "Transports"). */
  readonly isStreamableHttp: boolean;
  readonly #messages: Message[];
  readonly #session: string | null;
  readonly #input: RequestInfo | URL;
  readonly #init: RequestInit | undefined;
  readonly #isReadOnce: boolean;
  #original: Request | undefined;

  /** @throws TypeError when the URL cannot be parsed, as `fetch` does */
  constructor(input: RequestInfo | URL, init: RequestInit | undefined) {
    const given = typeof input === 'object' && 'url' in input ? input : undefined;
    const { document, location } = globalThis as { document?: Document; location?: Location };
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
    this.isStreamableHttp =
      hasStreamableForm(this.method, headers) &&
      option('mode') !== 'no-cors' &&
      option('credentials') !== 'include' &&
      url.origin !== location?.origin;
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
    const authorize = (headers: Headers): Headers => {
      if (token) headers.set('Authorization', `Bearer ${token.access_token}`);
      return headers;
    };
    const init = this.#init;
    if (!this.#isReadOnce) {
      return pageFetch(this.#input, { ...init, headers: authorize(new Headers(init?.headers)) });
    }
    this.#original ??= new Request(this.#input, init);
    const copy = this.#original.clone();
    authorize(copy.headers);
    return pageFetch(copy);
  }
}

/** The transport's own form: what it must accept, and what only it sends. */
function hasStreamableForm(method: string, headers: Headers): boolean {
  const says = (name: string, value: string): boolean =>
    !!headers.get(name)?.toLowerCase().includes(value);
  const isOfMcp = headers.has('mcp-session-id') || headers.has('mcp-protocol-version');
  const json = 'application/json';
  return (
    says('accept', 'text/event-stream') &&
    (method === 'POST'
      ? says('accept', json) && says('content-type', json)
      : method === 'GET' && isOfMcp)
  );
}
