/** The question itself: who, where, what, and the two answers. */
import { useRef, useState } from 'preact/hooks';
import type { PromptSnapshot, PromptView } from '../shared/prompt.ts';
import { ask } from './ask.ts';
import { Choice } from './choice.tsx';
import { requestHostAccess } from './host-access.ts';
import { Parties } from './parties.tsx';
import { Progress } from './progress.tsx';
import { ScopeGroups } from './scopes.tsx';
import { text, type PlainKey } from './text.ts';
import { HostAccessNotice, Warnings } from './warnings.tsx';

type Sent = 'no' | 'host-access' | 'answering';

/** Shows one snapshot and sends one decision about it. */
export function Question({ view, settled }: { view: PromptView; settled: () => void }) {
  const { snapshot } = view;
  const decided = useRef('');
  const [sent, setSent] = useState<{ nonce: string; state: Sent }>({ nonce: '', state: 'no' });
  const [attempt, setAttempt] = useState(0);

  const decide = async (decision: 'allow' | 'deny') => {
    if (decided.current === view.nonce) return;
    decided.current = view.nonce;
    const { flow, nonce, digest } = view;
    // First of all and without an await before it: the browser asks only inside the click (Z13).
    const asked = decision === 'allow' ? requestHostAccess(snapshot.hostAccess) : undefined;
    setSent({ nonce, state: asked ? 'host-access' : 'answering' });
    await asked;
    setSent({ nonce, state: 'answering' });
    const { accepted } = await ask('decide', { flow, nonce, digest, decision }).catch(() => ({
      accepted: false,
    }));
    if (!accepted) {
      // The background did not take it (it may have been stopped before it could): the user decides anew.
      decided.current = '';
      setSent({ nonce: '', state: 'no' });
      setAttempt((last) => last + 1);
    }
    settled();
  };

  if (sent.nonce === view.nonce && sent.state !== 'no') {
    return <Progress step={sent.state} snapshot={snapshot} />;
  }
  return (
    <>
      <div class="sheet">
        <h1>{text(headingOf(snapshot))}</h1>
        <Parties snapshot={snapshot} />
        {snapshot.stage === 'reach' && <p class="lead">{text('reachExplained')}</p>}
        {snapshot.stage === 'excess' && <p class="lead">{text('excessExplained')}</p>}
        <Warnings snapshot={snapshot} />
        {snapshot.stage !== 'reach' && <ScopeGroups snapshot={snapshot} />}
        <HostAccessNotice patterns={snapshot.hostAccess} />
        {snapshot.stage !== 'reach' && <p class="aside">{text('takeBack')}</p>}
      </div>
      <Choice
        content={`${view.nonce} ${view.digest} ${String(attempt)}`}
        decide={(decision) => void decide(decision)}
      />
    </>
  );
}

function headingOf(snapshot: PromptSnapshot): PlainKey {
  if (snapshot.stage === 'reach') return 'reachHeading';
  if (snapshot.stage === 'excess') return 'excessHeading';
  if (snapshot.scopes.held.length === 0) return 'allowHeading';
  return snapshot.scopes.added.length > 0 ? 'moreHeading' : 'againHeading';
}
