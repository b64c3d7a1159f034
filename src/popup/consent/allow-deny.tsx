/** The answers. Deny and Not now are at hand from the start; Allow wakes when everything has been looked at. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { text, type PlainKey } from '../kit/text.ts';
import { useFittedWindow } from './fit-window.ts';
import { useMoreBelow } from './more-below.ts';
import { useArming, type AllowHandlers, type ArmingView, type Watched } from './use-arming.ts';

type Phase = Exclude<ArmingView['phase'], 'unread'>;

const AWAKE = { away: 'armingAway', counting: 'armingCounting', armed: 'armingReady' } as const;

/** Where the button decides no access yet. */
const AHEAD = {
  away: 'armingAway',
  counting: 'armingCountingSave',
  armed: 'armingReadyKey',
} as const;

/** What the button that goes on is called, and how its waking is told. */
const WORDS: Record<
  'allow' | 'reach' | 'legacy' | 'save' | 'key',
  Record<Phase | 'label', PlainKey>
> = {
  allow: { label: 'allow', ...AWAKE },
  legacy: { label: 'allowLegacy', ...AWAKE },
  reach: { label: 'contactIt', ...AHEAD },
  key: { label: 'keyEnter', ...AHEAD },
  save: {
    label: 'saveAndContinue',
    away: 'armingAway',
    counting: 'armingCountingSave',
    armed: 'armingReadySave',
  },
};

/** The other button: what it is called, and what it does beside saying no. `cancel` closes, which is no Deny. */
const NO = {
  deny: { label: 'deny', hint: 'denyHint' },
  denyAll: { label: 'denyAll', hint: undefined },
  cancel: { label: 'cancel', hint: undefined },
} as const satisfies Record<string, { label: PlainKey; hint: PlainKey | undefined }>;

interface AllowDenyProps extends Pick<Watched, 'content' | 'question'> {
  /** A change of `content` starts the wait again and moves the focus back to Deny. */
  words: keyof typeof WORDS;
  no?: keyof typeof NO;
  /** The permissions that are to be read; see {@link Watched.scopes}. */
  scopes?: readonly string[];
  /** How many permissions would be allowed. */
  ticked?: number;
  /** What has to be done in the question before Allow can wake; see {@link Watched.isReady}. */
  first?: PlainKey | undefined;
  /** True when the last answer did not reach the background. */
  lost: boolean;
  /** False when the content has changed by the user's own doing, and the focus belongs where they are. */
  takesFocus: boolean;
  decide: (decision: 'allow' | 'deny') => void;
}

/** Deny, Not now and Allow, with a line that says what Allow waits for; the window is fitted to each question. */
export function AllowDeny(props: AllowDenyProps) {
  const { content, question, no = 'deny', first, scopes = [], decide } = props;
  const { end, foot, isMore } = useMoreBelow(content);
  useFittedWindow(question);
  const watched = { content, question, scopes, foot, isReady: first === undefined };
  const { view, handlers, isDeliberate } = useArming(watched, () => decide('allow'));
  const { deny, isCalm } = useFocusOnDeny(props);
  const holdBack = (event: KeyboardEvent) => {
    const pressing = event.key === 'Enter' || event.key === ' ';
    if (pressing && (event.repeat || !isDeliberate())) event.preventDefault();
  };
  const keys = { onKeyDown: holdBack, onKeyUp: holdBack };
  const { hint, label } = NO[no];
  return (
    <>
      <div ref={end} />
      <footer class="choice" ref={foot} data-more={isMore ? '' : undefined}>
        <Waiting {...{ view, props, isMore }} />
        <div class="consequence">
          {hint && (
            <p class="aside" id="deny-hint">
              {text(hint)}
            </p>
          )}
          {no !== 'cancel' && (
            <button id="later" class="quiet" type="button" {...keys} onClick={closeWindow}>
              {text('notNow')}
            </button>
          )}
        </div>
        <div class="buttons">
          <button
            id="deny"
            class="button"
            type="button"
            ref={deny}
            data-calm={isCalm ? '' : undefined}
            aria-describedby={hint && 'deny-hint'}
            {...keys}
            onClick={() => (no === 'cancel' ? closeWindow() : decide('deny'))}
          >
            {text(label)}
          </button>
          <Allow {...{ view, props, handlers }} />
        </div>
      </footer>
    </>
  );
}

/** Closing the window is what Not now and Cancel are (Z24). */
function closeWindow(): void {
  window.close();
}

interface PartProps {
  view: ArmingView;
  props: AllowDenyProps;
}

/** What Allow waits for, and whether the last answer was lost. */
function Waiting({ view, props, isMore }: PartProps & { isMore: boolean }) {
  const { phase } = view;
  return (
    <>
      {props.lost && (
        <p class="fault" role="alert">
          {text('answerLost')}
        </p>
      )}
      <p class="arming">
        <span role="status" class={phase === 'away' ? '' : 'unseen'}>
          {phase === 'unread' ? leftWords(view, props) : text(WORDS[props.words][phase])}
        </span>
        {isMore && phase !== 'unread' && <span class="more-below">{text('moreBelow')}</span>}
      </p>
    </>
  );
}

/** Asleep it says what is left to do; a press then shows the next piece to be read. */
function Allow({ view, props, handlers }: PartProps & { handlers: AllowHandlers }) {
  const { phase, round } = view;
  const isArmed = phase === 'armed';
  return (
    <button
      id="allow"
      class="button button-main"
      type="button"
      data-armed={isArmed ? 'true' : 'false'}
      data-left={phase === 'unread' ? '' : undefined}
      aria-disabled={isArmed ? 'false' : 'true'}
      {...handlers}
    >
      {phase === 'counting' && props.first === undefined && (
        <span key={round} class="fill" aria-hidden="true" />
      )}
      <span class="label">{labelOf(view, props)}</span>
    </button>
  );
}

function labelOf(view: ArmingView, props: AllowDenyProps): string {
  if (view.phase === 'unread') return leftWords(view, props);
  return text(props.first ?? WORDS[props.words].label);
}

function leftWords({ isScopeLeft }: ArmingView, { ticked = 0 }: AllowDenyProps): string {
  return isScopeLeft && ticked > 1 ? text('readAll', String(ticked)) : text('readRest');
}

/** The focus is on Deny, without its ring until a key is used: two marked buttons would look like a choice made. */
function useFocusOnDeny({ content, takesFocus }: AllowDenyProps) {
  const deny = useRef<HTMLButtonElement>(null);
  const [isCalm, setCalm] = useState(true);
  useLayoutEffect(() => {
    if (takesFocus) deny.current?.focus({ preventScroll: true });
  }, [content]);
  useEffect(() => {
    const watch = new AbortController();
    window.addEventListener('keydown', () => setCalm(false), { signal: watch.signal, once: true });
    return () => watch.abort();
  }, []);
  return { deny, isCalm };
}
