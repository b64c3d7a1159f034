/**
 * U-GATE: when to refresh, when to authorize, when to stop. All 32 combinations of five questions, with what
 * docs/design.md says of each; written from that table and from B1, B4, B6 and B9.
 */
import { describe, expect, it } from 'vitest';
import { planToken, YOUNG } from '../../src/protocol/plan.ts';
import { bareToken, held, MINUTE, NOW, token, wanted } from './grants.ts';

type Outcome = 'use' | 'refresh' | 'authorize' | 'rediscover' | 'insufficient_scope';

/**
 * The answer of the server to the page; whether the newest token covers the scopes that it names; whether a
 * refresh token is held; whether the rejected token is the newest; whether the same was tried before.
 */
type Row = [
  status: 401 | 403,
  covers: 'covers' | 'lacks',
  refreshable: 'RT' | '-',
  rejected: 'newest' | 'older',
  before: 'first' | 'again',
  outcome: Outcome,
];

const TABLE: Row[] = [
  // Lacks some: step up, refresh bypassed, whichever token was rejected and whatever the status (B1, B4, B6).
  [403, 'lacks', 'RT', 'newest', 'first', 'authorize'],
  [403, 'lacks', 'RT', 'older', 'first', 'authorize'],
  [403, 'lacks', '-', 'newest', 'first', 'authorize'],
  [403, 'lacks', '-', 'older', 'first', 'authorize'],
  [401, 'lacks', 'RT', 'newest', 'first', 'authorize'],
  [401, 'lacks', 'RT', 'older', 'first', 'authorize'],
  [401, 'lacks', '-', 'newest', 'first', 'authorize'],
  [401, 'lacks', '-', 'older', 'first', 'authorize'],
  // Lacks some that the server would not grant: a 403 is final (B9, R58) …
  [403, 'lacks', 'RT', 'newest', 'again', 'insufficient_scope'],
  [403, 'lacks', 'RT', 'older', 'again', 'insufficient_scope'],
  [403, 'lacks', '-', 'newest', 'again', 'insufficient_scope'],
  [403, 'lacks', '-', 'older', 'again', 'insufficient_scope'],
  // … while a 401 only suggests it: what can be had is had, as if it were covered (R56).
  [401, 'lacks', 'RT', 'newest', 'again', 'refresh'],
  [401, 'lacks', 'RT', 'older', 'again', 'use'],
  [401, 'lacks', '-', 'newest', 'again', 'rediscover'],
  [401, 'lacks', '-', 'older', 'again', 'use'],
  // Covers them: 403 for this very token is worth one refresh and no prompt (B4).
  [403, 'covers', 'RT', 'newest', 'first', 'refresh'],
  [403, 'covers', 'RT', 'newest', 'again', 'insufficient_scope'],
  [403, 'covers', '-', 'newest', 'first', 'insufficient_scope'],
  [403, 'covers', '-', 'newest', 'again', 'insufficient_scope'],
  // Covers them, and the page has not seen the newest token yet: here it is.
  [403, 'covers', 'RT', 'older', 'first', 'use'],
  [403, 'covers', 'RT', 'older', 'again', 'use'],
  [403, 'covers', '-', 'older', 'first', 'use'],
  [403, 'covers', '-', 'older', 'again', 'use'],
  [401, 'covers', 'RT', 'older', 'first', 'use'],
  [401, 'covers', 'RT', 'older', 'again', 'use'],
  [401, 'covers', '-', 'older', 'first', 'use'],
  [401, 'covers', '-', 'older', 'again', 'use'],
  // Covers them, and the newest token is no good: renew it the quietest way that has not failed yet.
  [401, 'covers', 'RT', 'newest', 'first', 'refresh'],
  [401, 'covers', 'RT', 'newest', 'again', 'rediscover'],
  [401, 'covers', '-', 'newest', 'first', 'rediscover'],
  [401, 'covers', '-', 'newest', 'again', 'rediscover'],
];

function outcomeOf([status, covers, refreshable, rejected, before]: Row): string {
  const scopes = covers === 'covers' ? ['a'] : ['a', 'b'];
  const until = NOW + MINUTE;
  const grant = held({
    requested: ['a', 'earlier'],
    ceiling: ['a', 'earlier'],
    token: refreshable === 'RT' ? token() : bareToken(),
    ...(before === 'again' && covers === 'lacks' && { unmet: { b: until } }),
    ...(before === 'again' &&
      covers === 'covers' && { refreshedFor: { scopes, until }, renewedUntil: NOW + YOUNG }),
  });
  const want = wanted({
    scopes,
    forbidden: status === 403,
    rejected: rejected === 'newest' ? 'at-1' : 'at-0',
  });
  const plan = planToken(grant, want, [], NOW);
  if (plan.do === 'refuse') return plan.reason;
  if (plan.do !== 'authorize') return plan.do;
  // Whatever leads to an authorization, it accumulates: what was requested before is never lost (B5, B6).
  expect(plan.scopes).toEqual([...new Set(['a', 'earlier', ...scopes])]);
  return plan.rediscover ? 'rediscover' : 'authorize';
}

describe('the gate between refresh and authorization (U-GATE)', () => {
  it('is decided in all 32 cases (U-GATE)', () => {
    expect(new Set(TABLE.map((row) => row.slice(0, 5).join())).size).toBe(32);
  });

  it.each(TABLE)(
    'a %i for scopes that the token %s, with refresh token: %s, rejected: %s, %s: leads to %s (U-GATE, B1, B4, B6, B9)',
    (...row) => {
      expect(outcomeOf(row)).toBe(row[5]);
    },
  );
});
