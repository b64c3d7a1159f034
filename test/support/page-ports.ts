/** Ports of pages at the page door, as a browser would hand them over. */
import type { PageDoor } from '../../src/background/doors/page-door.ts';
import type { PagePort } from '../../src/background/ports/ports.ts';
import type { PageCaller } from '../../src/background/ports/records.ts';
import type { BrokerMessage } from '../../src/shared/page-contract.ts';

/** One port: what was said on it, and what its page does. */
export class FakePort implements PagePort {
  readonly said: BrokerMessage[] = [];
  isClosed = false;
  /** What the broker tried to say after it had gone. */
  late = 0;
  #heard: (message: unknown) => void = () => undefined;
  readonly #gone: (() => void)[] = [];

  post(message: BrokerMessage): void {
    if (this.isClosed) {
      this.late += 1;
      throw new Error('Attempting to use a disconnected port object');
    }
    this.said.push(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#heard = listener;
  }

  onClosed(listener: () => void): void {
    this.#gone.push(listener);
  }

  /** Closed by the broker: browsers tell the other end alone. */
  close(): void {
    this.isClosed = true;
  }

  /** What the page says, whether or not anybody listens any more. */
  say(message: unknown): void {
    this.#heard(message);
  }

  /** The page goes away. */
  leave(): void {
    this.isClosed = true;
    for (const gone of this.#gone) gone();
  }

  /** How each call ended, in order: `ok`, or the code. */
  get endings(): string[] {
    return this.said.flatMap((message) => {
      if (!('ok' in message)) return [];
      return [message.ok ? 'ok' : message.error.code];
    });
  }
}

/** Lets a page in by a new port. */
export function enter(door: PageDoor, caller: PageCaller): FakePort {
  const port = new FakePort();
  door.serve(port, caller);
  return port;
}
