import { describe, expect, it } from 'vitest';
import { placeBeside } from '../../../src/shared/facts/window-place.ts';

const SIZE = { width: 460, height: 720 };

describe('a window that opens beside another', () => {
  it('is at its right end, below its bars, also on a screen left of the first (Z24)', () => {
    const frame = { left: -1920, top: 10, width: 1400, height: 1000 };
    expect(placeBeside(frame, SIZE)).toEqual({ left: -1920 + 1400 - 460 - 24, top: 98 });
  });

  it('is wherever the browser likes when the other one is small, or unknown', () => {
    expect(placeBeside({ left: 0, top: 0, width: 480, height: 800 }, SIZE)).toBeUndefined();
    expect(placeBeside({}, SIZE)).toBeUndefined();
  });
});
