import { describe, expect, it } from 'vitest';
import { pauseBeforeNext } from '../../src/protocol/metadata-retry.ts';

const TRY = { tries: 1, status: 503, retryAfter: undefined, left: 9000 };

describe('one more try of a metadata document (Z43, NET-1)', () => {
  it('waits a random part of half a second, then of a whole one, and is made twice at most', () => {
    const pauses = (dice: number) =>
      [1, 2, 3].map((tries) => pauseBeforeNext({ ...TRY, tries }, dice));
    expect(pauses(1)).toEqual([500, 1000, undefined]);
    expect(pauses(0.5)).toEqual([250, 500, undefined]);
    expect(pauses(0)).toEqual([0, 0, undefined]);
  });

  it('is for what may pass: no answer, overload, trouble of the server', () => {
    const statuses = [undefined, 408, 425, 429, 500, 502, 503, 504];
    expect(statuses.map((status) => pauseBeforeNext({ ...TRY, status }, 1))).toEqual(
      statuses.map(() => 500),
    );
    const final = [200, 204, 301, 302, 400, 401, 403, 404, 410, 501, 505];
    expect(final.filter((status) => pauseBeforeNext({ ...TRY, status }, 0) !== undefined)).toEqual(
      [],
    );
  });

  it('is never made before the time that the server names, nor after discovery has ended (NET-2)', () => {
    expect(pauseBeforeNext({ ...TRY, retryAfter: 5000 }, 0)).toBe(5000);
    expect(pauseBeforeNext({ ...TRY, retryAfter: 5000 }, 1)).toBe(5500);
    expect(pauseBeforeNext({ ...TRY, retryAfter: 8999 }, 0)).toBe(8999);
    expect(pauseBeforeNext({ ...TRY, retryAfter: 9000 }, 0)).toBeUndefined();
    expect(pauseBeforeNext({ ...TRY, retryAfter: 3_600_000 }, 0)).toBeUndefined();
    expect(pauseBeforeNext({ ...TRY, retryAfter: Infinity }, 0)).toBeUndefined();
    expect(pauseBeforeNext({ ...TRY, left: -1 }, 0)).toBeUndefined();
  });
});
