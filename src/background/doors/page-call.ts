/** One page, and its calls under way: read, limited, handled, and answered with a result or with a dull failure. */
import { BrokerError, toWire } from '../../shared/errors.ts';
import { idOf } from '../../shared/facts/plain-message.ts';
import type {
  BrokerMessage,
  PageCall,
  PageCalls,
  PageMessage,
} from '../../shared/page-contract.ts';
import { PageGone } from '../connect/page-gone.ts';
import { parsePageMessage, parsePageParams } from '../../shared/parse-page.ts';
import type { PagePort } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import type { Pass } from './admission.ts';
import { tellFailure, type CallPorts } from './told-failure.ts';

/** One handler for each call of the contract. */
export type PageHandlers = {
  [C in PageCall]: (
    caller: PageCaller,
    params: PageCalls[C]['params'],
    signal: AbortSignal,
    /** To be called when the call has come to wait for the end of a flow. */
    joined: () => void,
  ) => Promise<PageCalls[C]['result']>;
};

/** What a page's calls are served with. */
interface Service {
  handlers: PageHandlers;
  ports: CallPorts;
  /** What its port was let in with. */
  pass: Pass;
}

/** A call, when it came, and what it is about. */
interface Received {
  id: number;
  /** Milliseconds since the epoch. */
  at: number;
  /** The resource that it names, if it can be shown to people. */
  resource?: string | undefined;
}

export class Page {
  readonly caller: PageCaller;
  readonly #port: PagePort;
  readonly #service: Service;
  readonly #calls = new Map<number, AbortController>();
  #isGone = false;

  constructor(port: PagePort, caller: PageCaller, service: Service) {
    this.#port = port;
    this.caller = caller;
    this.#service = service;
  }

  post(message: BrokerMessage): void {
    try {
      this.#port.post(message);
    } catch {
      // The page has gone between question and answer; there is nobody to tell.
    }
  }

  /** Takes its calls with it, those included that it made before it was let in. */
  leave(): void {
    this.#isGone = true;
    for (const call of this.#calls.values()) call.abort(new PageGone());
  }

  /** Says that this was too much. Answering must cost less than the work: nothing is read, and nothing is logged. */
  turnAway(id: number | undefined): void {
    if (id === undefined) return;
    this.post({
      v: 1,
      id,
      ok: false,
      error: toWire(new BrokerError('rate_limited'), false, crypto.randomUUID()),
    });
  }

  /** Takes whatever the page has sent, and was admitted. */
  async take(raw: unknown): Promise<void> {
    const at = this.#service.ports.now();
    const read = readMessage(raw);
    if ('error' in read) {
      if (read.id !== undefined) await this.#reject({ id: read.id, at }, read.error);
      return;
    }
    const { message } = read;
    const { id } = message;
    if ('cancel' in message) {
      this.#calls.get(id)?.abort(new BrokerError('aborted'));
      return;
    }
    if (this.#calls.has(id) || this.#service.pass.calls.isFull) {
      this.turnAway(id);
      return;
    }
    this.post({ v: 1, id, ack: true });
    try {
      this.post({ v: 1, id, ok: true, result: await this.#handle(message) });
    } catch (error) {
      await this.#reject({ id, at, resource: resourceOf(message.params) }, error);
    }
  }

  async #handle<C extends PageCall>(message: { id: number; call: C; params: unknown }) {
    const { id, call } = message;
    const { handlers, pass } = this.#service;
    const abort = new AbortController();
    const { signal } = abort;
    this.#calls.set(id, abort);
    const turn = pass.calls.begin();
    if (turn) await turn;
    let hasJoined = false;
    const joined = () => {
      if (!hasJoined) pass.calls.join();
      hasJoined = true;
    };
    try {
      signal.throwIfAborted();
      const params = parsePageParams(call, message.params);
      return await handlers[call](this.caller, params, signal, joined);
    } finally {
      this.#calls.delete(id);
      pass.calls.end(hasJoined);
    }
  }

  async #reject({ id, at, resource }: Received, error: unknown): Promise<void> {
    const { origin } = this.caller;
    const call = { origin, at, resource, isGone: this.#isGone };
    const wire = await tellFailure(this.#service.ports, call, error);
    this.post({ v: 1, id, ok: false, error: wire });
  }
}

/** What a page has sent, or why it is none of what it may send. */
function readMessage(
  raw: unknown,
): { message: PageMessage } | { id: number | undefined; error: unknown } {
  try {
    return { message: parsePageMessage(raw) };
  } catch (error) {
    return { id: idOf(raw), error };
  }
}

/** The server that a page named, if it may stand in the log. */
function resourceOf(params: unknown): string | undefined {
  const resource = (params as { resource?: unknown } | undefined)?.resource;
  const isNameable =
    typeof resource === 'string' && resource.length <= 2048 && URL.canParse(resource);
  return isNameable ? resource : undefined;
}
