/** One question to the user, from the moment it is certain to come until it has its answer. */
import { sha256Hex } from '../../shared/facts/sha256.ts';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import type { RefusalKind } from '../site/refusals.ts';
import type { LiveFlow } from './live-flow.ts';

/**
 * How a question ended. `aborted`: the page has gone, and nobody answered; `refused`: the user has refused the same in
 * another question meanwhile.
 */
export type Outcome = 'allow' | 'choose' | RefusalKind | 'aborted' | 'refused';

/** A question of one flow. It only moves forward: `coming`, `open`, `taken`. */
export class Question {
  readonly flow: LiveFlow;
  /** Settled once the outcome may be acted on. */
  readonly outcome: Promise<Outcome>;
  #settle: (outcome: Outcome) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #state: 'coming' | 'open' | 'taken' = 'coming';
  #since = 0;

  constructor(flow: LiveFlow) {
    this.flow = flow;
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    // A question that nobody waits for yet must not be an unhandled rejection.
    this.outcome.catch(() => undefined);
  }

  /** `coming`: the answer before it led here; `open`: it waits for the user; `taken`: nothing can answer it any more. */
  get state(): 'coming' | 'open' | 'taken' {
    return this.#state;
  }

  /** When it began to wait for the user; milliseconds since the epoch. */
  get since(): number {
    return this.#since;
  }

  /** From `now` on it waits for the user. */
  open(now: number): void {
    this.#state = 'open';
    this.#since = now;
  }

  /**
   * Claims the question for one answer, which {@link settle} follows once it is on disk.
   * @returns false when it isn't open: another answer was first, or the page has gone
   */
  take(): boolean {
    if (this.#state !== 'open') return false;
    this.#state = 'taken';
    return true;
  }

  /** Tells the flow how the question that was taken ended. */
  settle(outcome: Outcome): void {
    this.#settle(outcome);
  }

  /** Tells the flow that the answer could not be written down. */
  fail(error: unknown): void {
    this.#fail(error);
  }

  /** Ends an open question without an answer; does nothing to any other. */
  end(outcome: 'dismissed' | 'aborted' | 'refused'): void {
    if (this.take()) this.settle(outcome);
  }
}

/**
 * SHA-256 of what the user decides about. Which hosts the browser still has to be asked for is its own
 * question and changes with its answer, so it is no part of it.
 */
export function digestOf(snapshot: PromptSnapshot): Promise<string> {
  return sha256Hex(JSON.stringify({ ...snapshot, hostAccess: [], lent: undefined }));
}
