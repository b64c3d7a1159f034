/**
 * How many bytes may be under way to a reader (Z30): it grants credit as it reads, and one that stops reading stops
 * the sender. A pure account; the waiting is done elsewhere.
 */

/** What a reader may have unread, and what it grants at first; bytes. */
export const CREDIT_WINDOW = 1_048_576;
/** Larger chunks are split; bytes. */
export const MAX_CHUNK = 262_144;

/** The account of one stream. */
export class Credit {
  #left: number;
  #isBroken = false;

  /** @param granted bytes that may be sent before the reader says more; at most {@link CREDIT_WINDOW} */
  constructor(granted: number) {
    this.#left = Math.min(granted, CREDIT_WINDOW);
  }

  /** One more chunk may go while anything is left, so that a chunk larger than the rest gets through as well. */
  get maySend(): boolean {
    return !this.#isBroken && this.#left > 0;
  }

  /** Counts what was sent. */
  sent(bytes: number): void {
    this.#left -= bytes;
  }

  /**
   * Takes what the reader grants.
   * @returns false for what no honest reader says: no positive whole number, or more than it can have read
   */
  grant(bytes: number): boolean {
    const isSound = Number.isSafeInteger(bytes) && bytes > 0;
    if (!isSound || this.#left + bytes > CREDIT_WINDOW) {
      this.#isBroken = true;
      return false;
    }
    this.#left += bytes;
    return true;
  }
}

/**
 * A chunk in parts of at most {@link MAX_CHUNK}, each alone in its buffer: a browser that copies a view to another
 * process copies all of the buffer that lies under it, so twenty views of one chunk would cost twenty chunks.
 */
export function* partsOf(chunk: Uint8Array): Generator<Uint8Array> {
  if (chunk.length <= MAX_CHUNK && chunk.length === chunk.buffer.byteLength) {
    if (chunk.length > 0) yield chunk;
    return;
  }
  for (let at = 0; at < chunk.length; at += MAX_CHUNK) yield chunk.slice(at, at + MAX_CHUNK);
}
