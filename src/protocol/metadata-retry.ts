/** When a metadata document is asked for once more (Z43). Nothing else is: a code and a registration act. Pure. */

/** Requests for one document at one address. */
const MAX_TRIES = 3;
/** Longest pause before the second try, doubled for the third; milliseconds. */
const FIRST_PAUSE = 500;

/** Statuses that may be another one a moment later. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What the last try has come to. */
export interface MetadataTry {
  /** Tries so far. */
  tries: number;
  /** Undefined when there was no answer. */
  status: number | undefined;
  /** `Retry-After` in milliseconds, where the answer had one. */
  retryAfter: number | undefined;
  /** Milliseconds until discovery ends. */
  left: number;
}

/**
 * How long to wait before the next try; undefined when what has come is the answer. A server that names a time is not
 * asked before it, and not again at all where discovery ends first.
 * @param dice a random number from 0 to 1: many browsers must not ask again at the same moment
 */
export function pauseBeforeNext(
  { tries, status, retryAfter = 0, left }: MetadataTry,
  dice: number,
): number | undefined {
  const isPassing = status === undefined || PASSING.has(status);
  const pause = retryAfter + dice * FIRST_PAUSE * 2 ** (tries - 1);
  return isPassing && tries < MAX_TRIES && pause < left ? pause : undefined;
}
