import { describe, expect, it } from 'vitest';
import {
  planToken,
  UNMET_COOL_DOWN,
  type HeldGrant,
  type Wanted,
} from '../../src/protocol/plan.ts';
import {
  bareToken,
  explicit,
  forbidden,
  held,
  MINUTE,
  NOW,
  SECOND,
  token,
  tokenless,
  unauthorized,
  wanted,
} from './grants.ts';

const plan = (grant: HeldGrant | undefined, want: Wanted, refused: string[] = [], now = NOW) =>
  planToken(grant, want, refused, now);
const authorize = (scopes: string[], added: string[], rediscover = false) => ({
  do: 'authorize',
  scopes,
  added,
  rediscover,
});
const USE = { do: 'use' };
const REFRESH = { do: 'refresh' };
const INSUFFICIENT = { do: 'refuse', reason: 'insufficient_scope' };
const DENIED = { do: 'refuse', reason: 'access_denied' };

describe('no grant (PLAN-1)', () => {
  it('authorizes with what is wanted, all of it new (R44, R47)', () => {
    expect(plan(undefined, explicit('a', 'b'))).toEqual(authorize(['a', 'b'], ['a', 'b']));
    expect(plan(undefined, wanted())).toEqual(authorize([], []));
  });

  it('does not take a 401 or 403 for somebody else’s token for its own (T-01)', () => {
    expect(plan(undefined, forbidden('a'))).toEqual(authorize(['a'], ['a']));
    expect(plan(undefined, unauthorized('a'))).toEqual(authorize(['a'], ['a']));
  });
});

describe('the grant covers what is wanted (PLAN-2 to PLAN-4)', () => {
  it('uses a fresh token that was not rejected (PLAN-2)', () => {
    expect(plan(held(), wanted())).toEqual(USE);
    expect(plan(held(), explicit('a'))).toEqual(USE);
    expect(plan(held(), { ...unauthorized('a'), rejected: 'an older token' })).toEqual(USE);
    expect(plan(held(), { ...forbidden('a'), rejected: 'an older token' })).toEqual(USE);
  });

  it('refreshes an expired token, without a prompt (PLAN-3)', () => {
    expect(plan(held({ token: token({ expiresAt: NOW }) }), explicit('a'))).toEqual(REFRESH);
    expect(plan(held({ token: token({ expiresAt: NOW + 59 * SECOND }) }), wanted())).toEqual(
      REFRESH,
    );
  });

  it('refreshes a token that was rejected and is still the newest (PLAN-3, T-47)', () => {
    expect(plan(held(), unauthorized())).toEqual(REFRESH);
    expect(plan(held(), unauthorized('a'))).toEqual(REFRESH);
  });

  it('authorizes again, asking the user nothing new, when there is no refresh token (R50)', () => {
    const expired = held({ token: bareToken({ expiresAt: NOW }), requested: ['a', 'b'] });
    expect(plan(expired, wanted())).toEqual(authorize(['a', 'b'], ['b']));
    expect(plan(tokenless(), wanted())).toEqual(authorize(['a'], []));
    expect(plan(tokenless(), explicit('a'))).toEqual(authorize(['a'], []));
  });

  it('refreshes once for a 403 that names covered scopes, without a prompt (B4, PLAN-4)', () => {
    expect(plan(held(), forbidden('a'))).toEqual(REFRESH);
    expect(plan(held(), forbidden())).toEqual(REFRESH);
  });

  it('gives up at the second 403 for covered scopes (B4, B9, PLAN-4)', () => {
    const refreshedFor = { scopes: ['a'], until: NOW + 1 };
    expect(plan(held({ refreshedFor }), forbidden('a'))).toEqual(INSUFFICIENT);
    expect(plan(held({ refreshedFor }), forbidden())).toEqual(INSUFFICIENT);
  });

  it('forgets the first 403 at the end of its cool-down, or for other scopes (B9)', () => {
    const grant = held({
      token: token({ granted: ['a', 'b'] }),
      ceiling: ['a', 'b'],
      refreshedFor: { scopes: ['a'], until: NOW },
    });
    expect(plan(grant, forbidden('a'))).toEqual(REFRESH);
    expect(
      plan({ ...grant, refreshedFor: { scopes: ['b'], until: NOW + 1 } }, forbidden('a')),
    ).toEqual(REFRESH);
  });

  it('gives up at once on a 403 for covered scopes when it cannot refresh (PLAN-4)', () => {
    expect(plan(held({ token: bareToken() }), forbidden('a'))).toEqual(INSUFFICIENT);
  });

  it('refreshes for the next call after a 403 is answered: the token itself is good (B4)', () => {
    const refreshedFor = { scopes: ['a'], until: NOW + MINUTE };
    expect(plan(held({ refreshedFor }), wanted())).toEqual(USE);
    expect(plan(held({ refreshedFor }), unauthorized())).toEqual(REFRESH);
  });
});

describe('the grant lacks some (PLAN-5)', () => {
  it('authorizes, though a refresh token is held: refresh could not bring it (B1)', () => {
    expect(plan(held(), forbidden('b'))).toEqual(authorize(['a', 'b'], ['b']));
    expect(plan(held({ token: token({ expiresAt: NOW }) }), forbidden('b'))).toEqual(
      authorize(['a', 'b'], ['b']),
    );
  });

  it('asks for what was requested before and what the challenge names, as one set (B2, B5, B7, R45, R55)', () => {
    const grant = held({
      requested: ['offline_access', 'init'],
      ceiling: ['offline_access', 'init'],
      token: token({ granted: ['init'] }),
    });
    expect(plan(grant, forbidden('tools:read'))).toEqual(
      authorize(['offline_access', 'init', 'tools:read'], ['tools:read']),
    );
  });

  it('accumulates on a 401 in the middle of a chain as well (B6)', () => {
    const grant = held({ requested: ['a', 'c'], ceiling: ['a', 'c'] });
    expect(plan(grant, unauthorized('b'))).toEqual(authorize(['a', 'c', 'b'], ['b']));
  });

  it('shows as new only what is beyond the ceiling (Z23, R46)', () => {
    const grant = held({ requested: ['a'], ceiling: ['a', 'b'] });
    expect(plan(grant, forbidden('b', 'c'))).toEqual(authorize(['a', 'b', 'c'], ['c']));
  });

  it('authorizes for scopes that the page names itself (Q6)', () => {
    expect(plan(held(), explicit('b'))).toEqual(authorize(['a', 'b'], ['b']));
  });

  it('counts a scope as held by its exact string: no hierarchy (R43, R60)', () => {
    const grant = held({ token: token({ granted: ['files', '*'] }) });
    expect(plan(grant, forbidden('files:read'))).toMatchObject({ do: 'authorize' });
    expect(plan(grant, forbidden('Files'))).toMatchObject({ do: 'authorize' });
  });

  it('steps up for a scope that was only assumed, once the server says 403 (Q1)', () => {
    const grant = held({ token: token({ granted: ['a'], assumed: true }) });
    expect(plan(grant, forbidden('a'))).toEqual(authorize(['a'], []));
    expect(plan(grant, explicit('a'))).toEqual(USE);
    expect(plan(grant, { ...forbidden('a'), rejected: 'an older token' })).toEqual(USE);
  });

  it('is not kept from authorizing by an earlier refresh for other scopes (B1)', () => {
    const refreshedFor = { scopes: ['a'], until: NOW + MINUTE };
    expect(plan(held({ refreshedFor }), forbidden('b'))).toMatchObject({ do: 'authorize' });
  });

  it('plans for scopes named like members of Object.prototype as for any other (T-31)', () => {
    const names = ['constructor', 'toString', '__proto__', 'valueOf', 'hasOwnProperty'];
    expect(names.map((name) => plan(held(), forbidden(name)))).toEqual(
      names.map((name) => authorize(['a', name], [name])),
    );
  });
});

describe('the server did not grant it (PLAN-6)', () => {
  const unmet = (until: number, change: Partial<HeldGrant> = {}) =>
    held({ requested: ['a', 'b'], ceiling: ['a', 'b'], unmet: { b: until }, ...change });

  it('refuses what was asked for and not granted, while that is remembered (R58, R61, B9)', () => {
    expect(plan(unmet(NOW + 1), forbidden('b'))).toEqual(INSUFFICIENT);
    expect(plan(unmet(NOW + 1), explicit('b'))).toEqual(INSUFFICIENT);
  });

  it('asks again when the ten minutes are over (E-LOOP, R61)', () => {
    expect(UNMET_COOL_DOWN).toBe(10 * MINUTE);
    expect(plan(unmet(NOW), forbidden('b'))).toEqual(authorize(['a', 'b'], []));
  });

  it('remembers no longer than ten minutes by this clock, even if it was set back since (TIME-2, T-47)', () => {
    expect(plan(unmet(NOW + 24 * 60 * MINUTE), forbidden('b'))).toMatchObject({ do: 'authorize' });
  });

  it('refuses a set of which one scope is remembered: part of it would not do (E-LOOP-VARY)', () => {
    expect(plan(unmet(NOW + 1), forbidden('b', 'c'))).toEqual(INSUFFICIENT);
  });

  it('goes on with what it has when the scope is only suggested by a 401 (R56, B6)', () => {
    const { scopes } = unauthorized('a', 'b');
    expect(plan(unmet(NOW + 1), wanted({ scopes }))).toEqual(USE);
    expect(plan(unmet(NOW + 1), unauthorized('a', 'b'))).toEqual(REFRESH);
  });

  it('does not ask again on a mere 401: it refreshes, when the ten minutes are over too (R56, Z10)', () => {
    expect(plan(unmet(NOW), unauthorized('a', 'b'))).toEqual(REFRESH);
    expect(plan(unmet(0, { unmet: {} }), unauthorized('a', 'b'))).toEqual(REFRESH);
  });

  it('does not miss offline_access: its answer is a refresh token, or none (B2, R49, R50)', () => {
    // Servers do not name it among the granted scopes; the 401 of B2 and many pages name it every time.
    const scopes = ['a', 'offline_access'];
    const grant = { requested: scopes, ceiling: scopes, unmet: { offline_access: NOW + 1 } };
    expect(plan(held(grant), explicit(...scopes))).toEqual(USE);
    expect(plan(held({ ...grant, token: bareToken() }), explicit(...scopes))).toEqual(USE);
    expect(plan(held({ ...grant, unmet: {} }), unauthorized(...scopes))).toEqual(REFRESH);
  });

  it('allows a second step-up after a success (B9)', () => {
    const granted = unmet(0, { unmet: {}, token: token({ granted: ['a', 'b'] }) });
    expect(plan(granted, forbidden('c'))).toEqual(authorize(['a', 'b', 'c'], ['c']));
    const lostAgain = { ...granted, token: token({ granted: ['a'] }) };
    expect(plan(lostAgain, forbidden('b'))).toEqual(authorize(['a', 'b'], []));
  });
});

describe('the user refused it (PLAN-7)', () => {
  it('refuses a set that holds a refused scope, whoever names it (Z9, Z24, R61)', () => {
    expect(plan(held(), forbidden('b'), ['b'])).toEqual(DENIED);
    expect(plan(held(), explicit('b', 'c'), ['b'])).toEqual(DENIED);
    expect(plan(undefined, explicit('b'), ['b'])).toEqual(DENIED);
    expect(plan(tokenless(), explicit('b'), ['b'])).toEqual(DENIED);
  });

  it('goes on where the refused scope is not wanted (Z9, Z24)', () => {
    expect(plan(held(), explicit('a'), ['b'])).toEqual(USE);
    expect(plan(held(), forbidden('c'), ['b'])).toEqual(authorize(['a', 'c'], ['c']));
  });

  it('goes on where the refused scope is held: no refusal takes away what was allowed', () => {
    expect(plan(held(), explicit('a'), ['a'])).toEqual(USE);
    expect(plan(tokenless(), explicit('a'), ['a'])).toEqual(authorize(['a'], []));
  });

  it('never asks for a refused scope on its own account (Z9, K25)', () => {
    const step = plan(held(), forbidden('c'), ['b']);
    expect(JSON.stringify(step)).not.toContain('"b"');
  });
});

describe('the newest token is rejected with a 401 (R9, TIME-3)', () => {
  const RT = token({ obtainedAt: NOW - 29 * SECOND });
  const BARE = bareToken({ obtainedAt: NOW - 29 * SECOND });
  const again = { renewedUntil: NOW + 1 };
  const reauthorized = { ...again, reauthorizedUntil: NOW + 1 };

  it('refreshes first, whatever the age of the token (T-47, TIME-2)', () => {
    expect(plan(held(), unauthorized())).toEqual(REFRESH);
    expect(plan(held({ token: RT }), unauthorized())).toEqual(REFRESH);
    expect(plan(held({ renewedUntil: NOW }), unauthorized())).toEqual(REFRESH);
  });

  it('discovers and authorizes anew when a refresh has not helped (R38, R39, T-21)', () => {
    expect(plan(held({ token: RT, ...again }), unauthorized())).toEqual(authorize(['a'], [], true));
    expect(
      plan(held({ token: RT, ...again, reauthorizedUntil: NOW }), unauthorized()),
    ).toMatchObject({
      rediscover: true,
    });
  });

  it('discovers and authorizes anew when it cannot refresh (R38, R50)', () => {
    expect(plan(held({ token: BARE }), unauthorized())).toEqual(authorize(['a'], [], true));
    expect(plan(held({ token: bareToken() }), unauthorized())).toEqual(authorize(['a'], [], true));
  });

  it('blames the server when all of that has been done (TIME-3)', () => {
    const refusal = { do: 'refuse', reason: 'invalid_target' };
    expect(plan(held({ token: RT, ...reauthorized }), unauthorized())).toEqual(refusal);
    expect(plan(held({ token: BARE, ...reauthorized }), unauthorized())).toEqual(refusal);
  });

  it('does not blame it for a token that was good for 30 seconds (T-47)', () => {
    const token = bareToken({ obtainedAt: NOW - 30 * SECOND });
    expect(plan(held({ token, ...reauthorized }), unauthorized())).toMatchObject({
      rediscover: true,
    });
  });

  it('refreshes when the clock was set back since the token came (T-47, TIME-2, Z10)', () => {
    expect(plan(held(), unauthorized(), [], NOW - 24 * 60 * MINUTE)).toEqual(REFRESH);
  });
});

describe('the ceiling (Z23)', () => {
  const excessive = (change: Partial<HeldGrant> = {}) =>
    held({ token: token({ granted: ['a', 'admin'] }), ...change });

  it('has the user confirm what nobody asked for before the token is handed out (Z23, T-44)', () => {
    expect(plan(excessive(), wanted())).toEqual({ do: 'confirm', excess: ['admin'] });
    expect(plan(excessive(), explicit('a'))).toEqual({ do: 'confirm', excess: ['admin'] });
  });

  it('does not take excess for a reason to skip the prompt of a scope that is wanted (T-44)', () => {
    expect(plan(excessive(), explicit('admin'))).toEqual({ do: 'confirm', excess: ['admin'] });
  });

  it('uses the token when the user has confirmed (Z23)', () => {
    expect(plan(excessive({ ceiling: ['a', 'admin'] }), wanted())).toEqual(USE);
  });
});

describe('a decision', () => {
  it('changes nothing that it is made from', () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null)
        Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const grant = freeze(held({ unmet: { b: NOW + 1 } }));
    expect(plan(grant, freeze(forbidden('c')), [])).toEqual(plan(grant, forbidden('c')));
  });

  it('hands out a token that came for this very call, however short its life (TIME-1, F12)', () => {
    const lives = [0, 1, 100];
    const grants = lives.map((life) =>
      held({ token: token({ obtainedAt: NOW - 500, expiresAt: NOW - 500 + life }) }),
    );
    expect(grants.map((grant) => plan(grant, wanted({ obtained: true })))).toEqual(
      lives.map(() => USE),
    );
    expect(grants.map((grant) => plan(grant, wanted()))).toEqual(lives.map(() => REFRESH));
  });
});
