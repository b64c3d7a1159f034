/** The body of a carried answer: what the broker sends is kept until the page reads it, and credit is given for that. */
import { CREDIT_WINDOW } from '../shared/carry-contract.ts';

/** Credit is given back in portions, and not for each chunk. Bytes. */
const PORTION = CREDIT_WINDOW / 4;

/** One body on its way. */
export class IncomingBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  #isWanted = false;
  #isWhole = false;
  /** Bytes that were read, and for which no credit was given back yet. */
  #owed = 0;
  readonly #grant: (credit: number) => void;

  /**
   * @param grant gives credit back to the broker
   * @param cancel called when the page wants no more of it
   */
  constructor(grant: (credit: number) => void, cancel: () => void) {
    this.#grant = grant;
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#isWanted = true;
          this.#flow();
        },
        cancel,
      },
      { highWaterMark: 0 },
    );
  }

  /** Takes a chunk. */
  take(chunk: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(chunk);
    this.#flow();
  }

  /** There is no more. */
  finish(): void {
    this.#isWhole = true;
    this.#flow();
  }

  /** It breaks off. */
  fail(reason: unknown): void {
    this.#controller?.error(reason);
    this.#controller = undefined;
  }

  #flow(): void {
    const chunk = this.#isWanted && this.#waiting.shift();
    if (chunk) {
      this.#isWanted = false;
      this.#owed += chunk.length;
      if (this.#owed >= PORTION && !this.#isWhole) {
        this.#grant(this.#owed);
        this.#owed = 0;
      }
      this.#controller?.enqueue(chunk);
    }
    if (this.#isWhole && !this.#waiting.length) {
      this.#controller?.close();
      this.#controller = undefined;
    }
  }
}
