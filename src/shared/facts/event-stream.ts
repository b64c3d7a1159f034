/**
 * The older SSE transport reads at one URL and writes to another, which the stream names in its first event. Pure: the
 * page and the broker both read along, each in the streams that it has sent a credential for.
 * @see MCP 2024-11-05, Transports, "HTTP with SSE"
 */

/** The first event is small; a stream that begins otherwise is left alone. In characters. */
const MAX_EVENT = 8192;

/** Reads the beginning of one stream. */
export class EventReader {
  #text = '';
  /** Nothing more is to be read. */
  isDone = false;

  /**
   * Takes the next piece.
   * @returns the endpoint as the stream names it, once
   */
  read(piece: string): string | undefined {
    if (this.isDone) return undefined;
    this.#text += piece.slice(0, MAX_EVENT);
    const event = firstEvent(this.#text.slice(0, MAX_EVENT));
    this.isDone = event !== undefined || this.#text.length > MAX_EVENT;
    if (this.isDone) this.#text = '';
    return event?.type === 'endpoint' ? event.data : undefined;
  }
}

/** The first event that is complete and carries data (HTML, "Interpreting an event stream"). */
function firstEvent(text: string): { type: string; data: string } | undefined {
  for (const block of text.split(/\r\n\r\n|\n\n|\r\r/).slice(0, -1)) {
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1];
    const data = field('data');
    if (data !== undefined) return { type: field('event') ?? 'message', data };
  }
  return undefined;
}
