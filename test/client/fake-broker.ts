/** A scripted broker at the other end of an in-memory channel: acknowledges, then answers as the test says. */
import type { WireError } from '../../src/shared/errors.ts';
import type {
  BrokerInfo,
  BrokerMessage,
  PageEvent,
  PageMessage,
  Token,
} from '../../src/shared/page-contract.ts';
import type { Channel, OpenChannel } from '../../src/client/channel.ts';

/** What the broker does with a call: a result, a `WireError` to refuse with, or `'silence'`. */
export type Script = (call: string, params: Record<string, unknown>) => unknown;

/** A broker in a browser that can't carry requests, of a page that holds nothing. */
export const HELLO: BrokerInfo = { name: 'Grantkeeper', version: '0.1.0', features: {}, held: [] };

/** For a browser in which nothing is carried. */
export const noCarrier: OpenChannel = () => Promise.reject(new Error('not to be opened'));

/** A refusal as it crosses the page door. */
export function refusal(code: WireError['code'], retryable = false): WireError {
  return { code, message: `refused: ${code}`, retryable, correlationId: `c-${code}` };
}

/** A token with an hour to live. */
export function token(access_token: string, scope = 'read', lifetime = 3_600_000): Token {
  return { access_token, token_type: 'Bearer', expires_at: Date.now() + lifetime, scope };
}

const isRefusal = (answer: unknown): answer is WireError =>
  typeof answer === 'object' && answer !== null && 'correlationId' in answer;

export class FakeBroker {
  /** Every message that arrived, in order. */
  readonly received: PageMessage[] = [];
  /** How often a channel was opened, and whether one can be. */
  opened = 0;
  reachable = true;
  acknowledges = true;
  /** Hands out channels that close at once, as Chrome does for an extension that is gone. */
  gone = false;
  script: Script;
  /** How it introduces itself. */
  info = HELLO;
  #channel: Channel | undefined;

  constructor(script: Script = () => 'silence') {
    this.script = (call, params) => (call === 'hello' ? this.info : script(call, params));
  }

  /** The calls that arrived, without what was cancelled. */
  get calls(): { id: number; call: string; params: unknown }[] {
    return this.received.flatMap((message) => ('call' in message ? [message] : []));
  }

  /** The parameters of every `getToken` that arrived. */
  get asked(): unknown[] {
    return this.calls.filter(({ call }) => call === 'getToken').map(({ params }) => params);
  }

  get cancelled(): number[] {
    return this.received.flatMap((message) => ('cancel' in message ? [message.id] : []));
  }

  readonly open: OpenChannel = () => {
    this.opened++;
    if (!this.reachable) return Promise.resolve(undefined);
    const channel: Channel = {
      post: (message) => {
        const copy = structuredClone(message);
        setImmediate(
          () => this.#channel === channel && void this.#take(channel, copy as PageMessage),
        );
      },
      onMessage: () => {},
      onClose: () => {},
      close: () => (this.#channel = undefined),
    };
    this.#channel = channel;
    if (this.gone) setImmediate(() => this.kill());
    return Promise.resolve(channel);
  };

  /** Says something of its own accord. */
  say(message: unknown): void {
    this.#channel?.onMessage(message);
  }

  tell(event: PageEvent): void {
    this.say({ v: 1, event });
  }

  /** The worker dies: whatever it was doing is lost. */
  kill(): void {
    const channel = this.#channel;
    this.#channel = undefined;
    channel?.onClose();
  }

  async #take(channel: Channel, message: PageMessage): Promise<void> {
    this.received.push(message);
    if (!('call' in message)) return;
    const { id } = message;
    const reply = (answer: BrokerMessage): void => {
      if (this.#channel === channel) channel.onMessage(answer);
    };
    if (this.acknowledges) reply({ v: 1, id, ack: true });
    const answer = await this.script(message.call, message.params as Record<string, unknown>);
    if (answer === 'silence') return;
    if (isRefusal(answer)) reply({ v: 1, id, ok: false, error: answer });
    else reply({ v: 1, id, ok: true, result: answer });
  }
}

/** Resolves once everything that is under way on in-memory channels has arrived. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
