/** When a grant ends: at the user's word, with the browser session, or a day after the decision. Pure functions. */
import { compact } from '../shared/facts/compact.ts';
import type { Duration } from '../shared/facts/duration.ts';

/** Milliseconds. */
const DAY = 86_400_000;

/** How long a grant lasts, as it is stored. */
export interface Lifetime {
  duration: Duration;
  /** When a grant for a day ends; milliseconds since the epoch. */
  endsAt?: number;
  /** The browser session with which a grant for a session ends. */
  session?: string;
}

/** What the user decided about the lifetime, when, and in which browser session. */
export interface LifetimeDecision {
  duration: Duration;
  /** Milliseconds since the epoch. */
  at: number;
  session: string;
}

/**
 * The lifetime that a decision gives. A step-up keeps the lifetime that the grant has, unless the user picked
 * another one: a day that has begun isn't started again.
 */
export function lifetimeOf(
  held: Lifetime | undefined,
  decided: LifetimeDecision | undefined,
): Lifetime {
  if (held && (!decided || decided.duration === held.duration)) return only(held);
  if (!decided) return { duration: 'always' };
  const { duration, at, session } = decided;
  if (duration === 'day') return { duration, endsAt: at + DAY };
  return duration === 'session' ? { duration, session } : { duration };
}

/** A grant has more members than its lifetime; they stay out of the copy. */
function only({ duration, endsAt, session }: Lifetime): Lifetime {
  return compact({ duration, endsAt, session });
}

/**
 * True when a grant has ended, whether or not anybody has cleaned up. An end that is missing counts as past.
 * @param current the browser session that runs now
 */
export function isOver(
  { duration, endsAt = 0, session }: Lifetime,
  now: number,
  current: string,
): boolean {
  if (duration === 'day') return now >= endsAt;
  return duration === 'session' && session !== current;
}
