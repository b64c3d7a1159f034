import { describe, expect, it } from 'vitest';
import {
  ARMING_MS,
  MAX_GAP_MS,
  QUIET_MS,
  isArmed,
  isDeliberate,
  startArming,
  step,
  type Arming,
  type ArmingEvent,
  type Sight,
} from '../../../src/popup/consent/arming.ts';

const SEEN: Sight = {
  visible: true,
  focused: true,
  frame: '0 0 440 640',
  content: 'n1 d1',
  isRead: true,
};

function run(state: Arming, ...events: ArmingEvent[]): Arming {
  return events.reduce(step, state);
}

/** Looks at the window every 100 ms, both ends included. */
function look(state: Arming, from: number, to: number, sight: Partial<Sight> = {}): Arming {
  let next = state;
  for (let at = from; at <= to; at += 100) {
    next = step(next, { type: 'sight', at, sight: { ...SEEN, ...sight } });
  }
  return next;
}

const down = (at: number, trusted = true): ArmingEvent => ({
  type: 'pointerdown',
  at,
  trusted,
  primary: true,
});
const up = (at: number, trusted = true): ArmingEvent => ({
  type: 'pointerup',
  at,
  trusted,
  primary: true,
});
const click = (at: number, trusted = true): ArmingEvent => ({ type: 'click', at, trusted });
const key = (at: number, more: { repeat?: boolean; trusted?: boolean; onButton?: boolean } = {}) =>
  ({
    type: 'keydown',
    at,
    key: 'Enter',
    repeat: false,
    trusted: true,
    onButton: true,
    ...more,
  }) satisfies ArmingEvent;
const release = (at: number): ArmingEvent => ({ type: 'keyup', at, key: 'Enter' });

const armed = () => look(startArming('n1 d1'), 0, 1000);

describe('waking', () => {
  it('Allow sleeps until the window has been looked at for a whole second (T-15, T-51)', () => {
    expect(isArmed(look(startArming('n1 d1'), 0, ARMING_MS - 100), ARMING_MS - 100)).toBe(false);
    expect(isArmed(armed(), ARMING_MS)).toBe(true);
  });

  it('an input made before waking stays too early however late it is dealt with', () => {
    const state = armed();
    expect(isArmed(state, 999)).toBe(false);
    expect(run(state, down(999), up(1005), click(1005)).decided).toBe(false);
  });

  it.each([
    ['hidden', { visible: false }],
    ['without focus', { focused: false }],
  ])('a window that is %s never wakes', (_, sight) => {
    expect(isArmed(look(startArming('n1 d1'), 0, 5000, sight), 5000)).toBe(false);
  });

  it.each([
    ['loses the focus', { focused: false }],
    ['is hidden', { visible: false }],
    ['moves', { frame: '10 0 440 640' }],
    ['is resized', { frame: '0 0 441 640' }],
    ['shows something else', { content: 'n1 d2' }],
  ])('the wait starts again when the window %s', (_, change) => {
    const broken = look(look(startArming('n1 d1'), 0, 900), 950, 950, change);
    const back = look(broken, 1000, 1900);
    expect(isArmed(back, 1900)).toBe(false);
    expect(isArmed(look(back, 2000, 2000), 2000)).toBe(true);
  });

  it.each([
    ['loses the focus', { focused: false }],
    ['is hidden', { visible: false }],
    ['moves', { frame: '10 0 440 640' }],
    ['shows something else', { content: 'n2 d1' }],
  ])('Allow falls asleep again when the window %s', (_, change) => {
    expect(isArmed(look(armed(), 1050, 1050, change), 1050)).toBe(false);
  });

  it('an event of loss between two sights starts the wait again', () => {
    const state = run(look(startArming('n1 d1'), 0, 900), { type: 'lost', at: 950 });
    expect(isArmed(look(state, 1000, 1900), 1900)).toBe(false);
  });

  it('time in which nobody looked does not count', () => {
    const frozen = look(look(startArming('n1 d1'), 0, 0), MAX_GAP_MS + 600, MAX_GAP_MS + 600);
    expect(isArmed(frozen, MAX_GAP_MS + 600)).toBe(false);
  });
});

describe('pointer', () => {
  it('down, up and click after waking allow', () => {
    expect(run(armed(), down(1001), up(1002), click(1002)).decided).toBe(true);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i * 50))(
    'a click %i ms after the window opened does nothing',
    (at) => {
      const before = look(startArming('n1 d1'), 0, at);
      expect(run(before, down(at), up(at), click(at)).decided).toBe(false);
    },
  );

  it('a press that began before waking does nothing, though it ends after it', () => {
    const pressed = step(look(startArming('n1 d1'), 0, 900), down(990));
    const woken = look(pressed, 1000, 2000);
    expect(isArmed(woken, 2000)).toBe(true);
    expect(run(woken, up(2001), click(2001)).decided).toBe(false);
  });

  it('the press after a spoiled one counts, once its own second is over', () => {
    const pressed = step(look(startArming('n1 d1'), 0, 900), down(990));
    const spoiled = run(look(pressed, 1000, 1000), up(1001), click(1001));
    expect(run(spoiled, down(1050), up(1060), click(1060)).decided).toBe(false);
    const over = look(spoiled, 1100, 2000);
    expect(run(over, down(2050), up(2060), click(2060)).decided).toBe(true);
  });

  it('a press during which the focus was lost does nothing', () => {
    const lost = run(armed(), down(1001), { type: 'lost', at: 1002 });
    expect(run(look(lost, 1100, 2100), up(2150), click(2150)).decided).toBe(false);
  });

  it('a press that began elsewhere does nothing', () => {
    expect(run(armed(), up(1001), click(1001)).decided).toBe(false);
  });

  it.each([
    ['down', [down(1001, false), up(1002), click(1002)]],
    ['up', [down(1001), up(1002, false), click(1002)]],
    ['click', [down(1001), up(1002), click(1002, false)]],
    ['click alone', [click(1002, false)]],
  ])('a made-up %s does nothing', (_, events) => {
    expect(run(armed(), ...events).decided).toBe(false);
  });

  it('presses one after the other are meant for something else: Allow wakes a second after the last (T-15)', () => {
    let state = startArming('n1 d1');
    for (let at = 0; at < 5000; at += 50) {
      state = step(state, { type: 'sight', at, sight: SEEN });
      if (at % 250 === 0) state = run(state, down(at), up(at + 20), click(at + 20));
      expect(state.decided).toBe(false);
      expect(isArmed(state, at)).toBe(false);
    }
    state = look(state, 5000, 5700);
    expect(isArmed(state, 5700)).toBe(false);
    state = look(state, 5800, 6000);
    expect(run(state, down(6000), up(6010), click(6010)).decided).toBe(true);
  });

  it('other buttons are no press', () => {
    const right: ArmingEvent = { type: 'pointerdown', at: 1001, trusted: true, primary: false };
    expect(step(armed(), right).press).toBe('none');
  });

  it('a second click changes nothing, and the content stays decided', () => {
    const once = run(armed(), down(1001), up(1002), click(1002));
    const twice = run(once, down(1003), up(1004), click(1004));
    expect(twice.decided).toBe(true);
    expect(isArmed(look(twice, 1100, 3000), 3000)).toBe(false);
  });

  it('new content can be decided anew, after its own wait', () => {
    const once = run(armed(), down(1001), up(1002), click(1002));
    const early = look(once, 1100, 2000, { content: 'n2 d2' });
    expect(early.decided).toBe(false);
    expect(run(early, down(2050), up(2051), click(2051)).decided).toBe(false);
    const ready = look(early, 2100, 2100, { content: 'n2 d2' });
    expect(run(ready, down(2150), up(2151), click(2151)).decided).toBe(true);
  });
});

describe('keys', () => {
  it('a key pressed after waking allows', () => {
    expect(run(armed(), key(1001), click(1001)).decided).toBe(true);
  });

  it('a key pressed before waking does nothing', () => {
    const before = look(startArming('n1 d1'), 0, 900);
    expect(run(before, key(950), click(950)).decided).toBe(false);
  });

  it('Enter that is held through waking does nothing, called a repeat or not', () => {
    const holding = run(look(startArming('n1 d1'), 0, 900), key(950), click(950));
    const woken = look(holding, 1000, 2000);
    expect(isArmed(woken, 2000)).toBe(true);
    expect(run(woken, key(2010, { repeat: true }), click(2010)).decided).toBe(false);
    expect(run(woken, key(2010), click(2010)).decided).toBe(false);
  });

  it('a key that goes down before waking and up after it does nothing', () => {
    const holding = step(look(startArming('n1 d1'), 0, 900), key(950));
    expect(run(look(holding, 1000, 1000), release(1010), click(1010)).decided).toBe(false);
  });

  it('a key whose first press fell into another window does nothing', () => {
    const repeating = step(look(startArming('n1 d1'), 0, 900), key(950, { repeat: true }));
    expect(run(look(repeating, 1000, 1000), key(1010), click(1010)).decided).toBe(false);
  });

  it('a key that repeats does nothing, though no press of it was ever seen', () => {
    expect(run(armed(), key(1001, { repeat: true }), click(1001)).decided).toBe(false);
  });

  it('a key during which the focus was lost does nothing', () => {
    const lost = run(armed(), key(1001), { type: 'lost', at: 1002 });
    expect(run(look(lost, 1100, 2100), release(2150), click(2150)).decided).toBe(false);
  });

  it('a key that was held elsewhere in the window does nothing on Allow', () => {
    const holding = step(look(startArming('n1 d1'), 0, 900), key(950, { onButton: false }));
    expect(run(look(holding, 1000, 1000), key(1010), click(1010)).decided).toBe(false);
  });

  it('the key counts again once it has been let go', () => {
    const holding = run(look(startArming('n1 d1'), 0, 900), key(950), click(950));
    const woken = look(run(look(holding, 1000, 1000), release(1010)), 1100, 2000);
    expect(run(woken, key(2020), click(2020)).decided).toBe(true);
  });

  it('a made-up key does nothing', () => {
    expect(run(armed(), key(1001, { trusted: false }), click(1001)).decided).toBe(false);
  });

  describe('a key on Deny', () => {
    const typed = (at: number) => key(at, { onButton: false });
    const until = (at: number) => look(startArming('n1 d1'), 0, at);

    it('counts once the window has been looked at for a quiet second (T-15)', () => {
      expect(isDeliberate(step(until(900), typed(QUIET_MS - 1)))).toBe(false);
      expect(isDeliberate(step(until(1000), typed(QUIET_MS)))).toBe(true);
    });

    it('does not count while somebody types: the quiet second starts with each key (T-15)', () => {
      const typing = run(until(3000), ...[200, 400, 600, 2500].map(typed));
      expect(isDeliberate(step(typing, typed(3100)))).toBe(false);
      expect(isDeliberate(step(typing, typed(3600)))).toBe(true);
    });

    it('does not count after the window was left', () => {
      expect(isDeliberate(run(until(2000), typed(2000), { type: 'lost', at: 2010 }))).toBe(false);
    });
  });
});

describe('what was never in view', () => {
  const unread = (from: number, to: number, state = startArming('n1 d1')) =>
    look(state, from, to, { isRead: false });

  it('keeps Allow asleep however long one looks (T-15)', () => {
    expect(isArmed(unread(0, 60_000), 60_000)).toBe(false);
  });

  it('has Allow wake a second after the last of it came into view (T-15)', () => {
    const read = look(unread(0, 5000), 5100, 6000);
    expect(isArmed(read, 6000)).toBe(false);
    expect(isArmed(look(read, 6100, 6100), 6100)).toBe(true);
  });

  it('puts Allow back to sleep when the user turns to more, and spoils the press (T-15)', () => {
    const more = step(armed(), down(1001));
    expect(isArmed(unread(1050, 1050, more), 1050)).toBe(false);
    const again = look(unread(1050, 1050, more), 1100, 2200);
    expect(run(again, up(2210), click(2211)).decided).toBe(false);
  });
});

describe('assistive technology', () => {
  it('a trusted click that no pointer and no key led up to allows, after waking only', () => {
    expect(step(armed(), click(1001)).decided).toBe(true);
    expect(step(look(startArming('n1 d1'), 0, 900), click(950)).decided).toBe(false);
  });

  it('keys pressed elsewhere in the window do not get in its way', () => {
    const before = step(look(startArming('n1 d1'), 0, 900), key(950, { onButton: false }));
    expect(step(look(before, 1000, 1000), click(1001)).decided).toBe(true);
  });
});
