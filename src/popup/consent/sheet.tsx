/** What stands above the buttons: who, where, what is new; then what deserves a second look, and the choices. */
import type { ComponentChildren } from 'preact';
import { otherWayOf } from '../../shared/accept-answer.ts';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { text } from '../kit/text.ts';
import { DurationChoice } from './duration.tsx';
import { ExtraLines } from './extra-lines.tsx';
import { Heading } from './heading.tsx';
import { HandsWarning, SealChoice } from './keeper.tsx';
import { Parties } from '../kit/parties.tsx';
import { HostAccessNotice, LegacyWarning, Warnings } from './warnings.tsx';
import type { Chosen, Wishes } from './wishes.ts';

interface SheetProps {
  snapshot: PromptSnapshot;
  sealed: boolean;
  /** What is asked for; it stands above the warnings. */
  asked: ComponentChildren;
  children: ComponentChildren;
}

/** The frame of every question. */
export function Sheet({ snapshot, sealed, asked, children }: SheetProps) {
  const { stage, credential } = snapshot;
  return (
    <div class="sheet">
      <Heading snapshot={snapshot} />
      {snapshot.legacy && <LegacyWarning />}
      <Parties snapshot={snapshot} />
      {stage === 'reach' && <p class="lead">{text('reachExplained')}</p>}
      {credential === 'none' && <p class="lead">{text('noneExplained')}</p>}
      {credential === 'key' && <p class="lead">{text('keyHeldExplained')}</p>}
      {stage === 'excess' && <p class="lead">{text('excessExplained')}</p>}
      {stage === 'hand' && <p class="lead">{text('handExplained')}</p>}
      {asked}
      <Warnings snapshot={snapshot} />
      <HandsWarning snapshot={snapshot} sealed={sealed} />
      {children}
      <ExtraLines snapshot={snapshot} sealed={sealed} />
      <HostAccessNotice {...snapshot} />
    </div>
  );
}

interface WishesChoiceProps extends Wishes {
  snapshot: PromptSnapshot;
  choose: (part: Chosen) => void;
  useKey: () => void;
}

/** How long, who holds the token, and a key instead: what is preset does for most. */
export function WishesChoice(props: WishesChoiceProps) {
  const { snapshot, duration, sealed, choose, useKey } = props;
  return (
    <>
      <DurationChoice value={duration} change={(next) => choose({ duration: next })} />
      {snapshot.keeper && <SealChoice value={sealed} change={(next) => choose({ sealed: next })} />}
      {otherWayOf(snapshot) === 'key' && <KeyInstead turn={useKey} />}
    </>
  );
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
