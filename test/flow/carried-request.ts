/**
 * One carried request as a page makes it: a port of its own at the carry door, over which bytes go as they are. What a
 * page is told comes by that port and nothing else, so a test can look for what must not arrive there.
 */
import type { CarryPort } from '../../src/background/ports/ports.ts';
import type { PageCaller } from '../../src/background/ports/records.ts';
import {
  CREDIT_WINDOW,
  type CarriedHead,
  type CarriedMessage,
  type CarryRequest,
} from '../../src/shared/carry-contract.ts';
import type { WireError } from '../../src/shared/errors.ts';

/** What a page may leave out. */
export type Wished = Partial<Omit<CarryRequest, 'body'>> & {
  body?: string | Uint8Array<ArrayBuffer>;
};

/** Most of a body in one message here: small, so that short bodies come in parts. */
export const PART = 4096;

export class CarriedRequest {
  /** Everything that the broker has said here, in order. */
  readonly said: CarriedMessage[] = [];
  /** The broker has closed the port. */
  isClosed = false;
  /** False for a page that stops reading. */
  isReading = true;
  private readonly listeners: ((message: unknown) => void)[] = [];
  private readonly closers: (() => void)[] = [];
  private parts: Uint8Array[] = [];
  private told: () => void = () => undefined;
  private isLeft = false;

  /** Opens the port. */
  constructor(serve: (port: CarryPort, caller: PageCaller) => void, caller: PageCaller) {
    serve(
      {
        post: (message) => {
          if (this.isClosed || this.isLeft) throw new Error('Attempt to post on a closed port');
          this.hear(structuredClone(message));
        },
        onMessage: (listener) => this.listeners.push(listener),
        onClosed: (closed) => this.closers.push(closed),
        close: () => {
          this.isClosed = true;
          this.told();
        },
      },
      caller,
    );
  }

  /** Says whatever a page's own script may say. */
  say(message: unknown): void {
    if (this.isClosed) return;
    for (const listener of this.listeners) listener(structuredClone(message));
  }

  /** Sends a request, its body in parts as they are asked for. */
  send(wished: Wished & { url: string }): this {
    const { body = new Uint8Array(), ...request } = wished;
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    for (let at = 0; at < bytes.length; at += PART) this.parts.push(bytes.slice(at, at + PART));
    const first = this.parts.shift() ?? new Uint8Array();
    this.say({
      v: 1,
      method: bytes.length > 0 ? 'POST' : 'GET',
      headers: [],
      body: first,
      length: bytes.length,
      interactive: true,
      stepUps: 1,
      maxAge: 60_000,
      credit: CREDIT_WINDOW,
      ...request,
    });
    return this;
  }

  /** Gives it up, or leaves with the page. */
  leave(): void {
    this.isLeft = true;
    for (const closed of this.closers) closed();
    this.told();
  }

  /** Resolves when the port is closed, by either side. */
  async ended(): Promise<this> {
    await this.until(() => this.isClosed || this.isLeft);
    return this;
  }

  /** Resolves when something has been said. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.told = resolve));
  }

  get head(): CarriedHead | undefined {
    return this.said.flatMap((one) => ('head' in one ? one.head : []))[0];
  }

  get error(): WireError | undefined {
    return this.said.flatMap((one) => ('error' in one ? one.error : []))[0];
  }

  get instead(): string | undefined {
    return this.said.flatMap((one) => ('instead' in one ? one.instead : []))[0];
  }

  /** The bytes that came. */
  get bytes(): Buffer {
    return Buffer.concat(this.said.flatMap((one) => ('chunk' in one ? one.chunk : [])));
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** Everything that was said here, as one text: bytes by the character. */
  get transcript(): string {
    const shown = this.said.map((one) =>
      'chunk' in one ? Buffer.from(one.chunk).toString('latin1') : JSON.stringify(one),
    );
    return shown.join('\n') + this.text;
  }

  private hear(message: CarriedMessage): void {
    this.said.push(message);
    const next = 'taken' in message ? this.parts.shift() : undefined;
    if (next) queueMicrotask(() => this.say({ body: next }));
    if ('chunk' in message && this.isReading) {
      const credit = message.chunk.byteLength;
      queueMicrotask(() => this.say({ credit }));
    }
    this.told();
  }
}
