/** A request of the page that may have to be sent more than once: without a token, with one, with a better one. */
import type { Token } from '../shared/messages.ts';

/** What a page gave to `fetch`, unchanged but for one header. */
export class ReplayableRequest {
  /** The URL without its fragment: how the page names the resource (RFC 8707 §2). */
  readonly href: string;
  /** False for other schemes, for credentials in the URL, and when the page has set `Authorization` itself. */
  readonly takesToken: boolean;
  readonly method: string;
  readonly signal: AbortSignal | null | undefined;
  readonly #input: RequestInfo | URL;
  readonly #init: RequestInit | undefined;
  readonly #isReadOnce: boolean;
  #original: Request | undefined;

  /** @throws TypeError when the URL cannot be parsed, as `fetch` does */
  constructor(input: RequestInfo | URL, init: RequestInit | undefined) {
    const given = typeof input === 'object' && 'url' in input ? input : undefined;
    const base = typeof document === 'undefined' ? undefined : document.baseURI;
    const url = new URL(given?.url ?? (input as string | URL), base);
    url.hash = '';
    this.href = url.href;
    this.takesToken =
      /^https?:$/.test(url.protocol) &&
      !(url.username || url.password) &&
      !new Headers(init?.headers ?? given?.headers).has('authorization');
    this.method = (init?.method ?? given?.method ?? 'GET').toUpperCase();
    this.signal = init?.signal === undefined ? given?.signal : init.signal;
    this.#isReadOnce = given !== undefined || init?.body instanceof ReadableStream;
    this.#input = input;
    this.#init = init;
  }

  /**
   * Sends it with the page's own fetch. A body that can be read only once (that of a `Request`, or a stream)
   * is copied first, so that it is there for the next time; the browser buffers it meanwhile.
   */
  send(token: Token | undefined): Promise<Response> {
    const authorize = (headers: Headers): Headers => {
      if (token) headers.set('Authorization', `Bearer ${token.access_token}`);
      return headers;
    };
    const init = this.#init;
    if (!this.#isReadOnce) {
      return fetch(this.#input, { ...init, headers: authorize(new Headers(init?.headers)) });
    }
    this.#original ??= new Request(this.#input, init);
    const copy = this.#original.clone();
    authorize(copy.headers);
    return fetch(copy);
  }
}
