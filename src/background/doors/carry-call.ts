/** One carried request at its port: read, made, and answered byte by byte. Whatever ends it ends all of it. */
import type { CarriedMessage, CarryRequest } from '../../shared/carry-contract.ts';
import { BrokerError, asBrokerError } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import { parseCarryRequest, parseCredit, parsePart } from '../../shared/parse-carry.ts';
import type { Carrier, CarriedTask } from '../access/carry.ts';
import type { CarriedResponse } from '../access/carried-sending.ts';
import { PageGone } from '../connect/page-gone.ts';
import type { CarryPort, Ports } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import type { CarryPass } from './admission.ts';
import { BodyPump } from './carried-body.ts';
import { CarriedUpload } from './carried-upload.ts';
import { tellFailure, type CallPorts } from './told-failure.ts';

/** How long a page may take for its request, and for each part of its body; milliseconds. */
const PART_TIME = 30_000;
/** How long all parts may take, however steadily they drip; milliseconds. */
const UPLOAD_TIME = 300_000;
/** Words of credit for each chunk, and some to begin with: an honest reader says one for each. */
const CREDITS_PER_CHUNK = 4;
const FIRST_CREDITS = 16;

/** What a call is served with. */
export type CarryPorts = CallPorts & Pick<Ports, 'patience'>;

/** Whose call it is. */
interface Visitor {
  caller: PageCaller;
  pass: CarryPass;
  /** Whether its page is still there. */
  isThere(): boolean;
  carrier: Carrier;
}

export class CarryCall {
  readonly #port: CarryPort;
  readonly #visitor: Visitor;
  readonly #ports: CarryPorts;
  readonly #abort = new AbortController();
  readonly #at: number;
  #request: CarryRequest | undefined;
  #upload: CarriedUpload | undefined;
  /** Ends the wait for what the page has to send. */
  #arrived = new AbortController();
  #task: CarriedTask | undefined;
  #pump: BodyPump | undefined;
  #bytes = 0;
  #creditsLeft = FIRST_CREDITS;
  #isSent = false;
  /** Nothing more is said or heard. */
  #isOver = false;
  #isGone = false;

  constructor(port: CarryPort, visitor: Visitor, ports: CarryPorts) {
    this.#port = port;
    this.#visitor = visitor;
    this.#ports = ports;
    this.#at = ports.now();
  }

  /** Begins to listen. */
  serve(): void {
    this.#port.onClosed(() => {
      this.#leave();
    });
    this.#await();
    this.#port.onMessage((message) => {
      if (this.#isOver) return;
      try {
        this.#take(message);
      } catch (error) {
        void this.#end(error);
      }
    });
  }

  #take(message: unknown): void {
    if (!this.#request || !this.#upload) {
      this.#begin(parseCarryRequest(message));
    } else if (!this.#upload.isWhole) {
      this.#upload.add(parsePart(message));
      this.#goOn(this.#request, this.#upload);
    } else {
      this.#grant(parseCredit(message));
    }
  }

  #begin(request: CarryRequest): void {
    const { body = new Uint8Array(), length = body.byteLength } = request;
    this.#request = request;
    this.#upload = new CarriedUpload(body, length);
    this.#post({ ack: true });
    if (!this.#visitor.pass.keep(length)) throw new BrokerError('rate_limited');
    this.#goOn(request, this.#upload);
  }

  #goOn(request: CarryRequest, upload: CarriedUpload): void {
    this.#arrived.abort();
    if (upload.isWhole) {
      void this.#run({ ...request, body: upload.whole() });
    } else {
      this.#await();
      this.#post({ taken: true });
    }
  }

  /** A page that does not go on must not keep what it has sent here for good. */
  #await(): void {
    const arrived = new AbortController();
    this.#arrived = arrived;
    const left = Math.max(0, this.#at + UPLOAD_TIME - this.#ports.now());
    void this.#ports.pause(Math.min(PART_TIME, left), arrived.signal).then(() => {
      if (!arrived.signal.aborted) void this.#end(new BrokerError('invalid_request'));
    });
  }

  #grant(bytes: number): void {
    this.#creditsLeft -= 1;
    if (!this.#pump || this.#creditsLeft < 0) throw new BrokerError('invalid_request');
    this.#pump.grant(bytes);
  }

  async #run(request: CarryRequest): Promise<void> {
    const { caller, pass, carrier } = this.#visitor;
    if (pass.calls.isFull) return this.#end(new BrokerError('rate_limited'));
    this.#task = carrier.begin(request, {
      caller,
      abort: this.#abort,
      during: (work) => this.#during(work),
      sending: () => {
        if (!this.#isSent) this.#post({ sent: true });
        this.#isSent = true;
      },
    });
    try {
      const outcome = await this.#task.run();
      if ('instead' in outcome) this.#post(outcome);
      else await this.#pass(outcome, request.credit);
      await this.#end(undefined);
    } catch (error) {
      await this.#end(error);
    }
  }

  /** The store and the user are waited for in the order of the site's calls, whichever door they came by. */
  async #during<T>(work: (joined: () => void) => Promise<T>): Promise<T> {
    const { calls } = this.#visitor.pass;
    const turn = calls.begin();
    if (turn) await turn;
    let hasJoined = false;
    const joined = () => {
      if (!hasJoined) calls.join();
      hasJoined = true;
    };
    try {
      this.#abort.signal.throwIfAborted();
      return await work(joined);
    } finally {
      calls.end(hasJoined);
    }
  }

  async #pass(answer: CarriedResponse, credit: number): Promise<void> {
    const { status, statusText, headers, dropped, body, secret, former, most, sees } = answer;
    const { signal } = this.#abort;
    if (signal.aborted) await body?.cancel().catch(() => undefined);
    signal.throwIfAborted();
    const pump = new BodyPump(credit, {
      chunk: (chunk) => {
        sees?.(chunk);
        this.#post({ chunk });
        this.#bytes += chunk.byteLength;
        this.#creditsLeft += CREDITS_PER_CHUNK;
      },
      pause: this.#ports.pause,
      patience: this.#ports.patience,
      signal,
    });
    this.#pump = pump;
    this.#post({ head: { status, statusText, headers, dropped, hasBody: body !== null } });
    const [, contentType = null] = headers.find(([name]) => name === 'content-type') ?? [];
    if (body) await pump.run(compact({ body, contentType, secret, former, most }));
    this.#post({ end: true });
  }

  /** Ends the request, once: here, at its server, and at its page. */
  async #end(error: unknown): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#arrived.abort();
    const { signal } = this.#abort;
    // What has ended it says why, not what came of the ending.
    const why = signal.aborted ? asBrokerError(signal.reason) : error;
    this.#abort.abort(why ?? new BrokerError('aborted'));
    const flow = await this.#task?.end(this.#bytes, why).catch(() => undefined);
    if (why !== undefined) await this.#tell(why, flow);
    this.#visitor.pass.leave();
    this.#port.close();
  }

  async #tell(error: unknown, flow: string | undefined): Promise<void> {
    const { origin } = this.#visitor.caller;
    const resource = this.#task?.resource;
    const call = { origin, at: this.#at, resource, isGone: this.#isGone, flow };
    const wire = await tellFailure(this.#ports, call, error);
    this.#post({ error: wire });
  }

  /** The page has closed the port: it takes the request back, or has gone. */
  #leave(): void {
    this.#isGone = true;
    const why = this.#visitor.isThere() ? new BrokerError('aborted') : new PageGone();
    if (!this.#abort.signal.aborted) this.#abort.abort(why);
    void this.#end(why);
  }

  #post(message: CarriedMessage): void {
    if (this.#isGone) return;
    try {
      this.#port.post(message);
    } catch {
      // The page has gone between question and answer; its port says so next.
    }
  }
}
