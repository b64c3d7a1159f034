/**
 * The older SSE transport reads at one URL and writes to another, which the stream names in its first event.
 * An MCP server that holds a token of its own may say where messages for it go; nobody else may say so. A
 * 401 that names another path's metadata is therefore no proof: a tenant of the same host could write that.
 * @see MCP 2024-11-05, Transports, "HTTP with SSE"
 */
import { EventReader } from '../shared/facts/event-stream.ts';

/** Whether a response may name an endpoint: a successful event stream that came from where it was asked for. */
export function isEventStream(response: Response): boolean {
  const type = response.headers.get('content-type') ?? '';
  return response.ok && !response.redirected && /^text\/event-stream\b/i.test(type);
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
  // The constructor cannot be given these three, and readers of a response expect them.
  return Object.defineProperties(new Response(watched, response), {
    url: { value: response.url },
    type: { value: response.type },
    redirected: { value: response.redirected },
  });
}
