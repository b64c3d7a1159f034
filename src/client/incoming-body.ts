/** The body of a carried answer: what the broker sends is kept until the page reads it, and credit is given for that. */
import { CREDIT_WINDOW } from '../shared/carry-contract.ts';

/** Credit is given back in portions, and not for each chunk. Bytes. */
const PORTION = CREDIT_WINDOW / 4;

type Chunk = Uint8Array<ArrayBuffer>;

/** One body on its way. */
export interface IncomingBody {
  stream: ReadableStream<Chunk>;
  take(chunk: Chunk): void;
  /** There is no more. */
  finish(): void;
  /** It breaks off. */
  fail(reason: unknown): void;
}

/**
 * Makes one.
 * @param grant gives credit back to the broker, in bytes
 * @param cancel called when the page wants no more of it
 */
export function incomingBody(grant: (bytes: number) => void, cancel: () => void): IncomingBody {
  const waiting: Chunk[] = [];
  let controller: ReadableStreamDefaultController<Chunk> | undefined;
  let isWanted = false;
  let isWhole = false;
  let owed = 0;
  const flow = (): void => {
    const chunk = isWanted && waiting.shift();
    if (chunk) {
      isWanted = false;
      owed += chunk.length;
      if (owed >= PORTION && !isWhole) {
        grant(owed);
        owed = 0;
      }
      controller?.enqueue(chunk);
    }
    if (isWhole && !waiting.length) end((one) => one.close());
  };
  const end = (how: (one: ReadableStreamDefaultController<Chunk>) => void): void => {
    if (controller) how(controller);
    controller = undefined;
  };
  const stream = new ReadableStream<Chunk>(
    {
      start: (one) => {
        controller = one;
      },
      pull: () => {
        isWanted = true;
        flow();
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    take: (chunk) => {
      waiting.push(chunk);
      flow();
    },
    finish: () => {
      isWhole = true;
      flow();
    },
    fail: (reason) => end((one) => one.error(reason)),
  };
}
