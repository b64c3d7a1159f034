import { describe, expect, it } from 'vitest';
import { clockTime, dayName, expiryOf, nearTime, timeAgo } from '../../../src/popup/kit/time.ts';
import { NO_KNOWN_END } from '../../../src/shared/facts/duration.ts';

const NOW = new Date(2026, 10, 21, 12, 0).getTime();
const MINUTE = 60_000;

describe('expiryOf', () => {
  it('a grant that renews itself says so, even when its token has run out', () => {
    expect(expiryOf({ renewable: true, expiresAt: NOW - 1 }, NOW)).toEqual({ kind: 'renews' });
  });

  it('a grant that cannot renew ends with its token', () => {
    const at = NOW + MINUTE;
    expect(expiryOf({ renewable: false, expiresAt: at }, NOW)).toEqual({ kind: 'until', at });
    expect(expiryOf({ renewable: false, expiresAt: NOW }, NOW)).toEqual({ kind: 'again' });
  });

  it('a grant whose end nobody has named has none; one that renews itself still does', () => {
    const expiresAt = NO_KNOWN_END;
    expect(expiryOf({ renewable: false, expiresAt }, NOW)).toEqual({ kind: 'open' });
    expect(expiryOf({ renewable: true, expiresAt }, NOW)).toEqual({ kind: 'renews' });
    expect(new Date(NO_KNOWN_END).toISOString()).toBe('9999-12-31T23:59:59.000Z');
  });

  it('a grant without a token needs the user again', () => {
    expect(expiryOf({ renewable: true }, NOW)).toEqual({ kind: 'again' });
  });
});

describe('clockTime', () => {
  it('today needs no date', () => {
    expect(clockTime(new Date(2026, 10, 21, 14, 5).getTime(), NOW, 'en-GB')).toBe('14:05');
  });

  it('another day is named', () => {
    expect(clockTime(new Date(2026, 10, 22, 14, 5).getTime(), NOW, 'en-GB')).toBe('22 Nov, 14:05');
  });
});

describe('timeAgo', () => {
  it.each([
    [0, 'now'],
    [59_999, 'now'],
    [MINUTE, '1 minute ago'],
    [59 * MINUTE, '59 minutes ago'],
    [60 * MINUTE, '1 hour ago'],
    [24 * 60 * MINUTE, 'yesterday'],
    [72 * 60 * MINUTE, '3 days ago'],
    [-MINUTE, 'now'],
  ])('%i ms', (past, words) => {
    expect(timeAgo(NOW - past, NOW, 'en')).toBe(words);
  });
});

describe('nearTime', () => {
  it.each([
    [21, 'en-GB', '14:05'],
    [22, 'en-GB', 'tomorrow, 14:05'],
    [22, 'de-DE', 'morgen, 14:05'],
    [23, 'en-GB', '23 Nov, 14:05'],
  ])('the end on day %i in %s', (day, language, words) => {
    expect(nearTime(new Date(2026, 10, day, 14, 5).getTime(), NOW, language)).toBe(words);
  });
});

describe('dayName', () => {
  it.each([
    [21, 'en-GB', 'Today'],
    [20, 'en-GB', 'Yesterday'],
    [20, 'de-DE', 'Gestern'],
    [19, 'en-GB', 'Thursday, 19 November 2026'],
  ])('day %i in %s', (day, language, words) => {
    const late = new Date(2026, 10, day, 23, 59).getTime();
    expect(dayName(late, NOW, language)).toBe(words);
  });
});
