/** The question itself: who, where, what, and the two answers. */
import { useState } from 'preact/hooks';
import type { AskedOverride } from '../../shared/facts/override.ts';
import { isChoice } from '../../shared/facts/ticked.ts';
import type { PromptSnapshot, PromptView } from '../../shared/prompt.ts';
import { checkDraft, clientOf, EMPTY_DRAFT, type ClientDraft } from '../kit/client-draft.ts';
import { isWideScope } from '../kit/scope-hints.ts';
import type { PlainKey } from '../kit/text.ts';
import { AllowDeny } from './allow-deny.tsx';
import type { Answer, Answering } from './answering.ts';
import { ClientQuestion } from './client-question.tsx';
import { Issuers } from './issuers.tsx';
import { NameCheck } from './name-check.tsx';
import { namesToCheck } from './names-to-check.ts';
import { OverrideChoice } from './override-choice.tsx';
import { Progress } from './progress.tsx';
import { mayChoose, ScopeGroups, scopesToBeRead } from './scope-groups.tsx';
import { ALL_TICKED, tickedOf, ticksFor, type Ticks } from './scope-ticks.ts';
import { Sheet, WishesChoice } from './sheet.tsx';
import type { Chosen, Wishes } from './wishes.ts';
import { useDecision } from './use-decision.ts';

interface QuestionProps {
  view: PromptView;
  chosen: Chosen;
  choose: (part: Chosen) => void;
  settled: () => void;
}

/** What the user has chosen, or else what holds so far; a first powerful permission isn't preset to last forever. */
function wishesOf(snapshot: PromptSnapshot, chosen: Chosen): Wishes {
  const { duration, sealed, scopes } = snapshot;
  const isPowerful = scopes.held.length === 0 && scopes.added.some(isWideScope);
  return {
    duration: chosen.duration ?? duration ?? (isPowerful ? 'day' : 'always'),
    sealed: chosen.sealed ?? sealed === true,
    ticks: mayChoose(snapshot) ? ticksFor(scopes.added, chosen.ticks) : ALL_TICKED,
  };
}

/** Empty fields, but for what the provider's recipe knows. */
function draftFor({ recipe }: PromptSnapshot): ClientDraft {
  return { ...EMPTY_DRAFT, ...(recipe?.authMethod && { authMethod: recipe.authMethod }) };
}

function yesTo(snapshot: PromptSnapshot, wishes: Wishes, set: Set): Answer {
  if (snapshot.stage !== 'allow') return { decision: 'allow' };
  const { duration, sealed, ticks } = wishes;
  const overrides = set.overrides.length > 0 && { overrides: set.overrides };
  const { added } = snapshot.scopes;
  const scopes = tickedOf(added, ticks);
  const isFewer = mayChoose(snapshot) && scopes.length < added.length;
  const fewer = isFewer && { scopes };
  return { decision: 'allow', duration, ...sealing(snapshot, sealed), ...overrides, ...fewer };
}

/** Only what was changed is said: an untouched switch decides nothing. */
function sealing({ keeper, sealed: held }: PromptSnapshot, sealed: boolean): Partial<Answer> {
  return keeper && sealed !== (held === true) ? { sealed } : {};
}

/** What the user has set in one question, and in no other. */
interface Set {
  overrides: AskedOverride[];
  isNameConfirmed: boolean;
}

const UNSET: Set = { overrides: [], isNameConfirmed: false };

/** Unset whenever a question opens: another nonce is another question. */
function useSet(nonce: string): [Set, (part: Partial<Set>) => void] {
  const [held, hold] = useState({ nonce, set: UNSET });
  const set = held.nonce === nonce ? held.set : UNSET;
  return [set, (part) => hold({ nonce, set: { ...set, ...part } })];
}

/** What has to be done before Allow can wake, beside the reading. */
function firstOf(
  snapshot: PromptSnapshot,
  { isNameConfirmed }: Set,
  ticks: Ticks,
): PlainKey | undefined {
  if (namesToCheck(snapshot).length > 0 && !isNameConfirmed) return 'confirmFirst';
  const { scopes } = snapshot;
  const isEnough = !mayChoose(snapshot) || isChoice(scopes, tickedOf(scopes.added, ticks));
  return isEnough ? undefined : 'tickFirst';
}

/** Shows one snapshot and sends one decision about it. */
export function Question({ view, chosen, choose, settled }: QuestionProps) {
  const { snapshot, nonce, digest } = view;
  const { stage, issuer, missing = [] } = snapshot;
  const { state, send, check } = useDecision(view, settled);
  const { at, attempt, lost, faults } = state;
  const [draft, setDraft] = useState(draftFor(snapshot));
  const [set, change] = useSet(nonce);
  const wishes = wishesOf(snapshot, chosen);

  const allow = () => {
    const answer = yesTo(snapshot, wishes, set);
    if (set.overrides.length < missing.length) return check({ override: 'overrideUnticked' });
    if (stage === 'client') {
      const found = checkDraft(draft);
      check(found);
      if (Object.keys(found).length > 0) return;
      answer.client = clientOf(draft);
    }
    send(answer);
  };

  if (at !== 'open') return <Progress step={at} snapshot={snapshot} />;
  const stays = lost === 'choose' || (issuer !== undefined && issuer === chosen.picked);
  const { ticks } = wishes;
  const { added } = snapshot.scopes;
  const asked = hasScopes(snapshot) && (
    <ScopeGroups
      {...{ snapshot, ticks }}
      change={(next) => choose({ ticks: { among: added, ticks: next } })}
    />
  );
  return (
    <>
      <Sheet snapshot={snapshot} sealed={wishes.sealed} asked={asked}>
        <Choices {...{ snapshot, state, set, change, choose, send, stays }} />
        {stage === 'client' && (
          <ClientQuestion {...{ snapshot, draft, attempt, faults }} change={setDraft} />
        )}
        {stage === 'allow' && (
          <WishesChoice
            {...{ snapshot, ...wishes, choose }}
            useKey={() => send({ decision: 'choose', way: 'key' })}
          />
        )}
      </Sheet>
      <AllowDeny
        content={`${nonce} ${digest} ${String(attempt)}`}
        question={`${nonce} ${digest}`}
        scopes={hasScopes(snapshot) ? scopesToBeRead(snapshot, ticks) : []}
        ticked={tickedOf(added, ticks).length}
        words={buttonOf(snapshot)}
        no={stage === 'client' ? 'cancel' : stage === 'excess' ? 'denyAll' : 'deny'}
        first={firstOf(snapshot, set, ticks)}
        lost={lost === 'allow' || lost === 'deny'}
        takesFocus={!stays && Object.keys(faults).length === 0}
        decide={(decision) => (decision === 'allow' ? allow() : send({ decision }))}
      />
    </>
  );
}

interface ChoicesProps extends Pick<QuestionProps, 'choose'> {
  snapshot: PromptSnapshot;
  state: Answering;
  set: Set;
  change: (part: Partial<Set>) => void;
  send: (answer: Answer) => void;
  /** See {@link Issuers}. */
  stays: boolean;
}

/** What the user confirms, picks or lets pass, where there is cause for it. */
function Choices({ snapshot, state, set, change, choose, send, stays }: ChoicesProps) {
  const { issuer, issuers = [], missing = [] } = snapshot;
  const { attempt, faults, lost } = state;
  return (
    <>
      <NameCheck
        names={namesToCheck(snapshot)}
        isConfirmed={set.isNameConfirmed}
        confirm={(isNameConfirmed) => change({ isNameConfirmed })}
      />
      {issuer !== undefined && issuers.length > 1 && (
        <Issuers
          {...{ issuers, issuer, stays }}
          choose={(picked) => {
            choose({ picked });
            send({ decision: 'choose', issuer: picked });
          }}
          arrived={() => choose({ picked: undefined })}
          failed={lost === 'choose'}
        />
      )}
      {missing.length > 0 && (
        <OverrideChoice
          {...{ missing, ticked: set.overrides, attempt, faults }}
          tick={(overrides) => change({ overrides })}
        />
      )}
    </>
  );
}

function buttonOf({ stage, legacy }: PromptSnapshot) {
  if (stage === 'client') return 'save';
  if (stage === 'reach') return 'reach';
  return legacy ? 'legacy' : 'allow';
}

/** A server that takes a key, or anybody, knows no scopes. */
function hasScopes({ stage, credential }: PromptSnapshot): boolean {
  if (stage === 'excess' || stage === 'hand') return true;
  return stage === 'allow' && credential === undefined;
}
