/**
 * The only file that touches the network. With host access a background fetch would carry the user's cookies,
 * even SameSite=Strict ones, in both browsers; so nothing is inherited: no cookies, cache, referrer. No redirect is
 * followed: a server could send the broker anywhere.
 */
import { BrokerError } from '../../shared/errors.ts';
import type { RequestLimits } from '../ports/ports.ts';

/** Deepest JSON accepted; a hostile document must not reach a recursive reader. */
const MAX_DEPTH = 16;
/** Most members of all objects in one document (T-24); metadata in use has fewer than a hundred. */
const MAX_KEYS = 500;

/** More than is read of any answer. */
class Oversized extends Error {}

/**
 * Sends a request and reads the body up to the limit, so that what the caller gets is complete and small.
 * A redirect comes back as a bare 302, so that it can be named; where it leads is not told by the browser.
 * @throws BrokerError `network_error` when there is no answer, or it is larger or slower than allowed
 */
export async function http(
  url: string,
  init: RequestInit,
  limits: RequestLimits,
): Promise<Response> {
  const abort = new AbortController();
  const end = () => {
    abort.abort();
  };
  // The timer holds on to the request. `AbortSignal.any` and `timeout` may be collected before they have ended it.
  const timer = setTimeout(end, limits.milliseconds);
  init.signal?.addEventListener('abort', end);
  if (init.signal?.aborted) end();
  const request: RequestInit = {
    ...init,
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'manual',
    referrerPolicy: 'no-referrer',
    signal: abort.signal,
  };
  try {
    const response = await fetch(url, request);
    if (isRedirect(response)) {
      await response.body?.cancel();
      return new Response(null, { status: 302 });
    }
    const isRead = limits.bytes > 0 && !isEventStream(response);
    const body = isRead ? await readCapped(response, limits.bytes) : await drop(response);
    const { status, statusText, headers } = response;
    return new Response(hasNoBody(status) ? null : body, { status, statusText, headers });
  } catch (cause) {
    const reason = cause instanceof Oversized ? 'oversized' : 'unreachable';
    throw new BrokerError('network_error', { detail: { host: new URL(url).host, reason }, cause });
  } finally {
    clearTimeout(timer);
    init.signal?.removeEventListener('abort', end);
  }
}

/** Where nothing is to be read, the head is the answer: a body may never end. */
async function drop({ body }: Response): Promise<null> {
  await body?.cancel();
  return null;
}

async function readCapped(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const reader = response.body?.getReader(); reader;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new Oversized('The response is larger than allowed.');
    }
    chunks.push(value);
  }
  const body = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
  // A web page stands for many documents that aren't there, and may have any number of colons.
  const first = body.find(isNoBlank);
  if (first === 0x7b || first === 0x5b) assertSmall(body);
  return body;
}

/** Neither white space of JSON (RFC 8259 §2) nor a byte of the mark that a text in UTF-8 may begin with. */
function isNoBlank(byte: number): boolean {
  return ![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf].includes(byte);
}

/** Counts brackets and colons outside strings; cheap, and needs no parser that could itself be exhausted. */
function assertSmall(body: Uint8Array): void {
  let depth = 0;
  let keys = 0;
  let inString = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i];
    if (inString) {
      if (byte === 0x5c) i += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === 0x3a) keys += 1;
    if (depth > MAX_DEPTH || keys > MAX_KEYS)
      throw new Oversized('The JSON is too deep or too wide.');
  }
}

/** Nothing that the broker asks for comes as one, and its end would be waited for in vain. */
function isEventStream({ headers }: Response): boolean {
  return /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
}

/** Browsers show an opaque response of status 0, Node the redirect itself. */
export function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status);
}

/** Statuses whose Response may not have a body (Fetch standard, "null body status"). */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
