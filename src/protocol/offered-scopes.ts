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
export function offerScopes(wish: Wish, refused: readonly ScopeRefusal[]): string[] {
  const [withoutOffline, kept] = lessThan(wish);
  const isRefused = (offer: string[]) => refused.some((one) => isSameSet(one.scopes, offer));
  const offers = [[...wish.scopes], withoutOffline];
  return offers.find((offer) => !isRefused(offer)) ?? kept;
}

/**
 * The same of a choice that the user has made. To ask for nothing would leave it to the server (RFC 6749 §3.3), which the
 * user has not chosen: then all of the choice is asked for once more.
 */
export function offerChosen(wish: Wish, refused: readonly ScopeRefusal[]): string[] {
  const offer = offerScopes(wish, refused);
  return offer.some(isNamed) ? offer : [...wish.scopes];
}

/**
 * Whether less could be offered after this offer has been refused.
 * @param isChosen the user has ticked what is asked for; see {@link offerChosen}
 */
export function offersLess(wish: Wish, offer: readonly string[], isChosen = false): boolean {
  return lessThan(wish).some((less) => {
    const isOffer = !isChosen || less.some(isNamed);
    return isOffer && scopesBeyond(offer, less).length > 0;
  });
}

/** What is offered after all of it: without `offline_access`, and what is needed. */
function lessThan({ scopes, needed }: Wish): [withoutOffline: string[], kept: string[]] {
  const kept = scopes.filter((scope) => needed.includes(scope));
  return [scopes.filter((scope) => isNamed(scope) || kept.includes(scope)), kept];
}

function isNamed(scope: string): boolean {
  return scope !== OFFLINE_ACCESS;
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
