/** The question itself: who, where, what, and the two answers. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Duration } from '../../shared/grant.ts';
import type { PromptSnapshot, PromptView } from '../../shared/prompt.ts';
import { checkDraft, clientOf, EMPTY_DRAFT, type ClientFaults } from '../kit/client-draft.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { AllowDeny } from './allow-deny.tsx';
import { ClientQuestion } from './client-question.tsx';
import { DurationChoice } from './duration.tsx';
import { Issuers } from './issuers.tsx';
import { Parties } from './parties.tsx';
import { Progress } from './progress.tsx';
import { ScopeGroups } from './scope-groups.tsx';
import { useDecision, type Answer } from './use-decision.ts';
import { HostAccessNotice, LegacyWarning, Warnings } from './warnings.tsx';

/** What the user has chosen in this window; it outlives the question, which may be asked again. */
export interface Chosen {
  duration: Duration | undefined;
  setDuration: (duration: Duration) => void;
  /** The provider that was picked, until the question about it is on the screen. */
  picked: { current: string };
}

interface QuestionProps {
  view: PromptView;
  chosen: Chosen;
  settled: () => void;
}

const NO_FAULTS: { nonce: string; found: ClientFaults } = { nonce: '', found: {} };

/** Shows one snapshot and sends one decision about it. */
export function Question({ view, chosen, settled }: QuestionProps) {
  const { snapshot, nonce } = view;
  const { stage, issuer, issuers = [] } = snapshot;
  const { sent, attempt, lost, send, hold } = useDecision(view, settled);
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [faults, setFaults] = useState(NO_FAULTS);
  const duration = chosen.duration ?? snapshot.duration ?? 'always';
  const found = faults.nonce === nonce ? faults.found : {};

  const allow = () => {
    const answer: Answer = { decision: 'allow' };
    if (stage === 'allow') answer.duration = duration;
    if (stage === 'client') {
      const wrong = checkDraft(draft);
      setFaults({ nonce, found: wrong });
      if (Object.keys(wrong).length > 0) return hold();
      answer.client = clientOf(draft);
    }
    send(answer);
  };
  const choose = (picked: string) => {
    chosen.picked.current = picked;
    send({ decision: 'choose', issuer: picked });
  };

  if (sent !== 'no') return <Progress step={sent} snapshot={snapshot} />;
  const stays = lost === 'choose' || issuer === chosen.picked.current;
  return (
    <>
      <Sheet snapshot={snapshot}>
        {issuer !== undefined && issuers.length > 1 && (
          <Issuers
            {...{ issuers, issuer, stays, choose }}
            arrived={() => (chosen.picked.current = '')}
            failed={lost === 'choose'}
          />
        )}
        {stage === 'client' && (
          <ClientQuestion {...{ snapshot, draft, attempt }} faults={found} change={setDraft} />
        )}
        {(stage === 'allow' || stage === 'excess') && <ScopeGroups snapshot={snapshot} />}
        {stage === 'allow' && <DurationChoice value={duration} change={chosen.setDuration} />}
      </Sheet>
      <AllowDeny
        content={`${nonce} ${view.digest} ${String(attempt)}`}
        words={stage === 'client' ? 'save' : snapshot.legacy ? 'legacy' : 'allow'}
        lost={lost === 'allow' || lost === 'deny'}
        takesFocus={!stays && Object.keys(found).length === 0}
        decide={(decision) => (decision === 'allow' ? allow() : send({ decision }))}
      />
    </>
  );
}

function Sheet({ snapshot, children }: { snapshot: PromptSnapshot; children: ComponentChildren }) {
  const { stage } = snapshot;
  const decidesAccess = stage === 'allow' || stage === 'excess';
  return (
    <div class="sheet">
      <h1>{text(headingOf(snapshot))}</h1>
      {snapshot.legacy && <LegacyWarning />}
      <Parties snapshot={snapshot} />
      {stage === 'reach' && <p class="lead">{text('reachExplained')}</p>}
      {stage === 'excess' && <p class="lead">{text('excessExplained')}</p>}
      <Warnings snapshot={snapshot} />
      {children}
      <HostAccessNotice patterns={snapshot.hostAccess} />
      {decidesAccess && <p class="aside">{text('takeBack')}</p>}
    </div>
  );
}

function headingOf(snapshot: PromptSnapshot): PlainKey {
  if (snapshot.stage === 'reach') return 'reachHeading';
  if (snapshot.stage === 'client') return 'clientHeading';
  if (snapshot.stage === 'excess') return 'excessHeading';
  if (snapshot.scopes.held.length === 0) return 'allowHeading';
  return snapshot.scopes.added.length > 0 ? 'moreHeading' : 'againHeading';
}
