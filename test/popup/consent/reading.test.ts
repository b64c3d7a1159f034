import { describe, expect, it } from 'vitest';
import {
  startReading,
  stepReading,
  unreadOf,
  type Piece,
} from '../../../src/popup/consent/reading.ts';

const piece = (id: string, share: number, height = 30): Piece => ({ id, share, height, room: 500 });
const left = (pieces: Piece[], isLookedAt = true, question = 'q1') =>
  unreadOf(stepReading(startReading('q1'), question, pieces, isLookedAt), pieces).map(
    ({ id }) => id,
  );

describe('a piece', () => {
  it('is read once the whole of it was in view, and stays so (T-15)', () => {
    const whole = [piece('a', 1), piece('b', 0.9), piece('c', 0)];
    const state = stepReading(startReading('q1'), 'q1', whole, true);
    expect(unreadOf(state, whole).map(({ id }) => id)).toEqual(['b', 'c']);
    const scrolled = [piece('a', 0), piece('b', 1), piece('c', 1)];
    expect(unreadOf(stepReading(state, 'q1', scrolled, true), scrolled)).toEqual([]);
  });

  it('that is taller than the window is read when it fills it (T-15)', () => {
    expect(left([piece('a', 0.2, 490)])).toEqual([]);
    expect(left([piece('a', 0.2, 200)])).toEqual(['a']);
    expect(left([{ id: 'a', share: 0, height: 0, room: 0 }])).toEqual(['a']);
  });

  it('is not read in a window that nobody looks at (T-15)', () => {
    expect(left([piece('a', 1)], false)).toEqual(['a']);
  });

  it('is to be read anew when the question is another one (T-15)', () => {
    const state = stepReading(startReading('q1'), 'q1', [piece('a', 1)], true);
    expect(unreadOf(stepReading(state, 'q2', [piece('a', 0)], true), [piece('a', 0)])).toHaveLength(
      1,
    );
  });
});
