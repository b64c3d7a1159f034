/**
 * A web page of the flow world: a document in a tab, whose port ends at the page door. What it is told comes by that
 * port and by nothing else, so a test can look for what must not arrive there.
 */
import type { PagePort } from '../../src/background/ports/ports.ts';
import type { PageCaller } from '../../src/background/ports/records.ts';
import { BrokerError, type WireError } from '../../src/shared/errors.ts';
import type {
  BrokerMessage,
  PageCall,
  PageCalls,
  PageEvent,
} from '../../src/shared/page-contract.ts';

/** Lets a page in, as the worker does with a port that has been looked at. */
export type Serve = (port: PagePort, caller: PageCaller) => void;

/** Makes of a failure as the page was told it what a test looks at: the error that it was made from. */
export type Reveal = (wire: WireError, origin: string, params: unknown) => Promise<unknown>;

/** A call that waits for its answer. */
interface Waiting {
  params: unknown;
  resolve: (result: never) => void;
  reject: (error: unknown) => void;
}

export class WorldPage {
  /** As the browser attests it. */
  readonly caller: PageCaller;
  /** Everything that the broker has said here, in order. */
  readonly said: BrokerMessage[] = [];
  private readonly reveal: Reveal;
  private readonly calls = new Map<number, Waiting>();
  private send: ((message: unknown) => void) | undefined;
  private close: () => void = () => undefined;
  private nextId = 1;

  constructor(caller: PageCaller, reveal: Reveal) {
    this.caller = caller;
    this.reveal = reveal;
  }

  /** The events that this page was told of. */
  get events(): PageEvent[] {
    return this.said.flatMap((message) => ('event' in message ? message.event : []));
  }

  /** False once it has left. */
  get isThere(): boolean {
    return this.send !== undefined;
  }

  /** Opens its port, anew when the worker was killed: the former port is not heard of again. */
  connect(serve: Serve): void {
    const listeners: ((message: unknown) => void)[] = [];
    const closers: (() => void)[] = [];
    let isOpen = true;
    const port: PagePort = {
      post: (message) => {
        if (!isOpen) throw new Error('Attempt to postMessage on disconnected port');
        void this.hear(copyOf(message));
      },
      onMessage: (listener) => listeners.push(listener),
      onClosed: (listener) => closers.push(listener),
      close: () => {
        isOpen = false;
      },
    };
    this.send = (message) => {
      for (const listener of listeners) listener(copyOf(message));
    };
    this.close = () => {
      isOpen = false;
      for (const closed of closers) closed();
    };
    serve(port, this.caller);
  }

  /** The document is left: for another one, with its tab, or for the back/forward cache. The port closes. */
  leave(): void {
    this.send = undefined;
    this.close();
    for (const { reject } of this.calls.values()) reject(new BrokerError('aborted'));
    this.calls.clear();
  }

  /** Sends whatever a page's own script may send. */
  post(message: unknown): void {
    if (!this.send) throw new Error('The page has left.');
    this.send(message);
  }

  /**
   * Makes a call, and withdraws it on abort.
   * @throws the error that the door was given, once the page has been told of it
   */
  call<C extends PageCall>(
    call: C,
    params: PageCalls[C]['params'],
    signal?: AbortSignal,
  ): Promise<PageCalls[C]['result']> {
    const id = this.nextId++;
    const answer = new Promise<PageCalls[C]['result']>((resolve, reject) => {
      this.calls.set(id, { params, resolve, reject });
    });
    const cancel = () => {
      if (this.calls.has(id)) this.post({ v: 1, id, cancel: true });
    };
    // A test that fails before it waits for its call fails by what it says, and by nothing outside it.
    answer.catch(() => undefined);
    signal?.addEventListener('abort', cancel, { once: true });
    this.post({ v: 1, id, call, params });
    if (signal?.aborted) cancel();
    return answer;
  }

  private async hear(message: BrokerMessage): Promise<void> {
    this.said.push(message);
    if (!('ok' in message)) return;
    const waiting = this.calls.get(message.id);
    this.calls.delete(message.id);
    if (!waiting) return;
    const { params, resolve, reject } = waiting;
    if (message.ok) resolve(message.result as never);
    else
      reject(
        await this.reveal(message.error, this.caller.origin, params).catch((one: unknown) => one),
      );
  }
}

/** A port carries a copy. */
function copyOf<T>(message: T): T {
  return JSON.parse(JSON.stringify(message)) as T;
}
