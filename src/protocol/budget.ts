/**
 * One budget for each site (Z39): what a page can bring about is counted when it happens, whatever ended it and
 * no matter who named the server. Pure functions of what was counted and of `now`.
 */

const MINUTE = 60_000;

/**
 * What is counted of a site. `question`: one that was on the screen; `signIn`: a sign-in window without a question before
 * it; `host`: one that was contacted before consent, its port included; `attempt`: a flow that was begun;
 * `registration`: of the site at one issuer. `window`: a question of any site that holds no grant, counted for all
 * such sites together.
 */
export type Counted = 'question' | 'signIn' | 'host' | 'attempt' | 'registration' | 'window';

/** One thing that happened. */
export interface Count {
  of: Counted;
  /** Which one: a question's nonce, a host, an issuer; empty where each is a thing of its own. */
  what: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What a site has used of its budget. */
export type Ledger = readonly Count[];

interface Allowance {
  most: number;
  /** Milliseconds. */
  within: number;
  /** The same thing again: is it another one, or the one that was counted, or does each have an allowance of its own? */
  same: 'counts' | 'once' | 'apart';
}

const ALLOWANCES: Readonly<Record<Counted, Allowance>> = {
  question: { most: 3, within: 10 * MINUTE, same: 'once' },
  signIn: { most: 3, within: 10 * MINUTE, same: 'counts' },
  host: { most: 3, within: MINUTE, same: 'once' },
  attempt: { most: 20, within: MINUTE, same: 'counts' },
  registration: { most: 4, within: 60 * MINUTE, same: 'apart' },
  window: { most: 10, within: 60 * MINUTE, same: 'once' },
};

/** What was stored, as far as it can be read. */
export function readLedger(stored: unknown): Ledger {
  return Array.isArray(stored) ? stored.filter(isCount) : [];
}

function isCount(one: unknown): one is Count {
  const { of, what, at } = (one ?? {}) as Partial<Record<keyof Count, unknown>>;
  const isKnown = typeof of === 'string' && Object.hasOwn(ALLOWANCES, of);
  return isKnown && typeof what === 'string' && Number.isFinite(at);
}

/**
 * What counts at `now`. What was counted later than now stands there by a clock that was put right since: it counts for
 * its own length from now on, so that neither a clock that is set back forgives it nor one that was ahead holds it
 * against the site without end (Z46).
 */
export function countedAt(ledger: Ledger, now: number): Ledger {
  return ledger
    .map((one) => (one.at > now ? { ...one, at: now } : one))
    .filter(({ of, at }) => now - at < ALLOWANCES[of].within);
}

/** Whether the budget has room for this, of what counts still. */
export function admits(ledger: Ledger, { of, what }: Omit<Count, 'at'>): boolean {
  const { most, same } = ALLOWANCES[of];
  const alike = ledger.filter((one) => one.of === of && (same !== 'apart' || one.what === what));
  return alike.length < most || (same === 'once' && alike.some((one) => one.what === what));
}

/** The ledger with one thing more in it, where that is another one. */
export function withCount(ledger: Ledger, count: Count): Ledger {
  const { of, what } = count;
  const isCounted =
    ALLOWANCES[of].same === 'once' && ledger.some((one) => one.of === of && one.what === what);
  return isCounted ? ledger : [...ledger, count];
}

/** The ledger without what turned out to be what the user wanted; without `what`, all of that kind. */
export function withoutCounts(ledger: Ledger, of: Counted, what?: readonly string[]): Ledger {
  return ledger.filter((one) => one.of !== of || (what && !what.includes(one.what)));
}

/** When nothing of it counts any more; milliseconds since the epoch, 0 for an empty one. */
export function endOf(ledger: Ledger): number {
  return Math.max(0, ...ledger.map(({ of, at }) => at + ALLOWANCES[of].within));
}
