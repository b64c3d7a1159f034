/** The body of a carried request on its way in: in parts, each asked for, so that no more of it is here than was asked. */
import { BrokerError } from '../../shared/errors.ts';

/** Collects one body. */
export class CarriedUpload {
  readonly #length: number;
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  #received = 0;

  /**
   * @param first what came with the request itself
   * @param length of the whole, in bytes
   * @throws BrokerError `invalid_request` when the first part is longer
   */
  constructor(first: Uint8Array<ArrayBuffer>, length: number) {
    this.#length = length;
    this.#keep(first);
  }

  get isWhole(): boolean {
    return this.#received === this.#length;
  }

  /**
   * Takes the next part.
   * @throws BrokerError `invalid_request` when none was asked for, or it is empty or too long
   */
  add(part: Uint8Array<ArrayBuffer>): void {
    // Empty parts would go on forever.
    if (this.isWhole || part.byteLength === 0) throw new BrokerError('invalid_request');
    this.#keep(part);
  }

  /** The body, once it is whole. */
  whole(): Uint8Array<ArrayBuffer> {
    const [only] = this.#parts;
    if (only && this.#parts.length === 1) return only;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts.splice(0)) {
      all.set(part, at);
      at += part.byteLength;
    }
    return all;
  }

  #keep(part: Uint8Array<ArrayBuffer>): void {
    this.#received += part.byteLength;
    if (this.#received > this.#length) throw new BrokerError('invalid_request');
    // A view would keep all that it was cut from, which was not counted.
    this.#parts.push(part.byteLength < part.buffer.byteLength ? part.slice() : part);
  }
}
