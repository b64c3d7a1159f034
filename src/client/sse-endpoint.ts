/**
 * The older SSE transport reads at one URL and writes to another, which the stream names in its first event.
 * An MCP server that holds a token of its own may say where messages for it go; nobody else may say so. A
 * 401 that names another path's metadata is therefore no proof: a tenant of the same host could write that.
 * @see MCP 2024-11-05, Transports, "HTTP with SSE"
 */
import { EventReader } from '../shared/facts/event-stream.ts';
import type { ReplayableRequest } from './replayable-request.ts';
import { dress } from './response.ts';

/** Whether a response may name an endpoint: a successful event stream that came from where it was asked for. */
function isEventStream(response: Response): boolean {
  const type = response.headers.get('content-type') ?? '';
  return response.ok && !response.redirected && /^text\/event-stream\b/i.test(type);
}

/**
 * Reads along in a stream that was opened with a credential.
 * @param found called with the address that it names, at its own origin
 */
export function watchEndpoints(
  response: Response,
  { href, method }: ReplayableRequest,
  found: (endpoint: string) => void,
): Response {
  if (method !== 'GET' || !isEventStream(response)) return response;
  return watchEndpoint(response, (endpoint) => {
    const url = URL.parse(endpoint, href);
    if (url?.origin !== new URL(href).origin) return;
    url.hash = '';
    found(url.href);
  });
}

/**
 * Reads along until the first event.
 * @param found called before the page can see the event, with the URL as the stream named it
 * @returns the response to hand to the page
 */
export function watchEndpoint(response: Response, found: (endpoint: string) => void): Response {
  if (!response.body) return response;
  const decoder = new TextDecoder();
  const reader = new EventReader();
  const watched = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        const endpoint = reader.isDone ? '' : reader.read(decoder.decode(chunk, { stream: true }));
        if (endpoint) found(endpoint);
        controller.enqueue(chunk);
      },
    }),
  );
  return dress(new Response(watched, response), response);
}
