/**
 * The heart: what to do when a site wants a token. A pure function of what is held, what is wanted and the
 * time; everything else in the broker feeds it or carries out its answer (docs/design.md, "The plan").
 */
import { computeScopeUnion, coversScopes, OFFLINE_ACCESS, scopesBeyond } from './scope.ts';
import { TOKEN_ITSELF } from '../shared/facts/token-itself.ts';
import { isSealed, type Keeping } from './holding.ts';
import { isBraked, isOverdue, type RefreshTrouble } from './refresh-trouble.ts';
import { isFresh, isWithinCeiling, type TokenSet } from './token.ts';

/** How long a scope that the server would not grant is not asked for again; milliseconds. */
export const UNMET_COOL_DOWN = 600_000;
/** A token refused by the server when younger than this was never good; milliseconds. */
export const YOUNG = 30_000;

/** What the plan has to know of a held grant. */
export interface HeldGrant extends Keeping {
  /** Union of the scopes of every successful authorization (Z9). */
  requested: readonly string[];
  /** What the user allowed; `token.granted ⊆ ceiling` before a token is handed out (Z23). */
  ceiling: readonly string[];
  /** Scopes asked for and not granted, with the end of their cool-down (ms since the epoch). */
  unmet: Readonly<Record<string, number>>;
  /**
   * Scopes that were left out or not ticked, by the user, or that the server had refused: suggestions count for nothing.
   */
  leftOut?: readonly string[];
  /** Scopes for which a 403 was already answered with a refresh, and until when that is remembered. */
  refreshedFor?: { scopes: readonly string[]; until: number };
  /** Until when a 401 does not lead to another refresh, since one was just answered with one. */
  renewedUntil?: number;
  /** Until when a 401 for a new token does not lead to another authorization. */
  reauthorizedUntil?: number;
  /** Refreshes that failed since the last one that worked. */
  trouble?: RefreshTrouble;
  token?: TokenSet;
  /** When its user last signed in; milliseconds since the epoch. Absent in those of earlier versions. */
  signedInAt?: number;
  /** What the server wants, where that is no bearer token. */
  credential?: 'dpop' | 'key' | 'none';
}

/** What the page wants now. */
export interface Wanted {
  /** Named by the page or by a challenge. */
  scopes: readonly string[];
  /** The server answered 403 `insufficient_scope`: the scopes are needed, not suggested. */
  forbidden: boolean;
  /** The page named scopes itself. */
  explicit: boolean;
  /** The access token that the server refused. */
  rejected?: string;
  /** The server answered 401 to this call's page. */
  unauthorized?: boolean;
  /** It knows tokens that are bound to a key: its challenge names them (RFC 9449 §7.1), or it has taken one. */
  knowsProofs?: boolean;
  /** The held token came for this very call: it is handed out however short its life, or this would be a loop. */
  obtained?: boolean;
  /** The page wants the token itself, rather than its request carried (Z26). */
  holds?: boolean;
}

type RefusalReason = 'insufficient_scope' | 'access_denied' | 'invalid_target' | 'sealed';

/** What the broker does next. `scopes` is what to ask the server for; `added` is what to ask the user for. */
export type TokenPlan =
  | { do: 'use' }
  | { do: 'refresh' }
  | AuthorizePlan
  | { do: 'confirm'; excess: string[] }
  /** No page has held the token so far: the user is asked whether this site may. */
  | { do: 'hand' }
  | { do: 'refuse'; reason: RefusalReason };

/**
 * `rediscover` distrusts what is remembered of the server: its metadata is read again. `unbound`: it has refused a token
 * for being bound, as far as one can tell.
 */
export interface AuthorizePlan {
  do: 'authorize';
  scopes: string[];
  added: string[];
  rediscover: boolean;
  unbound?: true;
  /** The question has to say that the site wants the token itself from now on. */
  hands?: true;
}

/**
 * Decides, without acting.
 * @param refused scopes that the user has refused this site here, while that is remembered (Z24)
 */
export function planToken(
  grant: HeldGrant | undefined,
  wanted: Wanted,
  refused: readonly string[],
  now: number,
): TokenPlan {
  const plan = planAccess(grant, wanted, refused, now);
  return grant && wanted.holds ? planHolding(grant, plan, refused) : plan;
}

/** What it takes beside the access itself that a page holds the token (Z26). */
function planHolding(grant: HeldGrant, plan: TokenPlan, refused: readonly string[]): TokenPlan {
  if (isSealed(grant)) return { do: 'refuse', reason: 'sealed' };
  if (!grant.carriedSoFar || plan.do === 'refuse' || plan.do === 'confirm') return plan;
  if (refused.includes(TOKEN_ITSELF)) return { do: 'refuse', reason: 'access_denied' };
  return plan.do === 'authorize' ? { ...plan, hands: true } : { do: 'hand' };
}

function planAccess(
  grant: HeldGrant | undefined,
  wanted: Wanted,
  refused: readonly string[],
  now: number,
): TokenPlan {
  if (grant?.credential === 'key' || grant?.credential === 'none') {
    return planTokenless(grant, wanted, now);
  }
  const missing = findMissing(grant, wanted);
  if (missing.some((scope) => refused.includes(scope))) {
    return { do: 'refuse', reason: 'access_denied' };
  }
  if (!grant) return authorize(undefined, wanted);
  const unmet = missing.filter((scope) => isUnmet(grant, scope, now));
  const needed = wanted.forbidden || wanted.explicit;
  if (needed && unmet.length) return { do: 'refuse', reason: 'insufficient_scope' };
  // The user has answered the question of this very call, and not ticked it: asked at once again it would be no choice.
  const isAnswered = wanted.obtained === true && coversScopes(grant.leftOut ?? [], missing);
  if (isAnswered && wanted.forbidden && missing.length)
    return { do: 'refuse', reason: 'insufficient_scope' };
  // What a 401 only suggests is asked for once; the server had its chance to grant it then.
  const settled = [...grant.requested, ...unmet, ...(grant.leftOut ?? [])];
  const askable = needed && !isAnswered ? missing : scopesBeyond(missing, settled);
  // Here, and only here, refresh is bypassed: it could not bring a scope that was never granted (B1, B4).
  if (askable.length) return authorize(grant, wanted);
  return planCovered(grant, wanted, now);
}

/**
 * A key, or nothing at all, is good until the server refuses it: then the user is asked what it wants, once. Scopes mean
 * nothing to such a server (Z37, Z38).
 */
function planTokenless(grant: HeldGrant, wanted: Wanted, now: number): TokenPlan {
  if (wanted.forbidden) return { do: 'refuse', reason: 'insufficient_scope' };
  if (!wanted.unauthorized || wanted.obtained) return { do: 'use' };
  if (isWithin(grant.reauthorizedUntil, UNMET_COOL_DOWN, now)) {
    return { do: 'refuse', reason: 'invalid_target' };
  }
  return { do: 'authorize', scopes: [], added: [], rediscover: true };
}

/**
 * True while a scope is not asked for again, since the server would not grant it.
 */
export function isUnmet({ unmet }: Pick<HeldGrant, 'unmet'>, scope: string, now: number): boolean {
  return isWithin(Object.hasOwn(unmet, scope) ? unmet[scope] : undefined, UNMET_COOL_DOWN, now);
}

/**
 * True until the end of a cool-down of this length. An end further away was written under a clock that was put right
 * since, and counts as over: otherwise a site would be locked out for as long as the clock was wrong (Z46).
 */
function isWithin(until: number | undefined, length: number, now: number): boolean {
  return until !== undefined && now < until && until <= now + length;
}

/** The grant covers what is wanted, or what is missing is only suggested: is the token itself good? */
function planCovered(grant: HeldGrant, wanted: Wanted, now: number): TokenPlan {
  const { token } = grant;
  if (!token) return authorize(grant, wanted);
  const renew = planRenewal(grant, wanted, now);
  if (wanted.rejected === token.accessToken) {
    return wanted.forbidden ? planForbidden(grant, wanted, now) : planRejected(grant, wanted, now);
  }
  if (!isWithinCeiling(token.granted, grant.ceiling)) {
    return { do: 'confirm', excess: scopesBeyond(token.granted, grant.ceiling) };
  }
  return wanted.obtained || isFresh(token, now) ? { do: 'use' } : renew;
}

/** A refresh, unless that cannot help: the server refused it, or has not said anything about it for long (Z51). */
function planRenewal(grant: HeldGrant, wanted: Wanted, now: number): TokenPlan {
  if (!canRefresh(grant, now)) return authorize(grant, wanted);
  // Only while it is not to be asked again: by then it may be back.
  const isLost =
    wanted.unauthorized === true && isOverdue(grant.trouble, now) && isBraked(grant.trouble, now);
  return isLost ? { ...authorize(grant, wanted), rediscover: true } : { do: 'refresh' };
}

/** A refresh token that the server has refused is tried again seldom: the refusal may have been somebody else's. */
function canRefresh({ token, trouble }: HeldGrant, now: number): boolean {
  return token?.refreshToken !== undefined && !(trouble?.refused && isBraked(trouble, now));
}

/** 403 for a token that should do: one refresh may carry a change at the server over; a second cannot. */
function planForbidden(grant: HeldGrant, wanted: Wanted, now: number): TokenPlan {
  const { scopes = [], until } = grant.refreshedFor ?? {};
  const tried = isWithin(until, UNMET_COOL_DOWN, now) && coversScopes(scopes, wanted.scopes);
  if (tried || !canRefresh(grant, now)) return { do: 'refuse', reason: 'insufficient_scope' };
  return { do: 'refresh' };
}

/**
 * 401 for the newest token: refresh, once. When that did not help, the issuer is no longer one that the server
 * trusts: discover and authorize anew, once. After that the server is at fault.
 */
function planRejected(grant: HeldGrant, wanted: Wanted, now: number): TokenPlan {
  const { token, renewedUntil, reauthorizedUntil, signedInAt } = grant;
  const age = now - (token?.obtainedAt ?? 0);
  const young = token && now < token.expiresAt && age >= 0 && age < YOUNG;
  const isTried = isWithin(reauthorizedUntil, UNMET_COOL_DOWN, now);
  // Another one of its kind would fare no better: the server may not know the scheme (Z36).
  const isStrange = young && token.bound && token.obtainedAt === signedInAt && !wanted.knowsProofs;
  if (isStrange && !isTried)
    return { ...authorize(grant, wanted), rediscover: true, unbound: true };
  if (canRefresh(grant, now) && !isWithin(renewedUntil, YOUNG, now)) {
    return planRenewal(grant, { ...wanted, unauthorized: true }, now);
  }
  if (young && isTried) return { do: 'refuse', reason: 'invalid_target' };
  return { ...authorize(grant, wanted), rediscover: true };
}

function authorize(grant: HeldGrant | undefined, wanted: Wanted): AuthorizePlan {
  const scopes = computeScopeUnion(grant?.requested ?? [], wanted.scopes);
  const added = scopesBeyond(scopes, grant?.ceiling ?? []);
  return { do: 'authorize', scopes, added, rediscover: false };
}

/**
 * Wanted scopes that the newest token does not have. What the server never named (`assumed`) does not count
 * as held once it says 403, unless the token is not the newest.
 */
function findMissing(grant: HeldGrant | undefined, wanted: Wanted): string[] {
  const token = grant?.token;
  if (!token) return scopesBeyond(wanted.scopes, grant?.ceiling ?? []);
  const doubted = token.assumed && wanted.forbidden && wanted.rejected === token.accessToken;
  const missing = scopesBeyond(wanted.scopes, doubted ? [] : token.granted);
  // The answer to `offline_access` is a refresh token, or none; servers do not name it among the granted.
  return missing.filter((scope) => scope !== OFFLINE_ACCESS || !grant.requested.includes(scope));
}
