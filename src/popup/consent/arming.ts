/**
 * When may Allow be believed? Pure: no clock, no DOM; every event brings its time (T-15).
 *
 * Obligations. Allow wakes after {@link ARMING_MS} during which the window was seen visible, focused, in
 * one place, with one content, without a gap, without a press on Allow, and with nothing left of it that was never in view.
 * Anything else starts the wait again. A press counts when all of it happened on the button after waking: pointer down and up, or a
 * key that was not already held. One content yields one decision.
 */

/** How long the same content has to be looked at. Firefox's install delay and Opera's are of this order. */
export const ARMING_MS = 1000;

/** Sights further apart than this are not continuous: the page was frozen, or the computer asleep. */
export const MAX_GAP_MS = 500;

/** A key on Deny counts after this without any key, so that someone typing into a chat does not refuse unawares. */
export const QUIET_MS = 1000;

/** What is known at one moment. */
export interface Sight {
  visible: boolean;
  focused: boolean;
  /** Position and size of the window. */
  frame: string;
  /** What is being decided; changes whenever anything on screen that matters does. */
  content: string;
  /** Everything that is to be read has been in view. */
  isRead: boolean;
}

/** `ready`: a whole press since waking. `spoiled`: a press that began too early, or of which we saw half. */
type Press = 'none' | 'down' | 'ready' | 'spoiled';

/** The state; only {@link step} makes one from another. */
export interface Arming {
  content: string;
  frame: string;
  /** Since when the window is looked at; undefined while it is not. */
  since: number | undefined;
  lastSight: number | undefined;
  /** Since when everything has been in view; undefined while something is left. */
  readAt: number | undefined;
  armedAt: number | undefined;
  press: Press;
  /** Keys that went down before Allow woke and have not come up since. */
  heldKeys: readonly string[];
  /** When the last key went down, wherever in the window. */
  lastKeyAt: number | undefined;
  /** Whether that key came after a quiet second. */
  isQuiet: boolean;
  decided: boolean;
}

/** What may happen. Times are milliseconds on one monotonic clock; for inputs, when the input was made. */
export type ArmingEvent =
  | { type: 'sight'; at: number; sight: Sight }
  | { type: 'lost'; at: number }
  | { type: 'pointerdown' | 'pointerup'; at: number; trusted: boolean; primary: boolean }
  | {
      type: 'keydown';
      at: number;
      trusted: boolean;
      key: string;
      repeat: boolean;
      onButton: boolean;
    }
  | { type: 'keyup'; at: number; key: string }
  | { type: 'click'; at: number; trusted: boolean };

/** Nothing seen yet. */
export function startArming(content: string): Arming {
  return {
    content,
    frame: '',
    since: undefined,
    lastSight: undefined,
    readAt: undefined,
    armedAt: undefined,
    press: 'none',
    heldKeys: [],
    lastKeyAt: undefined,
    isQuiet: false,
    decided: false,
  };
}

/** Whether Allow was awake at that time. */
export function isArmed(state: Arming, at: number): boolean {
  return state.armedAt !== undefined && at >= state.armedAt && !state.decided;
}

/** Whether the last key may answer with Deny: it came after a quiet second in a window that was looked at. */
export function isDeliberate({ isQuiet }: Arming): boolean {
  return isQuiet;
}

/** The next state. `decided` turning true is the one moment at which Allow has been chosen. */
export function step(state: Arming, event: ArmingEvent): Arming {
  switch (event.type) {
    case 'sight':
      return stepSight(state, event.at, event.sight);
    case 'lost':
      return interrupt(state, undefined);
    case 'pointerdown':
      if (!event.primary) return state;
      if (!event.trusted || !isArmed(state, event.at)) return tooEarly(state, event.at);
      return { ...state, press: 'down' };
    case 'pointerup':
      if (!event.primary) return state;
      // Whatever put Allow back to sleep since `down` has spoiled the press.
      return { ...state, press: state.press === 'down' && event.trusted ? 'ready' : 'spoiled' };
    case 'keydown':
      return stepKeyDown(state, event);
    case 'keyup':
      return { ...state, heldKeys: state.heldKeys.filter((key) => key !== event.key) };
    case 'click':
      return stepClick(state, event);
  }
}

function stepSight(state: Arming, at: number, sight: Sight): Arming {
  const since = sight.visible && sight.focused ? at : undefined;
  if (sight.content !== state.content) {
    const next = interrupt({ ...state, content: sight.content, frame: sight.frame }, since);
    return { ...next, decided: false, lastSight: at, readAt: readSince(sight, at) };
  }
  const gap = state.lastSight !== undefined && at - state.lastSight > MAX_GAP_MS;
  if (since === undefined || sight.frame !== state.frame || gap || state.since === undefined) {
    const next = interrupt({ ...state, frame: sight.frame }, since);
    return { ...next, lastSight: at, readAt: readSince(sight, at) };
  }
  if (!sight.isRead) {
    // A press from before is none for what came since.
    const press = state.press === 'none' ? 'none' : 'spoiled';
    return { ...state, lastSight: at, readAt: undefined, armedAt: undefined, press };
  }
  const readAt = state.readAt ?? at;
  const woken = at - Math.max(state.since, readAt) >= ARMING_MS ? at : undefined;
  return { ...state, lastSight: at, readAt, armedAt: state.armedAt ?? woken };
}

function readSince({ isRead }: Sight, at: number): number | undefined {
  return isRead ? at : undefined;
}

/** The wait starts again; a press that is under way is worth nothing any more. */
function interrupt(state: Arming, since: number | undefined): Arming {
  return {
    ...startArming(state.content),
    frame: state.frame,
    since,
    lastSight: state.lastSight,
    lastKeyAt: state.lastKeyAt,
    press: state.press === 'none' ? 'none' : 'spoiled',
    decided: state.decided,
  };
}

function stepKeyDown(state: Arming, event: Extract<ArmingEvent, { type: 'keydown' }>): Arming {
  const armed = isArmed(state, event.at);
  const known = state.heldKeys.includes(event.key);
  const held = known || event.repeat;
  const heldKeys = armed || known ? state.heldKeys : [...state.heldKeys, event.key];
  if (!event.onButton) return { ...state, heldKeys, ...quietBefore(state, event.at) };
  if (!armed) return { ...tooEarly(state, event.at), heldKeys };
  return { ...state, heldKeys, press: event.trusted && !held ? 'ready' : 'spoiled' };
}

/** Presses one after the other are meant for something else: the second before Allow wakes is one without any. */
function tooEarly(state: Arming, at: number): Arming {
  const since = state.since === undefined ? undefined : Math.max(state.since, at);
  return { ...state, since, press: 'spoiled' };
}

/** The window hears of each key before a button does, so `lastKeyAt` is the key before this one. */
function quietBefore({ since, lastKeyAt }: Arming, at: number): Partial<Arming> {
  const isQuiet = since !== undefined && at - Math.max(since, lastKeyAt ?? since) >= QUIET_MS;
  return { lastKeyAt: at, isQuiet };
}

/**
 * A trusted click that no pointer and no key led up to comes from a screen reader or from voice control,
 * which press a button without either; refusing it would lock their users out. No page can make one.
 */
function stepClick(state: Arming, event: { at: number; trusted: boolean }): Arming {
  const whole = state.press === 'ready' || state.press === 'none';
  const decided = state.decided || (whole && event.trusted && isArmed(state, event.at));
  return { ...state, press: 'none', decided };
}
