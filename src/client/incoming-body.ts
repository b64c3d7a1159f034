/** The body of a carried answer: what the broker sends is kept until the page reads it, and credit is given for that. */
import { CREDIT_WINDOW } from '../shared/carry-contract.ts';

/** Credit is given back in portions, and not for each chunk. Bytes. */
const PORTION = CREDIT_WINDOW / 4;

type Chunk = Uint8Array<ArrayBuffer>;

/** One body on its way. */
export interface IncomingBody {
  stream: ReadableStream<Chunk>;
  /** Takes the next chunk; undefined when there is no more. */
  take(chunk?: Chunk): void;
  /** It breaks off. */
  fail(reason: unknown): void;
}

/**
 * Makes one.
 * @param grant gives credit back to the broker, in bytes
 * @param cancel called when the page wants no more of it
 */
export function incomingBody(grant: (bytes: number) => void, cancel: () => void): IncomingBody {
  let queue: ReadableStreamDefaultController<Chunk>;
  /** Bytes that the broker may send. */
  let credit = CREDIT_WINDOW;
  const start = (controller: typeof queue): void => {
    queue = controller;
  };
  // Called after each chunk that is read: what then fits in is what was read.
  const pull = (): void => {
    const owed = queue.desiredSize! - credit;
    if (owed < PORTION) return;
    credit += owed;
    grant(owed);
  };
  return {
    stream: new ReadableStream<Chunk>(
      { start, pull, cancel },
      { highWaterMark: CREDIT_WINDOW, size: ({ length }) => length },
    ),
    take: (chunk) => {
      if (!chunk) return queue.close();
      credit -= chunk.length;
      queue.enqueue(chunk);
    },
    fail: (reason) => queue.error(reason),
  };
}
