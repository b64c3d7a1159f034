/** One attempt to obtain or widen a grant while it is alive in this worker. */
import { computeScopeUnion } from '../../protocol/scope.ts';
import { BrokerError } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import { shownAddress } from '../../shared/facts/shown-address.ts';
import type { PromptSnapshot, PromptView } from '../../shared/prompt.ts';
import type { Ports, Step } from '../ports/ports.ts';
import type { FlowRecord, FlowRequest, PageCaller } from '../ports/records.ts';
import { ReadDocuments } from './read-documents.ts';
import { bareSnapshot } from './snapshot.ts';

/** How long a prompt from before a restart waits for its page to come back; milliseconds. */
const RECONNECTING = 15_000;

/** The record on disk, and what only a living worker knows. */
export class LiveFlow {
  record: FlowRecord;
  step: PromptView['step'];
  failure: PromptView['failure'];
  /** True for a second run after a failure: what is remembered of the servers may be what was wrong. */
  again = false;
  /** What a discovery acts with, and what else of the servers has to be known when it ends (Z43). */
  search: Ports;
  /** Which documents were read for which site. */
  read = new ReadDocuments();
  /** True once it is known what will be asked for. */
  settled = false;
  /** The resource, once it is known. */
  resource: string | undefined;
  /** The user has answered a question of it in this worker's life, or has begun it: its sign-in is what they wait for. */
  answered = false;
  /** The nonce of the question that was on the screen last. */
  shown: string | undefined;
  /** The last call that waited was taken back, by a page that is there still. */
  takenBack = false;
  /** Its prompt has stepped aside for the sign-in window. */
  isAside = false;
  /** What other sites have read of the server may be used, so that one question does; see remembered-discovery.ts. */
  remembers = true;
  /** Its question is about a server of which the user hasn't been asked whether it may be contacted. */
  isUnasked = false;
  /** The site held no grant when it began. */
  isStranger = false;
  /** The user began it in a page of ours: it is theirs to end, and no page's that joins it. */
  isByUser = false;
  /** Its sign-in leads back to this computer, and is caught there (Z35). */
  returnsHere = false;
  /** The calls that wait for the outcome, each with the page that it came from. */
  readonly #waiters = new Map<symbol, PageCaller | undefined>();
  /** All who waited have left. Not so before anybody came: after a restart the page has a while to ask again. */
  #isDeserted = false;
  /** Nothing had to be asked, and it went on. */
  #hasGoneOn = false;
  /** The writes of its record, one after the other. */
  #written: Promise<void> = Promise.resolve();
  #isOver = false;
  readonly #ports: Ports;
  readonly #abandonment = new AbortController();

  constructor(ports: Ports, record: FlowRecord) {
    this.#ports = ports;
    this.search = ports;
    this.record = record;
    // A question that is on the screen since before a restart stays there, unchanged, under the pointer.
    this.step = record.stage === 'deciding' ? 'deciding' : 'discovering';
    this.settled = record.stage === 'deciding' && record.prompt?.snapshot.stage === 'allow';
  }

  /** Aborted when nobody waits any more, or the user has disconnected meanwhile. */
  get signal(): AbortSignal {
    return this.#abandonment.signal;
  }

  /** The user has neither seen a question of it nor answered one. */
  get isUnseen(): boolean {
    const { stage, promptWindow } = this.record;
    const isAsking = stage === 'started' || stage === 'deciding';
    return isAsking && !this.answered && promptWindow === undefined && this.shown === undefined;
  }

  /** How many calls wait for the outcome. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** The pages that wait for the outcome, each as the document that asked (Z40). */
  get pages(): PageCaller[] {
    return [...this.#waiters.values()].filter((page) => page !== undefined);
  }

  /**
   * Enters a call that waits for the outcome.
   * @returns to be called when it waits no more, and whether its page took it back; a second time it does nothing
   */
  wait(page?: PageCaller): (takenBack?: boolean) => void {
    const waiter = Symbol();
    this.#waiters.set(waiter, page);
    this.#isDeserted = false;
    return (takenBack = false) => {
      if (!this.#waiters.delete(waiter)) return;
      this.takenBack = takenBack;
      this.abandonUnlessAwaited();
    };
  }

  abandon(): void {
    this.#abandonment.abort(new BrokerError('aborted'));
  }

  /** From the user's Allow on the flow goes on without its page, and its result is kept (Z4). */
  get isAgreed(): boolean {
    return this.#hasGoneOn || isAllowed(this.record);
  }

  /** Up to Allow a flow is for somebody who waits, at each of its steps (Z40). */
  abandonUnlessAwaited(): void {
    this.#isDeserted = this.waiting === 0 && !this.isByUser;
    if (this.#isDeserted && (!this.isAgreed || this.isUnopened)) this.abandon();
  }

  /** Gives the page of a flow from before a restart a while to come back. */
  async awaitPage(): Promise<void> {
    await this.#ports.pause(RECONNECTING);
    this.abandonUnlessAwaited();
  }

  /** It needs no question, and the sign-in window that it is to open has to wait: for another flow, or another site. */
  get isUnopened(): boolean {
    const { prompt, signInWindow } = this.record;
    return this.#hasGoneOn && signInWindow === undefined && prompt?.decision === undefined;
  }

  /**
   * To be called before a step that is for somebody.
   * @throws BrokerError `aborted` when nobody waits any more
   */
  requireAwaited(): void {
    if (this.#isDeserted) this.abandon();
    if (this.signal.aborted) throw new BrokerError('aborted');
  }

  /**
   * Goes on without a question, since there is none: from here on as after an Allow.
   * @throws BrokerError `aborted` when nobody waits any more
   */
  goOn(): void {
    this.requireAwaited();
    this.#hasGoneOn = true;
  }

  /** Abandons it, and closes the sign-in window with it. */
  stop(): void {
    this.abandon();
    const { signInWindow } = this.record;
    if (signInWindow !== undefined) void this.#ports.authWindow.close(signInWindow);
  }

  /**
   * Takes what another call wants into the question that is still to come (Z47).
   * @returns false when it is too late for that, or the two are not about the same
   */
  widen(request: FlowRequest): boolean {
    const { request: own } = this.record;
    const isSpecial = [own, request].some(({ excess, hand, account }) => excess ?? hand ?? account);
    // A quiet look ends without a question; a call that may ask begins anew after it.
    if (this.settled || isSpecial || (own.quiet && !request.quiet)) return false;
    this.record = { ...this.record, request: joined(own, request) };
    return true;
  }

  /** Writes the next stage before anything of it is done (Z4), and tells our pages. */
  async advance(
    stage: FlowRecord['stage'],
    step: PromptView['step'],
    change: Partial<FlowRecord> = {},
  ): Promise<void> {
    this.step = step;
    await this.note({ ...change, stage });
    this.#ports.changed();
  }

  /** Writes a change that is no step. Changes are written in the order in which they came, also those that nobody waits for. */
  note(change: Partial<FlowRecord>): Promise<void> {
    const record = (this.record = { ...this.record, ...change });
    if (this.#isOver) return Promise.resolve();
    const written = this.#written.then(() =>
      this.#ports.store.saveFlow(this.signal.aborted ? undecided(record) : record),
    );
    this.#written = written.catch(() => undefined);
    return written;
  }

  /**
   * To be awaited before its record is deleted: nothing is written of it any more then. A write that came after the
   * deletion would bring back what the user has ended.
   */
  async endWriting(): Promise<void> {
    this.#isOver = true;
    await this.#written;
  }

  /** Says, for developers, what it does. */
  trace(step: Step): void {
    const { id, origin, asked } = this.record;
    this.#ports.traces.step({ id, origin, resource: asked }, step);
  }

  /** What our own pages show of it; before the first question that is who asks for what, and nothing to answer. */
  view(): PromptView {
    const { id, origin, asked, prompt } = this.record;
    const { snapshot, nonce, digest } = prompt ?? {
      snapshot: bareSnapshot(origin, asked),
      nonce: '',
      digest: '',
    };
    const { failure, step } = this;
    return compact({
      flow: id,
      step,
      snapshot: shownWith(failure, snapshot),
      nonce,
      digest,
      failure,
    });
  }
}

/** Whether the user has allowed what the flow is about. That a host may be contacted, or which client to be, is not it. */
function isAllowed({ stage, prompt }: FlowRecord): boolean {
  const isPreliminary = prompt?.snapshot.stage === 'reach' || prompt?.snapshot.stage === 'client';
  if (stage === 'started') return prompt?.decision !== undefined && !isPreliminary;
  return stage !== 'deciding' && (stage !== 'allowed' || !isPreliminary);
}

/** What the next worker is to know of a flow that was ended: its windows, and nothing that was allowed (T-49). */
function undecided({ prompt: _, ...record }: FlowRecord): FlowRecord {
  return { ...record, stage: 'started' };
}

/** A failure is looked up and sent to others: what the address may hold as a key is no part of it (T-32). */
function shownWith(failure: PromptView['failure'], snapshot: PromptSnapshot): PromptSnapshot {
  if (!failure) return snapshot;
  const { asked, resource } = snapshot;
  return { ...snapshot, asked: shownAddress(asked), resource: shownAddress(resource) };
}

/** What two calls of one site want of one server. */
function joined({ quiet, ...own }: FlowRequest, other: FlowRequest): FlowRequest {
  return compact({
    ...own,
    scopes: computeScopeUnion(own.scopes, other.scopes),
    demanded: computeScopeUnion(own.demanded, other.demanded),
    named: own.named ?? other.named,
    resourceMetadata: own.resourceMetadata ?? other.resourceMetadata,
    challenged: own.challenged || other.challenged,
    rediscover: own.rediscover || other.rediscover,
    holds: own.holds ?? other.holds,
    dpop: own.dpop ?? other.dpop,
    unbound: own.unbound ?? other.unbound,
    quiet: quiet && other.quiet,
    tool: own.tool ?? other.tool,
  });
}
