/** Where the answer to one question is. A question is named by its nonce: another nonce is another question. Pure. */
import type { Decision } from '../../shared/prompt.ts';
import type { ClientFaults } from '../kit/client-draft.ts';
import type { KeyFaults } from '../kit/key-draft.ts';
import type { PlainKey } from '../kit/text.ts';

/** The user's answer, without what names the question. */
export type Answer = Omit<Decision, 'flow' | 'nonce' | 'digest'>;

/** One question, and how far its answer has come. */
export interface Answering {
  nonce: string;
  /** `open`: the user decides. Then the browser asks about hosts, where it has to; then the background is told. */
  at: 'open' | 'host-access' | 'answering';
  /** Grows whenever an answer failed; the wait of Allow starts again. */
  attempt: number;
  /** The last answer, when the background did not take it. */
  lost?: Answer['decision'];
  /** What was wrong in the fields at the last Allow. */
  faults: Faults;
}

/** What can be wrong in the fields; `override`: a control that Allow needs was off. */
export type Faults = ClientFaults & KeyFaults & { override?: PlainKey };

/** What happens to the question of that nonce. */
export type AnsweringEvent = { nonce: string } & (
  | { type: 'checked'; faults: Faults }
  | { type: 'sent'; at: 'host-access' | 'answering' }
  | { type: 'host-access-answered' }
  | { type: 'not-taken'; decision: Answer['decision'] }
);

/** A question that nobody has answered yet. */
export function unanswered(nonce: string): Answering {
  return { nonce, at: 'open', attempt: 0, faults: {} };
}

/** The next state. What comes late, about a question that has made room for another one, changes nothing. */
export function answeringStep(state: Answering, event: AnsweringEvent): Answering {
  const isLate = state.nonce !== event.nonce;
  const own = isLate ? unanswered(event.nonce) : state;
  switch (event.type) {
    case 'checked': {
      const isFaulty = Object.keys(event.faults).length > 0;
      return { ...own, faults: event.faults, attempt: own.attempt + (isFaulty ? 1 : 0) };
    }
    case 'sent':
      return { ...own, at: event.at };
    case 'host-access-answered':
      return isLate ? state : { ...own, at: 'answering' };
    case 'not-taken':
      if (isLate) return state;
      return { ...own, at: 'open', lost: event.decision, attempt: own.attempt + 1 };
  }
}
