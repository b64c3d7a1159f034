/** What to ask for once an authorization server has refused a list of scopes (`invalid_scope`): less, and at last nothing. */
import { coversScopes, OFFLINE_ACCESS, scopesBeyond } from './scope.ts';

/** A list of scopes that a server would not take from a site. */
export interface ScopeRefusal {
  origin: string;
  resource: string;
  scopes: string[];
  /** Milliseconds since the epoch. */
  at: number;
}

/** What is wished for, and what may not be missing from it. */
export interface Wish {
  scopes: readonly string[];
  /** What the site holds, and what a 403 has named: less would be of no avail, or take something away. */
  needed: readonly string[];
}

/** How long a refusal counts: servers are put right at times; milliseconds. */
const LIFETIME = 7 * 86_400_000;
/** Refusals remembered of one server. */
const MOST = 50;

/**
 * The most that has not been refused: all of it; the same without `offline_access`, which many servers list and do not
 * take; what is needed, which at first is nothing, so that the server decides (RFC 6749 §3.3). The last is offered
 * whatever was refused.
 */
export function offerScopes({ scopes, needed }: Wish, refused: readonly ScopeRefusal[]): string[] {
  const kept = scopes.filter((scope) => needed.includes(scope));
  const withoutOffline = scopes.filter((scope) => scope !== OFFLINE_ACCESS || kept.includes(scope));
  const isRefused = (offer: string[]) => refused.some((one) => isSameSet(one.scopes, offer));
  const offers = [[...scopes], withoutOffline];
  return offers.find((offer) => !isRefused(offer)) ?? kept;
}

/** Whether less could be offered after this offer has been refused. */
export function offersLess(wish: Wish, offer: readonly string[]): boolean {
  const kept = wish.scopes.filter((scope) => wish.needed.includes(scope));
  return scopesBeyond(offer, kept).length > 0;
}

/** The refusals that count for a site at a resource. */
export function refusalsFor(
  refusals: readonly ScopeRefusal[],
  { origin, resource }: Pick<ScopeRefusal, 'origin' | 'resource'>,
  now: number,
): ScopeRefusal[] {
  return refusals.filter(
    (one) =>
      one.origin === origin && one.resource === resource && Math.abs(now - one.at) < LIFETIME,
  );
}

/** Adds a refusal; the oldest make room. */
export function addRefusal(
  refusals: readonly ScopeRefusal[],
  refusal: ScopeRefusal,
): ScopeRefusal[] {
  return [...refusals, refusal].slice(-MOST);
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return coversScopes(one, other) && coversScopes(other, one);
}
