/** Joins the pure arming rules to a real window and a real button. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isArmed, isAttended, startArming, step, type ArmingEvent } from './arming.ts';

/** How often the window is looked at; a window move has no event of its own. */
const SIGHT_INTERVAL_MS = 100;

/** Where Allow stands, for the eye and for the screen reader. */
export interface ArmingView {
  phase: 'away' | 'counting' | 'armed';
  /** Changes when the wait starts again. */
  round: number;
}

/** The listeners of the Allow button. */
export interface AllowHandlers {
  onPointerDown: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onClick: (event: MouseEvent) => void;
}

/**
 * Watches the window while `content` is on screen.
 * @param content names what is being decided; when it changes, the wait starts again
 * @param allow called inside the click that chose Allow, so that it may still ask the browser for permissions
 */
export function useArming(content: string, allow: () => void) {
  const state = useRef(startArming(''));
  const [view, setView] = useState<ArmingView>({ phase: 'away', round: 0 });
  const feed = useCallback((event: ArmingEvent) => {
    state.current = step(state.current, event);
    const next = viewOf(state.current);
    setView((last) => (last.phase === next.phase && last.round === next.round ? last : next));
  }, []);
  useWatch(content, feed);
  return {
    view,
    handlers: makeHandlers(feed, () => state.current.decided, allow),
    isAttended: (event: Event) => isAttended(state.current, event.timeStamp),
  };
}

type Feed = (event: ArmingEvent) => void;

function viewOf(state: ReturnType<typeof startArming>): ArmingView {
  const counting = state.since === undefined ? 'away' : 'counting';
  return {
    phase: isArmed(state, state.armedAt ?? 0) ? 'armed' : counting,
    round: state.since ?? 0,
  };
}

/** Sights at an interval; whatever breaks them at once. */
function useWatch(content: string, feed: Feed): void {
  // In the commit that changes the content, before anybody can click on it; sights follow after the paint.
  useLayoutEffect(() => {
    feed({ type: 'sight', at: performance.now(), sight: seeWindow(content, false) });
  }, [content, feed]);
  useEffect(() => {
    const look = () => feed({ type: 'sight', at: performance.now(), sight: seeWindow(content) });
    const lose = () => feed({ type: 'lost', at: performance.now() });
    const keyUp = (event: KeyboardEvent) =>
      feed({ type: 'keyup', at: event.timeStamp, key: event.key });
    const keyDown = (event: KeyboardEvent) => {
      const { timeStamp: at, isTrusted: trusted, key, repeat } = event;
      feed({ type: 'keydown', at, trusted, key, repeat, onButton: false });
    };
    const timer = setInterval(look, SIGHT_INTERVAL_MS);
    const watch = new AbortController();
    const { signal } = watch;
    window.addEventListener('focus', look, { signal });
    window.addEventListener('blur', lose, { signal });
    window.addEventListener('resize', lose, { signal });
    document.addEventListener('visibilitychange', lose, { signal });
    window.addEventListener('keydown', keyDown, { signal, capture: true });
    window.addEventListener('keyup', keyUp, { signal, capture: true });
    look();
    return () => {
      clearInterval(timer);
      watch.abort();
    };
  }, [content, feed]);
}

function seeWindow(content: string, focused = document.hasFocus()) {
  const { screenX, screenY, outerWidth, outerHeight, devicePixelRatio } = window;
  const frame = [screenX, screenY, outerWidth, outerHeight, devicePixelRatio].join(' ');
  return { visible: document.visibilityState === 'visible', focused, frame, content };
}

/** Inputs are judged by when they were made, not by when a busy page got round to them. */
function makeHandlers(feed: Feed, isDecided: () => boolean, allow: () => void): AllowHandlers {
  const pointer = (type: 'pointerdown' | 'pointerup') => (event: PointerEvent) => {
    const primary = event.isPrimary && event.button === 0;
    feed({ type, at: event.timeStamp, trusted: event.isTrusted, primary });
  };
  return {
    onPointerDown: pointer('pointerdown'),
    onPointerUp: pointer('pointerup'),
    onKeyDown: (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      const { timeStamp: at, isTrusted: trusted, key, repeat } = event;
      feed({ type: 'keydown', at, trusted, key, repeat, onButton: true });
    },
    onClick: (event) => {
      if (isDecided()) return;
      feed({ type: 'click', at: event.timeStamp, trusted: event.isTrusted });
      if (isDecided()) allow();
    },
  };
}
