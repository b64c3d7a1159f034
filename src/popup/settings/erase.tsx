/** Erasing, each with a second step that says what goes. */
import { useState } from 'preact/hooks';
import { ask } from '../kit/ask.ts';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import { text } from '../kit/text.ts';
import { Section, StatusLine } from './section.tsx';

const WORDS = {
  activity: {
    open: 'eraseActivity',
    question: 'eraseActivityAsk',
    yes: 'eraseActivityConfirm',
    done: 'erasedActivity',
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
    <Section id="erase" heading="eraseHeading">
      <EraseOne what="activity" changed={changed} />
      <EraseOne what="everything" changed={changed} />
      <p class="hint">{text('eraseHosts')}</p>
    </Section>
  );
}

type Stage =
  { at: 'idle' | 'asking' | 'kept' | 'running' | 'failed' } | { at: 'done'; unconfirmed: number };

function EraseOne({ what, changed }: { what: keyof typeof WORDS; changed: () => void }) {
  const [stage, setStage] = useState<Stage>({ at: 'idle' });
  const words = WORDS[what];
  const run = () => {
    setStage({ at: 'running' });
    ask('erase', { what }).then(
      ({ unconfirmed }) => {
        setStage({ at: 'done', unconfirmed });
        changed();
      },
      () => setStage({ at: 'failed' }),
    );
  };
  if (stage.at === 'asking') {
    return (
      <Confirm
        question={text(words.question)}
        yes={text(words.yes)}
        confirm={run}
        keep={() => setStage({ at: 'kept' })}
      />
    );
  }
  return (
    <div class="parts">
      {stage.at !== 'running' && (
        <AskingButton
          class={`erase-${what}`}
          // The confirmation that had the focus is gone, however it ended.
          returned={stage.at !== 'idle'}
          open={() => setStage({ at: 'asking' })}
        >
          {text(words.open)}
        </AskingButton>
      )}
      <StatusLine said={saidOf(stage, words.done)} bad={stage.at === 'failed'} />
    </div>
  );
}

function saidOf(stage: Stage, done: (typeof WORDS)[keyof typeof WORDS]['done']) {
  switch (stage.at) {
    case 'running':
      return text('erasing');
    case 'failed':
      return text('eraseFailed');
    case 'done':
      if (stage.unconfirmed === 0) return text(done);
      return text('erasedUnconfirmed', String(stage.unconfirmed));
    case 'idle':
    case 'asking':
    case 'kept':
      return undefined;
  }
}
