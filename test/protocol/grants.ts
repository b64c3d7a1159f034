import type { HeldGrant, Wanted } from '../../src/protocol/plan.ts';
import type { TokenSet } from '../../src/protocol/token.ts';

/** A point of time, in milliseconds since the epoch. */
export const NOW = 1_800_000_000_000;
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** A token of an hour that was obtained ten minutes ago and can be refreshed. */
export function token(change: Partial<TokenSet> = {}): TokenSet {
  return {
    accessToken: 'at-1',
    refreshToken: 'rt-1',
    granted: ['a'],
    assumed: false,
    obtainedAt: NOW - 10 * MINUTE,
    expiresAt: NOW + 50 * MINUTE,
    ...change,
  };
}

/** The same without a refresh token. */
export function bareToken(change: Partial<TokenSet> = {}): TokenSet {
  const { refreshToken: _, ...rest } = token(change);
  return rest;
}

/** A grant of scope `a`, with a token as above. */
export function held(change: Partial<HeldGrant> = {}): HeldGrant {
  return { requested: ['a'], ceiling: ['a'], unmet: {}, token: token(), ...change };
}

/** A grant without a token: it was lost, or refused by the issuer. */
export function tokenless(change: Partial<HeldGrant> = {}): HeldGrant {
  const { token: _, ...rest } = held(change);
  return rest;
}

/** A call that names no scope and sent no token. */
export function wanted(change: Partial<Wanted> = {}): Wanted {
  return { scopes: [], forbidden: false, explicit: false, ...change };
}

/** 403 `insufficient_scope` for the newest token. */
export function forbidden(...scopes: string[]): Wanted {
  return wanted({ scopes, forbidden: true, rejected: 'at-1' });
}

/** 401 for the newest token. */
export function unauthorized(...scopes: string[]): Wanted {
  return wanted({ scopes, rejected: 'at-1' });
}

/** Scopes that the page names itself. */
export function explicit(...scopes: string[]): Wanted {
  return wanted({ scopes, explicit: true });
}
