/** Sends one answer to one question, at most once, with the browser's own question before it where needed. */
import { useRef, useState } from 'preact/hooks';
import type { Decision, PromptView } from '../shared/prompt.ts';
import { ask } from './ask.ts';
import { requestHostAccess } from './host-access.ts';

/** The user's answer, without what names the question. */
export type Answer = Omit<Decision, 'flow' | 'nonce' | 'digest'>;

/** Where the answer is. */
export type Sent = 'no' | 'host-access' | 'answering';

export interface Deciding {
  sent: Sent;
  /** Grows whenever an answer failed; the wait of Allow starts again. */
  attempt: number;
  /** The last answer to this question, when the background did not take it. */
  lost: Answer['decision'] | undefined;
  send: (answer: Answer) => void;
  /** Takes back an Allow that could not be sent. */
  hold: () => void;
}

/** @param settled called when the background has answered, whatever it said */
export function useDecision(view: PromptView, settled: () => void): Deciding {
  const decided = useRef('');
  const [sent, setSent] = useState<{ nonce: string; state: Sent }>({ nonce: '', state: 'no' });
  const [attempt, setAttempt] = useState(0);
  const [lost, setLost] = useState<{ nonce: string; decision: Answer['decision'] }>();

  const hold = () => {
    decided.current = '';
    setSent({ nonce: '', state: 'no' });
    setAttempt((last) => last + 1);
  };
  const send = async (answer: Answer) => {
    if (decided.current === view.nonce) return;
    decided.current = view.nonce;
    const { flow, nonce, digest, snapshot } = view;
    // First of all and without an await before it: the browser asks only inside the click (Z13).
    const allowing = answer.decision === 'allow';
    const asked = allowing ? requestHostAccess(snapshot.hostAccess) : undefined;
    setSent({ nonce, state: asked ? 'host-access' : 'answering' });
    await asked;
    setSent({ nonce, state: 'answering' });
    const { accepted } = await ask('decide', { flow, nonce, digest, ...answer }).catch(() => ({
      accepted: false,
    }));
    if (!accepted) {
      // The background did not take it (it may have been stopped before it could): the user decides anew.
      setLost({ nonce, decision: answer.decision });
      hold();
    }
    settled();
  };
  return {
    sent: sent.nonce === view.nonce ? sent.state : 'no',
    attempt,
    lost: lost?.nonce === view.nonce ? lost.decision : undefined,
    send: (answer) => void send(answer),
    hold,
  };
}
