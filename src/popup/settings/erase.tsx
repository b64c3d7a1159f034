/** Erasing, each with a second step that says what goes. */
import { ask } from '../kit/ask.ts';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import { plural, text } from '../kit/text.ts';
import { useConfirmed, type Confirmed } from '../kit/use-confirmed.ts';
import { Section, StatusLine } from './section.tsx';

const WORDS = {
  activity: {
    open: 'activityErase',
    question: 'activityEraseAsk',
    yes: 'activityEraseConfirm',
    done: 'activityErased',
  },
  everything: {
    open: 'eraseEverything',
    question: 'eraseEverythingAsk',
    yes: 'eraseEverythingConfirm',
    done: 'erasedEverything',
  },
} as const;

/** The smaller one first. */
export function Erase({ changed }: { changed: () => void }) {
  return (
    <Section id="erase" heading="eraseHeading" class="part-danger">
      <EraseOne what="activity" changed={changed} />
      <EraseOne what="everything" changed={changed} />
      <p class="hint">{text('eraseHosts')}</p>
    </Section>
  );
}

/** How many revocations nobody has confirmed. */
type Unconfirmed = number;

function EraseOne({ what, changed }: { what: keyof typeof WORDS; changed: () => void }) {
  const { state, open, keep, run } = useConfirmed<Unconfirmed>();
  const words = WORDS[what];
  const erase = async () => {
    const { unconfirmed } = await ask('erase', { what });
    changed();
    return unconfirmed;
  };
  if (state.step === 'asking') {
    return (
      <Confirm
        question={text(words.question)}
        yes={text(words.yes)}
        confirm={() => run(erase)}
        keep={keep}
        isGrave
      />
    );
  }
  return (
    <div class="parts">
      {state.step !== 'running' && (
        <AskingButton
          class={`erase-${what}`}
          // The confirmation that had the focus is gone, however it ended.
          returned={state.step !== 'idle'}
          open={open}
        >
          {text(words.open)}
        </AskingButton>
      )}
      <StatusLine said={saidOf(state, words.done)} bad={state.step === 'failed'} />
    </div>
  );
}

function saidOf(state: Confirmed<Unconfirmed>, done: (typeof WORDS)[keyof typeof WORDS]['done']) {
  switch (state.step) {
    case 'running':
      return text('erasing');
    case 'failed':
      return text('eraseFailed');
    case 'done':
      if (state.result === 0) return text(done);
      return plural(state.result, 'erasedUnconfirmedOne', 'erasedUnconfirmed');
    case 'idle':
    case 'asking':
    case 'kept':
      return undefined;
  }
}
