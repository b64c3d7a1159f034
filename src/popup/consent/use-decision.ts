/** Sends one answer to one question, at most once, with the browser's own question before it where needed. */
import { useReducer, useRef } from 'preact/hooks';
import type { PromptView } from '../../shared/prompt.ts';
import { ask } from '../kit/ask.ts';
import { requestHostAccess } from '../kit/host-access.ts';
import { answeringStep, unanswered, type Answer, type Answering } from './answering.ts';

/** The state of the question on screen, and what the user does with it. */
export interface UseDecision {
  state: Answering;
  send: (answer: Answer) => void;
  /** Notes what is wrong in the fields. With a fault, Allow has to wait again; without one it can be sent. */
  check: (faults: Answering['faults']) => void;
}

/** @param settled called when the background has answered, whatever it said */
export function useDecision(view: PromptView, settled: () => void): UseDecision {
  const { flow, nonce, digest, snapshot } = view;
  const [held, happen] = useReducer(answeringStep, nonce, unanswered);
  // Two clicks may come before the next render.
  const sending = useRef('');

  const send = async (answer: Answer) => {
    if (sending.current === nonce) return;
    sending.current = nonce;
    // First of all and without an await before it: the browser asks only inside the click (Z13).
    const allowing = answer.decision === 'allow';
    const asked = allowing ? requestHostAccess(snapshot.hostAccess) : undefined;
    happen({ type: 'sent', nonce, at: asked ? 'host-access' : 'answering' });
    await asked;
    happen({ type: 'host-access-answered', nonce });
    const { accepted } = await ask('decide', { flow, nonce, digest, ...answer }).catch(() => ({
      accepted: false,
    }));
    if (!accepted) {
      // The background did not take it (it may have been stopped before it could): the user decides anew.
      if (sending.current === nonce) sending.current = '';
      happen({ type: 'not-taken', nonce, decision: answer.decision });
    }
    settled();
  };
  return {
    state: held.nonce === nonce ? held : unanswered(nonce),
    send: (answer) => void send(answer),
    check: (faults) => happen({ type: 'checked', nonce, faults }),
  };
}
