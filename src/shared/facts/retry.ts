/**
 * What follows from the answer to a request: the one judgement about asking the broker and about sending again.
 * A pure function of what is known; the SDK's `exchange.ts` carries it out.
 *
 * A refusal says that the request did not run, so any request may be sent again after 401 and 403, as long as
 * its client still waits for it. A `TypeError` says nothing: the request may have run although its answer could
 * not be read. After it only what changes nothing is sent again (Z28).
 */

/** A token may expire on its way, and the one after it may have been revoked; a third 401 is the answer. */
export const MAX_UNAUTHORIZED = 2;

/** The situation in which {@link planRetry} decides. */
export interface Situation {
  /** Status of the server's answer; undefined when the page's own fetch threw a `TypeError`. */
  status: number | undefined;
  /** Whether a 403 asks for more scope; `hidden` when a token was sent and the challenge cannot be read. */
  scope: 'missing' | 'hidden' | 'enough';
  /** It changes nothing at the server: GET, HEAD, or JSON-RPC that only asks. */
  onlyAsks: boolean;
  /** It looks like a request of the Streamable HTTP transport to another origin. */
  isStreamableHttp: boolean;
  /** The client has said that it does not want the answer any more. */
  isGivenUp: boolean;
  /** Milliseconds since the client made it; negative when the clock was put back. */
  age: number;
  /** How often an answer of this status has led to asking for this request before. */
  tries: number;
  /** How often a request may be stepped up, and how old it may be when it is sent again (milliseconds). No NaN. */
  limits: { stepUps: number; age: number };
  /** Asking would be in vain: it has been done a moment ago. */
  isHopeless: boolean;
  /** What came of asking, once it has been done. */
  outcome: 'another token' | 'nothing' | undefined;
}

/**
 * `return` the answer, or `reject` with the error that stands for it; `renew` and `step up` ask the broker, after
 * which the question is put again with an `outcome`.
 */
export type Verdict = 'return' | 'reject' | 'renew' | 'step up' | 'send again';

/** Decides, without acting. */
export function planRetry(situation: Situation): Verdict {
  const { status, scope, tries, limits, outcome } = situation;
  const end = status === undefined ? 'reject' : 'return';
  if (scope !== 'enough' && limits.stepUps <= 0) return 'reject';
  if (situation.isGivenUp || outcome === 'nothing' || tries >= triesAllowed(situation)) return end;
  if (outcome) return maySendAgain(situation) ? 'send again' : end;
  if (situation.isHopeless) return end;
  return status === 403 ? 'step up' : 'renew';
}

function triesAllowed({ status, scope, limits, isStreamableHttp }: Situation): number {
  if (status === 401) return MAX_UNAUTHORIZED;
  // A scope that nobody named is not invented.
  if (scope === 'missing') return limits.stepUps;
  return status === undefined && isStreamableHttp ? 1 : 0;
}

function maySendAgain({ status, onlyAsks, age, limits }: Situation): boolean {
  if (onlyAsks) return true;
  return status !== undefined && age >= 0 && age < limits.age;
}
