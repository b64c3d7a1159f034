/** Times in words. Pure: `now` and the language are passed in. */
import type { GrantView } from '../shared/grant.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How a grant ends. */
export type Expiry = { kind: 'renews' } | { kind: 'until'; at: number } | { kind: 'again' };

/** By the contract, a grant without `expiresAt` needs the user again, whatever else it says. */
export function expiryOf(grant: Pick<GrantView, 'expiresAt' | 'renewable'>, now: number): Expiry {
  if (grant.expiresAt === undefined) return { kind: 'again' };
  if (grant.renewable) return { kind: 'renews' };
  return grant.expiresAt > now ? { kind: 'until', at: grant.expiresAt } : { kind: 'again' };
}

/** `14:05` today, `22 Nov, 14:05` otherwise; in the user's own clock. */
export function clockTime(at: number, now: number, language: string): string {
  const time: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  const form: Intl.DateTimeFormatOptions = sameDay
    ? time
    : { ...time, day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat(language, form).format(at);
}

/** `5 minutes ago`. A clock that was set back does not make the past into the future. */
export function timeAgo(at: number, now: number, language: string): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const past = now - at;
  if (past < MINUTE) return words.format(0, 'second');
  if (past < HOUR) return words.format(-Math.floor(past / MINUTE), 'minute');
  if (past < DAY) return words.format(-Math.floor(past / HOUR), 'hour');
  return words.format(-Math.floor(past / DAY), 'day');
}
