/** The broker's end of the ports of carried requests, which reads as the background does and pumps with its pump. */
import { BodyPump } from '../../src/background/doors/carried-body.ts';
import type { Channel, OpenChannel } from '../../src/client/channel.ts';
import type { CarriedMessage, CarryRequest } from '../../src/shared/carry-contract.ts';
import { parseCarryRequest, parseCredit, parsePart } from '../../src/shared/parse-carry.ts';

/** What the broker does once a request is there, whole. */
export type Carrying = (port: CarrierPort) => unknown;

/** One port. */
export class CarrierPort {
  request: CarryRequest | undefined;
  /** Sizes of the parts in which the body came. */
  readonly parts: number[] = [];
  readonly credits: number[] = [];
  body: Uint8Array<ArrayBuffer> = new Uint8Array();
  /** Closed by the page. */
  isClosed = false;
  readonly abort = new AbortController();
  readonly channel: Channel;
  pump: BodyPump | undefined;
  readonly #ready: Carrying;
  readonly #acknowledges: boolean;

  constructor(ready: Carrying, acknowledges: boolean) {
    this.#ready = ready;
    this.#acknowledges = acknowledges;
    this.channel = {
      post: (message) => {
        const copy: unknown = structuredClone(message);
        setImmediate(() => !this.isClosed && this.#hear(copy));
      },
      onMessage: () => {},
      onClose: () => {},
      close: () => {
        this.isClosed = true;
        this.abort.abort();
      },
    };
  }

  /** The request as text. */
  get text(): string {
    return new TextDecoder().decode(this.body);
  }

  say(message: CarriedMessage): void {
    const copy: unknown = structuredClone(message);
    setImmediate(() => !this.isClosed && this.channel.onMessage(copy));
  }

  /** The worker dies. */
  die(): void {
    setImmediate(() => this.channel.onClose());
  }

  /** Sends the request for the page, with this token, and passes its answer on. */
  async carry(token?: string): Promise<Response> {
    const { url, method, headers } = this.request!;
    const own = token === undefined ? [] : [['authorization', `Bearer ${token}`]];
    const body = this.body.length > 0 ? this.body : null;
    this.say({ sent: true });
    const { signal } = this.abort;
    const response = await fetch(url, {
      method,
      headers: [...headers, ...own] as [string, string][],
      body,
      signal,
    });
    return response;
  }

  /** Passes this answer on, as fast as the page reads. */
  async answer(response: Response): Promise<void> {
    const { status, statusText, headers, body } = response;
    const hasBody = body !== null;
    const head = { status, statusText, headers: [...headers] as [string, string][], hasBody };
    this.say({ head: { ...head, dropped: [] } });
    if (body) {
      this.pump = new BodyPump(this.request!.credit, {
        chunk: (chunk) => this.say({ chunk }),
        pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        patience: 10_000,
        signal: this.abort.signal,
      });
      await this.pump.run({ body, contentType: null, secret: undefined });
    }
    this.say({ end: true });
  }

  #hear(message: unknown): void {
    if (!this.request) {
      this.request = parseCarryRequest(message);
      if (this.#acknowledges) this.say({ ack: true });
      this.#take(this.request.body!);
    } else if ('body' in (message as object)) {
      this.#take(parsePart(message));
    } else {
      const credit = parseCredit(message);
      this.credits.push(credit);
      this.pump?.grant(credit);
    }
  }

  #take(part: Uint8Array<ArrayBuffer>): void {
    this.parts.push(part.length);
    const whole = new Uint8Array(this.body.length + part.length);
    whole.set(this.body);
    whole.set(part, this.body.length);
    this.body = whole;
    if (whole.length < (this.request!.length ?? 0)) this.say({ taken: true });
    else void this.#ready(this);
  }
}

/** All ports that a page has opened. */
export class FakeCarrier {
  readonly ports: CarrierPort[] = [];
  acknowledges = true;
  isGone = false;
  carrying: Carrying;

  constructor(carrying: Carrying) {
    this.carrying = carrying;
  }

  readonly open: OpenChannel = () => {
    if (this.isGone) return Promise.resolve(undefined);
    const port = new CarrierPort((one) => this.carrying(one), this.acknowledges);
    this.ports.push(port);
    return Promise.resolve(port.channel);
  };
}

/** Carries each request with this token to its server. */
export function carryWith(token?: string): Carrying {
  return async (port) => {
    try {
      await port.answer(await port.carry(token));
    } catch {
      // The page has gone.
    }
  };
}
