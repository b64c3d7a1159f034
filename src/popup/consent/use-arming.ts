/** Joins the pure arming rules to a real window and a real button. */
import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isArmed, isDeliberate, startArming, step, type ArmingEvent } from './arming.ts';
import { isScope, PieceWatch } from './piece-watch.ts';
import { startReading, stepReading, unreadOf } from './reading.ts';

/** How often the window is looked at; a window move has no event of its own. */
const SIGHT_INTERVAL_MS = 100;

/** Where Allow stands, for the eye and for the screen reader. */
export interface ArmingView {
  phase: 'away' | 'unread' | 'counting' | 'armed';
  /** Changes when the wait starts again. */
  round: number;
  /** Whether permissions are among what is left to be read. */
  isScopeLeft: boolean;
}

/** The listeners of the Allow button. */
export interface AllowHandlers {
  onPointerDown: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onClick: (event: MouseEvent) => void;
}

/** What is on the screen, and where it ends. */
export interface Watched {
  /** Names what is being decided; when it changes, the wait starts again. */
  content: string;
  /** Names the question; when it changes, everything is to be read anew. */
  question: string;
  /** The permissions, and groups of them, that are to be read; see scope-layout.ts. */
  scopes: readonly string[];
  /** What covers the end of the window. */
  foot: RefObject<HTMLElement | null>;
  /** False while something else has to be done first, of which the question itself speaks. */
  isReady: boolean;
}

/**
 * Watches the window while the question is on screen.
 * @param allow called inside the click that chose Allow, so that it may still ask the browser for permissions
 */
export function useArming(watched: Watched, allow: () => void) {
  const state = useRef(startArming(''));
  const left = useRef<readonly string[]>([]);
  const [view, setView] = useState<ArmingView>({ phase: 'away', round: 0, isScopeLeft: false });
  const feed = useCallback((event: ArmingEvent) => {
    state.current = step(state.current, event);
    const next = viewOf(state.current, left.current);
    setView((last) => (isSame(last, next) ? last : next));
  }, []);
  useWatch(watched, left, feed);
  const allowOrLead = () => (state.current.decided ? allow() : leadTo(left.current[0]));
  return {
    view,
    handlers: makeHandlers(feed, () => state.current.decided, allowOrLead),
    isDeliberate: () => isDeliberate(state.current),
  };
}

type Feed = (event: ArmingEvent) => void;

function viewOf(state: ReturnType<typeof startArming>, left: readonly string[]): ArmingView {
  const awake = left.length > 0 ? 'unread' : 'counting';
  const phase = state.since === undefined ? 'away' : awake;
  return {
    phase: isArmed(state, state.armedAt ?? 0) ? 'armed' : phase,
    round: Math.max(state.since ?? 0, state.readAt ?? 0),
    isScopeLeft: left.some(isScope),
  };
}

function isSame(one: ArmingView, other: ArmingView): boolean {
  return (
    one.phase === other.phase && one.round === other.round && one.isScopeLeft === other.isScopeLeft
  );
}

/** A press on Allow that comes too early shows the next piece that is to be read. */
function leadTo(id: string | undefined): void {
  const pieces = [...document.querySelectorAll<HTMLElement>('[data-read]')];
  const piece = pieces.find(({ dataset }) => id !== undefined && dataset['read'] === id);
  piece?.scrollIntoView({ block: 'start' });
}

/** Sights at an interval; whatever breaks them at once. */
function useWatch(watched: Watched, left: { current: readonly string[] }, feed: Feed): void {
  const { content, question, foot } = watched;
  const reading = useRef(startReading(''));
  // A choice of the user's own changes these. It doesn't start the wait again, unless something new is to be read.
  const latest = useRef(watched);
  latest.current = watched;
  const lookNow = useRef(() => undefined as void);
  useLayoutEffect(() => lookNow.current(), [watched.scopes.join('\n'), watched.isReady]);
  // In the commit that changes the content, before anybody can click on it; sights follow after the paint.
  useLayoutEffect(() => {
    left.current = [];
    feed({ type: 'sight', at: performance.now(), sight: seeWindow(content, false) });
  }, [content, feed]);
  useEffect(() => {
    const look = () => {
      const pieces = watch.look(foot.current?.offsetHeight ?? 0, latest.current.scopes);
      const { visible, focused, ...seen } = seeWindow(content);
      reading.current = stepReading(reading.current, question, pieces, visible && focused);
      const unread = unreadOf(reading.current, pieces);
      // Until the browser has measured them, nothing new is said about them: the footer would grow and shrink with it.
      if (unread.every((one) => one.isMeasured)) left.current = unread.map(({ id }) => id);
      const isRead = pieces.length > 0 && unread.length === 0 && latest.current.isReady;
      feed({ type: 'sight', at: performance.now(), sight: { ...seen, visible, focused, isRead } });
    };
    lookNow.current = look;
    const watch = new PieceWatch(look);
    const stop = listen(look, feed);
    look();
    return () => {
      lookNow.current = () => undefined;
      watch.stop();
      stop();
    };
  }, [content, question, feed]);
}

/** @returns its undo */
function listen(look: () => void, feed: Feed): () => void {
  const lose = () => feed({ type: 'lost', at: performance.now() });
  const keyUp = (event: KeyboardEvent) =>
    feed({ type: 'keyup', at: event.timeStamp, key: event.key });
  const keyDown = (event: KeyboardEvent) => {
    const { timeStamp: at, isTrusted: trusted, key, repeat } = event;
    feed({ type: 'keydown', at, trusted, key, repeat, onButton: false });
  };
  const timer = setInterval(look, SIGHT_INTERVAL_MS);
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener('focus', look, { signal });
  window.addEventListener('blur', lose, { signal });
  window.addEventListener('resize', lose, { signal });
  document.addEventListener('visibilitychange', lose, { signal });
  window.addEventListener('keydown', keyDown, { signal, capture: true });
  window.addEventListener('keyup', keyUp, { signal, capture: true });
  return () => {
    clearInterval(timer);
    listening.abort();
  };
}

function seeWindow(content: string, focused = document.hasFocus()) {
  const { screenX, screenY, outerWidth, outerHeight, devicePixelRatio } = window;
  const frame = [screenX, screenY, outerWidth, outerHeight, devicePixelRatio].join(' ');
  return {
    visible: document.visibilityState === 'visible',
    focused,
    frame,
    content,
    isRead: false,
  };
}

/** Inputs are judged by when they were made, not by when a busy page got round to them. */
function makeHandlers(feed: Feed, isDecided: () => boolean, pressed: () => void): AllowHandlers {
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
      pressed();
    },
  };
}
