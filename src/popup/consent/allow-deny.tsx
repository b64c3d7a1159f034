/** The two answers. Deny is at hand from the start; Allow wakes when the window has been looked at. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { text, type PlainKey } from '../kit/text.ts';
import { useArming, type ArmingView } from './use-arming.ts';

/** What the button that goes on is called, and how its waking is told. */
const WORDS: Record<
  'allow' | 'legacy' | 'save' | 'key',
  Record<ArmingView['phase'] | 'label', PlainKey>
> = {
  allow: {
    label: 'allow',
    away: 'armingAway',
    counting: 'armingCounting',
    armed: 'armingReady',
  },
  legacy: {
    label: 'allowLegacy',
    away: 'armingAway',
    counting: 'armingCounting',
    armed: 'armingReady',
  },
  key: {
    label: 'keyEnter',
    away: 'armingAway',
    counting: 'armingCountingSave',
    armed: 'armingReadyKey',
  },
  save: {
    label: 'saveAndContinue',
    away: 'armingAway',
    counting: 'armingCountingSave',
    armed: 'armingReadySave',
  },
};

/** The question ends in this much empty space; hiding it hides nothing. */
const EMPTY_END_PX = 16;

interface AllowDenyProps {
  /** Names what is being decided; a change starts the wait again and moves the focus back to Deny. */
  content: string;
  words: keyof typeof WORDS;
  /** True when the last answer did not reach the background. */
  lost: boolean;
  /** False when the content has changed by the user's own doing, and the focus belongs where they are. */
  takesFocus: boolean;
  decide: (decision: 'allow' | 'deny') => void;
}

/** Deny and Allow, with a line that says whether Allow is awake. */
export function AllowDeny({ content, words, lost, takesFocus, decide }: AllowDenyProps) {
  const deny = useRef<HTMLButtonElement>(null);
  const { view, handlers, isAttended } = useArming(content, () => decide('allow'));
  useLayoutEffect(() => {
    if (takesFocus) deny.current?.focus({ preventScroll: true });
  }, [content]);

  const armed = view.phase === 'armed';
  const holdBack = (event: KeyboardEvent) => {
    const pressing = event.key === 'Enter' || event.key === ' ';
    if (pressing && (event.repeat || !isAttended(event))) event.preventDefault();
  };
  const { end, foot, isMore } = useMoreBelow(content);
  return (
    <>
      <div ref={end} />
      <footer class="choice" ref={foot} data-more={isMore ? '' : undefined}>
        {lost && (
          <p class="fault" role="alert">
            {text('answerLost')}
          </p>
        )}
        <p class="arming">
          <span role="status">{text(WORDS[words][view.phase])}</span>
          {isMore && <span class="more-below">{text('moreBelow')}</span>}
        </p>
        <div class="buttons">
          <button
            id="deny"
            class="button"
            type="button"
            ref={deny}
            onKeyDown={holdBack}
            onKeyUp={holdBack}
            onClick={() => decide('deny')}
          >
            {text('deny')}
          </button>
          <button
            id="allow"
            class="button button-main"
            type="button"
            data-armed={armed ? 'true' : 'false'}
            aria-disabled={armed ? 'false' : 'true'}
            {...handlers}
          >
            {view.phase === 'counting' && <span key={view.round} class="fill" aria-hidden="true" />}
            <span class="label">{text(WORDS[words].label)}</span>
          </button>
        </div>
      </footer>
    </>
  );
}

/** Whether part of the question is hidden behind the footer that stays. */
function useMoreBelow(content: string) {
  const end = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLElement>(null);
  const [isMore, setMore] = useState(false);
  useEffect(() => {
    const measure = () => {
      const bottom = end.current?.getBoundingClientRect().top ?? 0;
      setMore(bottom > (foot.current?.getBoundingClientRect().top ?? 0) + EMPTY_END_PX);
    };
    const watch = new AbortController();
    window.addEventListener('scroll', measure, { signal: watch.signal, passive: true });
    window.addEventListener('resize', measure, { signal: watch.signal });
    measure();
    return () => watch.abort();
  }, [content]);
  return { end, foot, isMore };
}
