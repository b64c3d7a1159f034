/** One attempt to obtain or widen a grant while it is alive in this worker. */
import { computeScopeUnion } from '../../protocol/scope.ts';
import { compact } from '../../shared/facts/compact.ts';
import { shownAddress } from '../../shared/facts/shown-address.ts';
import type { PromptSnapshot, PromptView } from '../../shared/prompt.ts';
import type { Ports, Step } from '../ports/ports.ts';
import type { FlowRecord, FlowRequest } from '../ports/records.ts';
import { bareSnapshot } from './snapshot.ts';

/** The record on disk, and what only a living worker knows. */
export class LiveFlow {
  record: FlowRecord;
  /** The tab that asks; unknown for a flow resumed after a restart, until its page asks again. */
  tabId: number | undefined;
  step: PromptView['step'];
  failure: PromptView['failure'];
  /** True for a second run after a failure: what is remembered of the servers may be what was wrong. */
  again = false;
  /** True once it is known what will be asked for. */
  settled = false;
  /** The calls that wait for the outcome. */
  readonly #waiters = new Set<symbol>();
  readonly #ports: Ports;
  readonly #abandonment = new AbortController();

  constructor(ports: Ports, record: FlowRecord, tabId: number | undefined) {
    this.#ports = ports;
    this.record = record;
    this.tabId = tabId;
    // A question that is on the screen since before a restart stays there, unchanged, under the pointer.
    this.step = record.stage === 'deciding' ? 'deciding' : 'discovering';
    this.settled = record.stage === 'deciding' && record.prompt?.snapshot.stage === 'allow';
  }

  /** Aborted when nobody waits any more, or the user has disconnected meanwhile. */
  get signal(): AbortSignal {
    return this.#abandonment.signal;
  }

  /** How many calls wait for the outcome. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Enters a call that waits for the outcome.
   * @returns to be called when it waits no more; a second time it does nothing
   */
  wait(): () => void {
    const waiter = Symbol();
    this.#waiters.add(waiter);
    return () => {
      if (this.#waiters.delete(waiter)) this.abandonUnlessAwaited();
    };
  }

  abandon(): void {
    this.#abandonment.abort();
  }

  /** Only the question can be taken back; once allowed, the flow goes on and its result is kept. */
  abandonUnlessAwaited(): void {
    if (this.waiting === 0 && this.record.stage === 'deciding') this.abandon();
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
    const isSpecial = [own, request].some(({ excess, account }) => excess ?? account);
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

  /** Writes a change that is no step. */
  async note(change: Partial<FlowRecord>): Promise<void> {
    this.record = { ...this.record, ...change };
    await this.#ports.store.saveFlow(this.record);
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

/** A failure is looked up and sent to others: what the address may hold as a key is no part of it (T-32). */
function shownWith(failure: PromptView['failure'], snapshot: PromptSnapshot): PromptSnapshot {
  if (!failure) return snapshot;
  const { asked, resource } = snapshot;
  return { ...snapshot, asked: shownAddress(asked), resource: shownAddress(resource) };
}

/** Takes a former attempt up again, for what is wanted now. */
export function continued(left: FlowRecord, request: FlowRequest): FlowRecord {
  const { promptWindow: _prompt, signInWindow: _signIn, startedAt: _at, ...rest } = left;
  return { ...rest, request, stage: 'started' };
}

/** What two calls of one site want of one server. */
function joined({ quiet, ...own }: FlowRequest, other: FlowRequest): FlowRequest {
  return compact({
    ...own,
    scopes: computeScopeUnion(own.scopes, other.scopes),
    demanded: computeScopeUnion(own.demanded, other.demanded),
    resourceMetadata: own.resourceMetadata ?? other.resourceMetadata,
    challenged: own.challenged || other.challenged,
    rediscover: own.rediscover || other.rediscover,
    quiet: quiet && other.quiet,
  });
}
