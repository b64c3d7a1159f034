import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isBraked,
  isOverdue,
  MAX_PAUSE,
  parseRetryAfter,
  troubleAfter,
  type RefreshFailure,
  type RefreshTrouble,
} from '../../src/protocol/refresh-trouble.ts';

const NOW = 1_800_000_000_000;
const KINDS = ['refused', 'unclear', 'answered', 'unanswered', 'unreadable'] as const;

/** The trouble after so many failures, each as soon as the pause before it is over. */
function after(times: number, failure: RefreshFailure, dice = 0.5): RefreshTrouble[] {
  const troubles: RefreshTrouble[] = [];
  for (let i = 0; i < times; i += 1) {
    const last = troubles.at(-1);
    troubles.push(troubleAfter(last, failure, last?.until ?? NOW, dice));
  }
  return troubles;
}

const pauses = (troubles: RefreshTrouble[]) =>
  troubles.map(({ until }, i) => until - (troubles[i - 1]?.until ?? NOW));

describe('the pause after a failed refresh (Z55)', () => {
  it.each(KINDS)('grows with each failure up to a bound: %s', (kind) => {
    const grown = pauses(after(20, { kind }));
    expect(grown).toEqual([...grown].sort((a, b) => a - b));
    expect(new Set(grown.slice(-3)).size).toBe(1);
    expect(grown.at(-1)).toBeLessThanOrEqual(MAX_PAUSE);
    expect(grown[1]! / grown[0]!).toBe(kind === 'unclear' ? grown[1]! / grown[0]! : 2);
  });

  it('has jitter of a quarter in both directions, so that browsers do not come back together', () => {
    const pause = (dice: number) => pauses(after(1, { kind: 'answered' }, dice))[0]!;
    expect([pause(0) / pause(0.5), pause(1) / pause(0.5)]).toEqual([0.75, 1.25]);
  });

  it('is as long as Retry-After says, but never longer than the longest', () => {
    const pause = (retryAfter: number) => pauses(after(1, { kind: 'answered', retryAfter }))[0];
    expect([pause(60_000), pause(1e12)]).toEqual([60_000, MAX_PAUSE]);
  });

  it('is over at its end, and when its end is further away than a pause is long (Z46)', () => {
    const [trouble] = after(1, { kind: 'refused' });
    expect(isBraked(trouble, NOW)).toBe(true);
    expect(isBraked(trouble, trouble!.until)).toBe(false);
    expect(isBraked(trouble, NOW - 3 * 3_600_000)).toBe(false);
    expect(isBraked(undefined, NOW)).toBe(false);
  });
});

describe('a refresh token', () => {
  it('stays refused, whatever comes after that', () => {
    const first = troubleAfter(undefined, { kind: 'refused' }, NOW, 0.5);
    expect(troubleAfter(first, { kind: 'unanswered' }, NOW + 60_000, 0.5).refused).toBe(true);
  });

  it('is refused by an answer that may be one when it comes again 30 seconds later (Z51)', () => {
    const first = troubleAfter(undefined, { kind: 'unclear' }, NOW, 0.5);
    const again = (later: number) => troubleAfter(first, { kind: 'unclear' }, NOW + later, 0.5);
    expect([29_999, 30_000].map((later) => again(later).refused)).toEqual([undefined, true]);
    // Another kind in between: the two say nothing together.
    const other = troubleAfter(first, { kind: 'answered' }, NOW + 60_000, 0.5);
    expect(troubleAfter(other, { kind: 'unclear' }, NOW + 120_000, 0.5).refused).toBeUndefined();
  });

  it('is overdue ten minutes after the first failure, unless it is refused (Z51)', () => {
    const [first] = after(1, { kind: 'answered' });
    expect([599_999, 600_000].map((later) => isOverdue(first, NOW + later))).toEqual([false, true]);
    expect(isOverdue(after(1, { kind: 'refused' })[0], NOW + 600_000)).toBe(false);
  });
});

it('keeps its bounds for any failures at any times', () => {
  const failure = fc.record({
    kind: fc.constantFrom(...KINDS),
    retryAfter: fc.option(fc.nat(), { nil: undefined }),
  });
  const step = fc.record({
    failure,
    at: fc.integer({ min: -1e9, max: 1e9 }),
    dice: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      let trouble: RefreshTrouble | undefined;
      for (const { failure: one, at, dice } of steps) {
        trouble = troubleAfter(trouble, one, NOW + at, dice);
        expect(trouble.until).toBeGreaterThan(NOW + at);
        expect(trouble.until).toBeLessThanOrEqual(NOW + at + MAX_PAUSE);
        expect(trouble.since).toBeLessThanOrEqual(NOW + at);
      }
    }),
    { numRuns: 2000 },
  );
});

it('reads Retry-After as seconds or as a date, and nothing else (RFC 9110 §10.2.3)', () => {
  const date = new Date(NOW + 5000).toUTCString();
  const past = new Date(NOW - 5000).toUTCString();
  const values = ['120', ' 7 ', date, past, '-1', 'soon', '', '1e9', null];
  expect(values.map((value) => parseRetryAfter(value, NOW))).toEqual([
    120_000,
    7000,
    5000,
    0,
    ...Array<undefined>(5).fill(undefined),
  ]);
});
