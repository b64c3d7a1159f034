/** The plan where no token is held: with a key, and at a public server (Z37, Z38). */
import { describe, expect, it } from 'vitest';
import { planToken, UNMET_COOL_DOWN, type HeldGrant } from '../../src/protocol/plan.ts';

const NOW = 1_000_000_000;
const held = (changes: Partial<HeldGrant> = {}): HeldGrant => ({
  requested: [],
  ceiling: [],
  unmet: {},
  credential: 'key',
  ...changes,
});
const wanted = (changes = {}) => ({ scopes: [], forbidden: false, explicit: false, ...changes });
const plan = (grant: HeldGrant, wants = {}) => planToken(grant, wanted(wants), [], NOW);

describe.each(['key', 'none'] as const)('a grant with credential %s', (credential) => {
  it('is used, whatever scopes are named: they mean nothing to such a server (Z37, Z38)', () => {
    expect(plan(held({ credential }))).toEqual({ do: 'use' });
    expect(plan(held({ credential }), { scopes: ['a'], explicit: true })).toEqual({ do: 'use' });
  });

  it('leads to one question when the server has refused it (Z37)', () => {
    const refused = plan(held({ credential }), { unauthorized: true });
    expect(refused).toEqual({ do: 'authorize', scopes: [], added: [], rediscover: true });
  });

  it('is used when it came for this very call (Z37)', () => {
    const grant = held({ credential, reauthorizedUntil: NOW + 1 });
    expect(plan(grant, { unauthorized: true, obtained: true })).toEqual({ do: 'use' });
  });

  it('leads to no second question for ten minutes, and to one after that (Z37)', () => {
    const grant = held({ credential, reauthorizedUntil: NOW + UNMET_COOL_DOWN });
    expect(plan(grant, { unauthorized: true })).toEqual({ do: 'refuse', reason: 'invalid_target' });
    const later = planToken(grant, wanted({ unauthorized: true }), [], NOW + UNMET_COOL_DOWN);
    expect(later.do).toBe('authorize');
  });

  it('is not better for another question when a scope is missing (Z37)', () => {
    const missing = plan(held({ credential }), { forbidden: true, scopes: ['a'] });
    expect(missing).toEqual({ do: 'refuse', reason: 'insufficient_scope' });
  });
});
