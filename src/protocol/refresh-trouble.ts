/**
 * What is remembered of refreshes that failed: whether the refresh token is over, and when the server may be asked
 * again (Z51, Z55). Times are milliseconds since the epoch. Pure functions.
 */

/** Refreshes that failed since the last one that worked. */
export interface RefreshTrouble {
  /** When the first of them failed. */
  since: number;
  times: number;
  /** How the last one failed. */
  kind: RefreshFailure['kind'];
  /** The server is not asked again with this refresh token before. */
  until: number;
  /** The server refused the refresh token. It is kept until there is a new one, and asked about seldom. */
  refused?: true;
  /** When an answer came that may have been a refusal, or somebody else's. */
  unclearAt?: number;
}

/** How a refresh failed. `unreadable`: access to the server's host is missing, so that nothing could be read. */
export interface RefreshFailure {
  kind: 'refused' | 'unclear' | 'answered' | 'unanswered' | 'unreadable';
  /** `Retry-After` in milliseconds, where the answer had one. */
  retryAfter?: number | undefined;
}

/** First pause after a failure of each kind, doubled with each further one; milliseconds. */
const FIRST_PAUSE = {
  refused: 30_000,
  unclear: 3000,
  answered: 3000,
  unanswered: 1000,
  unreadable: 1000,
};
/** Longest pause that growing leads to. */
const LONGEST_PAUSE = {
  refused: 3_600_000,
  unclear: 300_000,
  answered: 300_000,
  unanswered: 60_000,
  unreadable: 60_000,
};
/** Longest `Retry-After` that is honoured, and so the longest pause of all; milliseconds. */
export const MAX_PAUSE = 2 * 3_600_000;
/** An answer that may be a refusal counts as one when it comes again this much later; milliseconds. */
const UNCLEAR_APART = 30_000;
/** After so long without an answer that says anything, the server itself is looked for anew; milliseconds. */
const OVERDUE = 600_000;

/**
 * The trouble after one more failure.
 * @param dice a random number from 0 to 1: many browsers must not ask again at the same moment
 */
export function troubleAfter(
  former: RefreshTrouble | undefined,
  { kind, retryAfter = 0 }: RefreshFailure,
  now: number,
  dice: number,
): RefreshTrouble {
  const { since = now, times: before = 0, unclearAt } = former ?? {};
  const isAgain = unclearAt !== undefined && Math.abs(now - unclearAt) >= UNCLEAR_APART;
  const refused = kind === 'refused' || (kind === 'unclear' && isAgain) || former?.refused === true;
  const pace = refused ? 'refused' : kind;
  const times = before + 1;
  const grown = Math.min(FIRST_PAUSE[pace] * 2 ** Math.min(times - 1, 20), LONGEST_PAUSE[pace]);
  const pause = Math.min(Math.max(grown * (0.75 + dice / 2), retryAfter), MAX_PAUSE);
  const unclear = kind === 'unclear' ? (unclearAt ?? now) : undefined;
  return {
    since: Math.min(since, now),
    times,
    kind,
    until: now + pause,
    ...(refused && { refused }),
    ...(unclear !== undefined && { unclearAt: unclear }),
  };
}

/** True while the server is not to be asked again. An end too far away was written under another clock. */
export function isBraked(trouble: RefreshTrouble | undefined, now: number): boolean {
  return trouble !== undefined && now < trouble.until && trouble.until <= now + MAX_PAUSE;
}

/** True when the server has said nothing about the refresh token for so long that it may have moved. */
export function isOverdue(trouble: RefreshTrouble | undefined, now: number): boolean {
  return trouble !== undefined && !trouble.refused && now - trouble.since >= OVERDUE;
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3), in milliseconds from `now`; undefined when it is neither. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = /^[A-Z][a-z]{2}, .*GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
