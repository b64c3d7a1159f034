/**
 * A server that wants a key (Z37, Z38). First who wants what, and the ways there are; the form opens by the user's click
 * alone, and on its screen is no word of a page or a server.
 */
import { useState } from 'preact/hooks';
import type { PromptView } from '../../shared/prompt.ts';
import { useFaultFocus } from '../kit/field.tsx';
import { checkKey, EMPTY_KEY, keyOf } from '../kit/key-draft.ts';
import { KeyFields } from '../kit/key-fields.tsx';
import { text } from '../kit/text.ts';
import { AllowDeny } from './allow-deny.tsx';
import { DurationChoice } from './duration.tsx';
import { KeyHeading } from './heading.tsx';
import { Parties } from '../kit/parties.tsx';
import { Progress } from './progress.tsx';

import { useDecision } from './use-decision.ts';
import type { Chosen } from './wishes.ts';
import { HostAccessNotice } from './warnings.tsx';

interface KeyQuestionProps {
  view: PromptView;
  chosen: Chosen;
  choose: (part: Chosen) => void;
  settled: () => void;
}

/** Both screens of the question, and its one answer. */
export function KeyQuestion({ view, chosen, choose, settled }: KeyQuestionProps) {
  const { snapshot, nonce, digest } = view;
  const { state, send, check } = useDecision(view, settled);
  const { at, attempt, lost, faults } = state;
  const [isEntering, setEntering] = useState(false);
  const [draft, setDraft] = useState(EMPTY_KEY);
  const fields = useFaultFocus<HTMLDivElement>(attempt);
  const duration = chosen.duration ?? snapshot.duration ?? 'always';
  const save = () => {
    const found = checkKey(draft, snapshot.asked);
    check(found);
    if (Object.keys(found).length === 0) send({ decision: 'allow', duration, key: keyOf(draft) });
  };
  if (at !== 'open') return <Progress step={at} snapshot={snapshot} />;
  return (
    <>
      {isEntering ? (
        <div class="sheet" ref={fields}>
          <h1 data-read="heading">{text('keyEnter')}</h1>
          <KeyFields host={new URL(snapshot.asked).host} {...{ draft, faults }} change={setDraft} />
          <DurationChoice value={duration} change={(next) => choose({ duration: next })} />
          <button
            class="button button-small"
            id="back"
            type="button"
            onClick={() => setEntering(false)}
          >
            {text('back')}
          </button>
        </div>
      ) : (
        <Wanted view={view} signIn={() => send({ decision: 'choose', way: 'sign_in' })} />
      )}
      <AllowDeny
        content={`${nonce} ${digest} ${String(attempt)} ${String(isEntering)}`}
        question={`${nonce} ${digest} ${String(isEntering)}`}
        words={isEntering ? 'save' : 'key'}
        lost={lost !== undefined}
        takesFocus={!isEntering}
        decide={(decision) => {
          if (decision === 'deny') send({ decision });
          else if (isEntering) save();
          else setEntering(true);
        }}
      />
    </>
  );
}

/** The site, the server that wants a key, and what else there is. */
function Wanted({ view: { snapshot }, signIn }: { view: PromptView; signIn: () => void }) {
  const { keyRefused, otherWay, hostAccess, stage } = snapshot;
  return (
    <div class="sheet">
      <KeyHeading snapshot={snapshot} />
      <Parties snapshot={snapshot} />
      <p class="lead" data-read="key">
        {text(keyRefused ? 'keyRefusedExplained' : 'keyExplained')}
      </p>
      <p data-read="shared key">{text('keyShared')}</p>
      {otherWay === 'sign_in' && (
        <p>
          <button class="button button-small" id="sign-in-instead" type="button" onClick={signIn}>
            {text('keySignIn')}
          </button>
        </p>
      )}
      <HostAccessNotice {...{ hostAccess, stage }} />
    </div>
  );
}
