/** Times in words. Pure: `now` and the language are passed in. */
import { NO_KNOWN_END } from '../../shared/facts/duration.ts';
import { type GrantView } from '../../shared/grant-view.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How a grant ends; `open`: nobody has said when. */
export type Expiry =
  { kind: 'renews' } | { kind: 'until'; at: number } | { kind: 'open' } | { kind: 'again' };

/** By the contract, a grant without `expiresAt` needs the user again, whatever else it says. */
export function expiryOf(grant: Pick<GrantView, 'expiresAt' | 'renewable'>, now: number): Expiry {
  if (grant.expiresAt === undefined) return { kind: 'again' };
  if (grant.renewable) return { kind: 'renews' };
  if (hasNoKnownEnd(grant.expiresAt)) return { kind: 'open' };
  return grant.expiresAt > now ? { kind: 'until', at: grant.expiresAt } : { kind: 'again' };
}

/** Whether an end stands for none: no clock reads the year 9999. */
export function hasNoKnownEnd(at: number): boolean {
  return at >= NO_KNOWN_END;
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

/** `14:05` today, `tomorrow, 14:05`, `22 Nov, 14:05` later. */
export function nearTime(at: number, now: number, language: string): string {
  const tomorrow = new Date(now);
  tomorrow.setDate(tomorrow.getDate() + 1);
  if (new Date(at).toDateString() !== tomorrow.toDateString()) return clockTime(at, now, language);
  const day = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(1, 'day');
  return `${day}, ${clockTime(at, at, language)}`;
}

/** `Today`, `Yesterday`, else `Friday, 21 November 2025`: what stands above the rows of a day. */
export function dayName(at: number, now: number, language: string): string {
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  const day = new Date(at).toDateString();
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (day === new Date(now).toDateString()) return capital(words.format(0, 'day'), language);
  if (day === yesterday.toDateString()) return capital(words.format(-1, 'day'), language);
  return new Intl.DateTimeFormat(language, { dateStyle: 'full' }).format(at);
}

function capital(words: string, language: string): string {
  return words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
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
