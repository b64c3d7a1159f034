/** The body of a carried answer: what the broker sends is kept until the page reads it, and credit is given for that. */
import { CREDIT_WINDOW } from '../shared/carry-contract.ts';

/** Credit is given back in portions, and not for each chunk. Bytes. */
const PORTION = CREDIT_WINDOW / 4;

type Chunk = Uint8Array<ArrayBuffer>;

type Controller = ReadableStreamDefaultController<Chunk>;

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
  const waiting: Chunk[] = [];
  const give = inPortions(grant);
  let controller: Controller | undefined;
  let isWanted = false;
  let isWhole = false;
  const end = (how: (open: Controller) => void): void => {
    if (controller) how(controller);
    controller = undefined;
  };
  const flow = (): void => {
    const chunk = isWanted && waiting.shift();
    if (chunk) {
      isWanted = false;
      give(chunk.length);
      controller?.enqueue(chunk);
    }
    if (isWhole && !waiting.length) end((open) => open.close());
  };
  const start = (open: Controller): void => {
    controller = open;
  };
  const pull = (): void => {
    isWanted = true;
    flow();
  };
  return {
    stream: new ReadableStream<Chunk>({ start, pull, cancel }, { highWaterMark: 0 }),
    take: (chunk) => {
      if (chunk) waiting.push(chunk);
      else isWhole = true;
      flow();
    },
    fail: (reason) => end((open) => open.error(reason)),
  };
}

function inPortions(grant: (bytes: number) => void): (bytes: number) => void {
  let owed = 0;
  return (bytes) => {
    owed += bytes;
    if (owed < PORTION) return;
    grant(owed);
    owed = 0;
  };
}
