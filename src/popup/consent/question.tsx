/** The question itself: who, where, what, and the two answers. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Duration } from '../../shared/facts/duration.ts';
import { otherWayOf } from '../../shared/accept-answer.ts';
import type { PromptSnapshot, PromptView } from '../../shared/prompt.ts';
import { checkDraft, clientOf, EMPTY_DRAFT } from '../kit/client-draft.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { AllowDeny } from './allow-deny.tsx';
import type { Answer } from './answering.ts';
import { ClientQuestion } from './client-question.tsx';
import { DurationChoice } from './duration.tsx';
import { Issuers } from './issuers.tsx';
import { KeeperLine, SealChoice } from './keeper.tsx';
import { Parties } from '../kit/parties.tsx';
import { Progress } from './progress.tsx';
import { ScopeGroups } from '../kit/scope-groups.tsx';
import { useDecision } from './use-decision.ts';
import { HostAccessNotice, LegacyWarning, Warnings } from './warnings.tsx';

/** What the user has chosen in this window; it outlives the question, which may be asked again. */
export interface Chosen {
  duration?: Duration;
  sealed?: boolean;
  /** The provider that was picked, until the question about it is on the screen. */
  picked?: string | undefined;
}

interface QuestionProps {
  view: PromptView;
  chosen: Chosen;
  choose: (part: Chosen) => void;
  settled: () => void;
}

/** What the user has chosen beside the yes, or what holds where they have chosen nothing. */
function wishesOf({ duration, sealed }: PromptSnapshot, chosen: Chosen) {
  return {
    duration: chosen.duration ?? duration ?? 'always',
    sealed: chosen.sealed ?? sealed === true,
  };
}

function yesTo(
  snapshot: PromptSnapshot,
  { duration, sealed }: ReturnType<typeof wishesOf>,
): Answer {
  if (snapshot.stage !== 'allow') return { decision: 'allow' };
  return { decision: 'allow', duration, ...sealing(snapshot, sealed) };
}

/** Shows one snapshot and sends one decision about it. */
export function Question({ view, chosen, choose, settled }: QuestionProps) {
  const { snapshot, nonce } = view;
  const { stage, issuer, issuers = [] } = snapshot;
  const { state, send, check } = useDecision(view, settled);
  const { at, attempt, lost, faults } = state;
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const { duration, sealed } = wishesOf(snapshot, chosen);

  const allow = () => {
    const answer = yesTo(snapshot, { duration, sealed });
    if (stage === 'client') {
      const found = checkDraft(draft);
      check(found);
      if (Object.keys(found).length > 0) return;
      answer.client = clientOf(draft);
    }
    send(answer);
  };
  const pick = (picked: string) => {
    choose({ picked });
    send({ decision: 'choose', issuer: picked });
  };

  if (at !== 'open') return <Progress step={at} snapshot={snapshot} />;
  const stays = lost === 'choose' || (issuer !== undefined && issuer === chosen.picked);
  return (
    <>
      <Sheet snapshot={snapshot} sealed={sealed}>
        {issuer !== undefined && issuers.length > 1 && (
          <Issuers
            {...{ issuers, issuer, stays }}
            choose={pick}
            arrived={() => choose({ picked: undefined })}
            failed={lost === 'choose'}
          />
        )}
        {stage === 'client' && (
          <ClientQuestion {...{ snapshot, draft, attempt, faults }} change={setDraft} />
        )}
        {hasScopes(snapshot) && <ScopeGroups snapshot={snapshot} />}
        {stage === 'allow' && (
          <DurationChoice value={duration} change={(next) => choose({ duration: next })} />
        )}
        {stage === 'allow' && snapshot.keeper && (
          <SealChoice value={sealed} change={(next) => choose({ sealed: next })} />
        )}
        {otherWayOf(snapshot) === 'key' && (
          <KeyInstead turn={() => send({ decision: 'choose', way: 'key' })} />
        )}
      </Sheet>
      <AllowDeny
        content={`${nonce} ${view.digest} ${String(attempt)}`}
        words={stage === 'client' ? 'save' : snapshot.legacy ? 'legacy' : 'allow'}
        lost={lost === 'allow' || lost === 'deny'}
        takesFocus={!stays && Object.keys(faults).length === 0}
        decide={(decision) => (decision === 'allow' ? allow() : send({ decision }))}
      />
    </>
  );
}

interface SheetProps {
  snapshot: PromptSnapshot;
  sealed: boolean;
  children: ComponentChildren;
}

function Sheet({ snapshot, sealed, children }: SheetProps) {
  const { stage, tool } = snapshot;
  return (
    <div class="sheet">
      <h1>{text(headingOf(snapshot))}</h1>
      {snapshot.legacy && <LegacyWarning />}
      <Parties snapshot={snapshot} />
      {stage === 'reach' && <p class="lead">{text('reachExplained')}</p>}
      {snapshot.credential === 'none' && <p class="lead">{text('noneExplained')}</p>}
      {snapshot.credential === 'key' && <p class="lead">{text('keyHeldExplained')}</p>}
      {stage === 'excess' && <p class="lead">{text('excessExplained')}</p>}
      {stage === 'hand' && <p class="lead">{text('handExplained')}</p>}
      {tool !== undefined && (
        <p class="hint" id="tool">
          {text('forTool', tool)}
        </p>
      )}
      <Warnings snapshot={snapshot} />
      <KeeperLine snapshot={snapshot} sealed={sealed} />
      {children}
      <HostAccessNotice patterns={snapshot.hostAccess} />
      {(stage === 'allow' || hasScopes(snapshot)) && <p class="aside">{text('takeBack')}</p>}
    </div>
  );
}

/** A server that takes a key, or anybody, knows no scopes. */
function hasScopes({ stage, credential }: PromptSnapshot): boolean {
  if (stage === 'excess' || stage === 'hand') return true;
  return stage === 'allow' && credential === undefined;
}

/** Few need it: most who have a key for a server are not asked to sign in there. */
function KeyInstead({ turn }: { turn: () => void }) {
  return (
    <details id="key-instead">
      <summary>{text('keyInstead')}</summary>
      <p class="hint">{text('keyInsteadExplained')}</p>
      <button class="button button-small" type="button" onClick={turn}>
        {text('keyInsteadTurn')}
      </button>
    </details>
  );
}

/** Only what was changed is said: an untouched switch decides nothing. */
function sealing({ keeper, sealed: held }: PromptSnapshot, sealed: boolean): Partial<Answer> {
  return keeper && sealed !== (held === true) ? { sealed } : {};
}

function headingOf(snapshot: PromptSnapshot): PlainKey {
  if (snapshot.stage === 'reach') return 'reachHeading';
  if (snapshot.stage === 'client') return 'clientHeading';
  if (snapshot.stage === 'excess') return 'excessHeading';
  if (snapshot.stage === 'hand') return 'handHeading';
  if (snapshot.scopes.held.length === 0) return 'allowHeading';
  return snapshot.scopes.added.length > 0 ? 'moreHeading' : 'againHeading';
}
