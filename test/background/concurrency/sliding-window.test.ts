import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../../src/background/concurrency/sliding-window.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

describe('a sliding window (T-12, T-25)', () => {
  it('admits so many and no more (5.5, T-25)', () => {
    const window = new SlidingWindow(3, MINUTE);
    expect([0, 1, 2, 3, 4].map((i) => window.admit('o', NOW + i))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('admits again when the first is as old as the window is long (5.5)', () => {
    const window = new SlidingWindow(1, MINUTE);
    expect(window.admit('o', NOW)).toBe(true);
    expect(window.admit('o', NOW + MINUTE - 1)).toBe(false);
    expect(window.admit('o', NOW + MINUTE)).toBe(true);
  });

  it('slides: it does not start afresh for all at once (T-12)', () => {
    const window = new SlidingWindow(2, MINUTE);
    window.admit('o', NOW);
    window.admit('o', NOW + 40_000);
    expect(window.admit('o', NOW + MINUTE)).toBe(true);
    expect(window.admit('o', NOW + MINUTE + 1)).toBe(false);
    expect(window.admit('o', NOW + 40_000 + MINUTE)).toBe(true);
  });

  it('is not held up by those that it refused (T-12)', () => {
    const window = new SlidingWindow(1, MINUTE);
    window.admit('o', NOW);
    for (let i = 1; i < 60; i += 1) window.admit('o', NOW + i * 1000);
    expect(window.admit('o', NOW + MINUTE)).toBe(true);
  });

  it('counts every name for itself (T-12, T-33)', () => {
    const window = new SlidingWindow(1, MINUTE);
    expect(window.admit('https://a.example', NOW)).toBe(true);
    expect(window.admit('https://b.example', NOW)).toBe(true);
    expect(window.admit('https://a.example', NOW)).toBe(false);
    expect(window.admit('__proto__', NOW)).toBe(true);
    expect(window.admit('constructor', NOW)).toBe(true);
  });

  it('counts the same thing once, and admits it while others are refused (T-25)', () => {
    const window = new SlidingWindow(3, MINUTE);
    const admitted = ['h1', 'h1', 'h2', 'h3', 'h4', 'h1', 'h2'].map((host) =>
      window.admit('o', NOW, host),
    );
    expect(admitted).toEqual([true, true, true, true, false, true, true]);
  });

  it('counts the same thing anew after the window, from when it was first admitted (T-25)', () => {
    const window = new SlidingWindow(1, MINUTE);
    window.admit('o', NOW, 'h1');
    window.admit('o', NOW + 30_000, 'h1');
    expect(window.admit('o', NOW + MINUTE, 'h2')).toBe(true);
    expect(window.admit('o', NOW + MINUTE, 'h1')).toBe(false);
  });

  it('forgets the names of which nothing counts any more (T-12, Z44)', () => {
    const window = new SlidingWindow(2, MINUTE);
    for (let site = 0; site < 5000; site += 1) window.admit(`https://s${site}.example`, NOW + site);
    expect(window.size).toBe(5000);
    window.admit('https://kept.example', NOW + MINUTE);
    expect(window.size).toBe(5000);
    window.admit('https://kept.example', NOW + 2 * MINUTE - 1);
    expect(window.size).toBe(1);
    expect(window.admit('https://kept.example', NOW + 2 * MINUTE - 1)).toBe(false);
  });

  it('forgets no name that still counts, in whichever order they come (T-12, Z44)', () => {
    const window = new SlidingWindow(1, MINUTE);
    window.admit('a', NOW);
    window.admit('b', NOW + 30_000);
    window.admit('a', NOW + 30_000);
    window.admit('c', NOW + MINUTE);
    expect(window.admit('b', NOW + MINUTE + 1)).toBe(false);
    expect(window.admit('a', NOW + MINUTE + 1)).toBe(true);
  });

  it('forgives what a clock wrote that has been put back since', () => {
    const window = new SlidingWindow(1, MINUTE);
    window.admit('o', NOW + 3_600_000);
    expect(window.admit('o', NOW)).toBe(true);
    expect(window.admit('o', NOW + 1)).toBe(false);
  });

  it('never admits more than its number in any window of its length (T-12, T-25)', () => {
    const steps = fc.array(fc.nat({ max: 30_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (most, gaps) => {
        const window = new SlidingWindow(most, MINUTE);
        let now = NOW;
        const admitted = gaps.flatMap((gap) => {
          now += gap;
          return window.admit('o', now) ? [now] : [];
        });
        const crowds = admitted.map((from) =>
          admitted.filter((at) => at >= from && at < from + MINUTE),
        );
        expect(Math.max(0, ...crowds.map((crowd) => crowd.length))).toBeLessThanOrEqual(most);
      }),
      { numRuns: 1000 },
    );
  });
});
