/** The flows that are alive: at most one per site and server, joined by all calls that want the same. */
import { coversScopes } from '../../protocol/scope.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Again, Decision, PromptView } from '../../shared/prompt.ts';
import { readSite } from '../site/policy.ts';
import { ConsentQueue } from './consent-queue.ts';
import { FailedFlows, neverBegun } from './failed-flows.ts';
import { FlowRunner } from './flow-runner.ts';
import { LiveFlow } from './live-flow.ts';
import { makePlace } from './make-place.ts';
import { PageGone } from './page-gone.ts';
import { endFlows, endingGrant, endingSite, type Ending } from './ended-flows.ts';
import { outcomeFor } from './outcome.ts';
import { leaveOutOf } from './overrides.ts';
import { requireLoopback } from './redirects.ts';
import { findOpenQuestions, newRecord, recordFor } from './resume.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, FlowRequest, GrantKey, PageCaller } from '../ports/records.ts';
import type { Newcomer } from '../../protocol/places.ts';
import { raceAbort, SingleFlight, type Flight } from '../concurrency/single-flight.ts';

/** Who wants a flow, and until when. */
export interface Joining {
  caller: PageCaller;
  asked: string;
  signal: AbortSignal;
  /** Called when nothing is left to do for it but to wait. */
  joined?: (() => void) | undefined;
}

export class FlowTable {
  /**
   * Settled once the flows of a former worker are taken up, and those that the user ends are ended; what looks at the
   * table waits for it.
   */
  resumed: Promise<void> = Promise.resolve();
  readonly consent: ConsentQueue;
  readonly #ports: Ports;
  readonly #flights = new SingleFlight<LiveFlow>();
  readonly #failures: FailedFlows;
  readonly #runner: FlowRunner;

  /** Keys of the flows that are about to start, while the store is read for them. */
  readonly #starting = new Set<string>();

  /** While everything is being erased: what began now would outlive it. */
  closed = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.consent = new ConsentQueue(ports);
    this.#failures = new FailedFlows(ports);
    this.#runner = new FlowRunner(ports, this.consent, this.#failures);
  }

  /**
   * Waits for the flow of this site and server, starting it if there is none. A question that is not shown yet takes
   * in what this call wants; one that is shown ends first, and the caller looks again at what is held then (Z47).
   * @returns true when the flow was about these scopes
   * @throws BrokerError what ended the flow, for all who waited for it: a user who has closed a window is not asked the
   *   rest at once. `signal.reason` on abort
   */
  async join(joining: Joining, request: FlowRequest): Promise<boolean> {
    const { caller, asked, signal } = joining;
    // A flow that is alive is entered in the same turn: its last call may be about to leave, or its question to come.
    const flight =
      this.#findAlive(keyOf(caller.origin, asked)) ?? (await this.#startOnce(joining, request));
    const flow = flight.work;
    const leave = flow.wait(caller);
    try {
      // Its window may show something else by now, with nobody to tell.
      if (flow.record.stage === 'deciding') this.consent.screen.showNext();
      const isMine =
        flow.widen(request) || coversScopes(flow.record.request.scopes, request.scopes);
      joining.joined?.();
      await raceAbort(outcomeFor(request, flight), signal);
      return isMine;
    } finally {
      leave(joining.signal.aborted && !(joining.signal.reason instanceof PageGone));
    }
  }

  /** True while a flow for this site and server is alive, so that another call would join it. */
  isUnderWay(origin: string, asked: string): boolean {
    const key = keyOf(origin, asked);
    return this.#starting.has(key) || this.#findAlive(key) !== undefined;
  }

  /** A flow whose page has left is about to end: a call that comes now is not for it. */
  #findAlive(key: string): Flight<LiveFlow> | undefined {
    const flight = this.#flights.get(key);
    return flight?.work.signal.aborted ? undefined : flight;
  }

  /** True while nothing may be launched for this site and server, be it that the former flow is about to end. */
  #isTaken({ origin, asked }: Pick<FlowRecord, 'origin' | 'asked'>): boolean {
    return this.isUnderWay(origin, asked) || this.#flights.get(keyOf(origin, asked)) !== undefined;
  }

  /** Ends what is under way for a grant that is about to be removed, by whichever address it was asked for. */
  abandon(key: GrantKey): Promise<void> {
    return this.#end(endingGrant(this.#ports, key));
  }

  /** Ends what is under way for one site, its sign-in window included. */
  abandonSite(origin: string): Promise<void> {
    return this.#end(endingSite(origin));
  }

  /** What comes meanwhile waits for it, and what had begun to read what is left reads it again. */
  #end(ending: Ending): Promise<void> {
    const ended = this.resumed.then(() => endFlows(this.#ports, this.#flights.all(), ending));
    this.resumed = ended.catch(() => undefined);
    return ended;
  }

  /** Ends everything; resolves when it has ended. Nothing begins until {@link reopen}. */
  async close(): Promise<void> {
    this.closed = true;
    await this.resumed;
    const flights = this.#flights.all();
    for (const { work } of flights) work.stop();
    await Promise.allSettled(flights.map(({ done }) => done));
  }

  reopen(): void {
    this.#ports.budgets.forget();
    this.#failures.clear();
    this.closed = false;
  }

  /**
   * Starts what the user has begun in a page of ours; nobody waits for it.
   * @returns false when something is under way for this site and server
   */
  async begin(origin: string, asked: string, request: FlowRequest): Promise<boolean> {
    await this.resumed;
    if (this.closed || this.#isTaken({ origin, asked })) return false;
    if (!this.#hasPlace('', { isStranger: false, isInFront: true })) return false;
    const record = newRecord(this.#ports, { origin, asked }, request);
    const flow = new LiveFlow(this.#ports, { ...record, stage: 'allowed' });
    flow.answered = true;
    flow.isByUser = true;
    this.#launch(flow);
    return true;
  }

  /** What our own pages show of a flow. */
  view(id: string): PromptView | undefined {
    const alive = this.#flights.all().find(({ work }) => work.record.id === id);
    return (alive?.work ?? this.#failures.find(id))?.view();
  }

  /** The questions that wait for the user, and what went wrong of late. */
  pending(): PromptView[] {
    return [...this.consent.pending().map((flow) => flow.view()), ...this.#failures.views()];
  }

  /** Brings a question or a failure before the user, because they asked for it. */
  async review(id: string): Promise<boolean> {
    await this.resumed;
    return (await this.consent.review(id)) || this.#failures.show(id);
  }

  /**
   * Runs a failed flow again, in the window that says so. What the user allowed stands while the same would be
   * asked; what it brings is there for the page's next call.
   * @param again what is to be different
   * @throws BrokerError `invalid_request` when nothing could be caught there
   */
  async retry(id: string, { leaveOut = [], returnTo }: Again = {}): Promise<boolean> {
    requireLoopback(returnTo);
    const flow = this.closed ? undefined : await this.#failures.takeAgain(id, returnTo);
    if (flow) await leaveOutOf(this.#ports, flow.record, leaveOut);
    if (!flow || this.#isTaken(flow.record)) return false;
    flow.isByUser = true;
    this.#launch(flow);
    this.#ports.changed();
    return true;
  }

  /** Notes that a site named what may not be contacted, so that the user can look up why nothing happened. */
  noteRefused(site: { origin: string; asked: string }, error: BrokerError): void {
    this.#failures.add(neverBegun(this.#ports, site), error);
    this.#ports.changed();
  }

  /** Takes the user's answer to a question; see {@link ConsentQueue.decide}. */
  async decide(decision: Decision): Promise<boolean> {
    await this.resumed;
    return this.consent.decide(decision);
  }

  async windowClosed(window: number): Promise<void> {
    await this.resumed;
    this.#failures.windowClosed(window);
    this.consent.screen.windowClosed(window);
  }

  /**
   * Takes up what a former worker left. An open prompt lives on and can still be answered. A flow that was
   * allowed is continued when its page asks again; its sign-in window is closed, since the browser would not
   * hand us its result. A token that is held needs nothing of this, so its page doesn't wait for it.
   */
  resume(): Promise<void> {
    // What cannot be read now is looked for by the next worker; this one serves what comes.
    return (this.resumed = this.#reviveAll().catch(() => undefined));
  }

  async #reviveAll(): Promise<void> {
    for (const record of await findOpenQuestions(this.#ports)) {
      // Everything is being erased meanwhile.
      if (this.closed) return;
      const flow = new LiveFlow(this.#ports, record);
      flow.isStranger = !(await this.#ports.store.hasAnyGrant(record.origin));
      this.#launch(flow);
      // A page that has gone while there was no worker cannot take its question back itself (T-06).
      void flow.awaitPage();
    }
  }

  /** Under way from its first moment on: calls that come meanwhile are no attempts of their own (T-25). */
  async #startOnce(joining: Joining, request: FlowRequest): Promise<Flight<LiveFlow>> {
    const key = keyOf(joining.caller.origin, joining.asked);
    this.#starting.add(key);
    try {
      // Its record goes with it, and its place.
      await this.#flights.get(key)?.done.catch(() => undefined);
      return await this.#start(joining, request);
    } finally {
      this.#starting.delete(key);
    }
  }

  async #start(joining: Joining, request: FlowRequest): Promise<Flight<LiveFlow>> {
    const { caller, asked, signal } = joining;
    const { origin } = caller;
    const { store, budgets } = this.#ports;
    const { resumed } = this;
    await resumed;
    const [records, isHolder, isInFront, budget] = await Promise.all([
      store.listFlows(),
      store.hasAnyGrant(origin),
      this.#ports.isInFront(caller),
      budgets.of(origin),
    ]);
    // The attempt is on disk before anything is done about it.
    await budget.kept();
    const { paused } = await readSite(this.#ports, origin);
    signal.throwIfAborted();
    // The user has ended something meanwhile: of what was read it may be what was allowed (T-49).
    if (resumed !== this.resumed) return this.#start(joining, request);
    // Somebody else may have started it while the store was read.
    const flight = this.#flights.get(keyOf(origin, asked));
    if (flight) return flight;
    if (this.closed) throw new BrokerError('interrupted');
    if (paused) throw new BrokerError('access_denied');
    if (!this.#hasPlace(origin, { isStranger: !isHolder, isInFront }))
      throw new BrokerError('rate_limited');
    const { inFront: _, ...record } = recordFor(this.#ports, records, { origin, asked }, request);
    const flow = new LiveFlow(this.#ports, { ...record, ...(isInFront && { inFront: true }) });
    flow.isStranger = !isHolder;
    return this.#launch(flow);
  }

  #hasPlace(origin: string, newcomer: Newcomer): boolean {
    this.consent.endOverdue();
    const alive = this.#flights.all().map(({ work }) => work);
    return makePlace(alive, origin, newcomer);
  }

  #launch(flow: LiveFlow) {
    this.#failures.forget(flow.record);
    const { origin, asked } = flow.record;
    return this.#flights.start(keyOf(origin, asked), flow, (live) => this.#runner.run(live));
  }
}

/** No two pairs share a key: an origin cannot hold a space, so the first one is where it ends. */
function keyOf(origin: string, asked: string): string {
  return `${origin} ${asked}`;
}
