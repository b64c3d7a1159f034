import { describe, expect, it } from 'vitest';
import {
  addRefusal,
  offerScopes,
  offersLess,
  refusalsFor,
  type ScopeRefusal,
} from '../../src/protocol/offered-scopes.ts';

const AT = { origin: 'https://a.example', resource: 'https://m.example/mcp', at: 1000 };
const refused = (...lists: string[][]): ScopeRefusal[] =>
  lists.map((scopes) => ({ ...AT, scopes }));
const wish = (scopes: string[], needed: string[] = []) => ({ scopes, needed });
const DAY = 86_400_000;

describe('what is offered', () => {
  const all = ['read', 'write', 'offline_access'];

  it('is all of it, then the same without offline_access, then nothing (Z45)', () => {
    expect(offerScopes(wish(all), [])).toEqual(all);
    expect(offerScopes(wish(all), refused(all))).toEqual(['read', 'write']);
    expect(offerScopes(wish(all), refused(all, ['write', 'read']))).toEqual([]);
    expect(offerScopes(wish(['read']), refused(['read']))).toEqual([]);
  });

  it('is never less than what is held or what a 403 has named (Z45, Z9)', () => {
    const needed = ['read', 'offline_access', 'write'];
    expect(offerScopes(wish(all, needed), refused(all))).toEqual(all);
    expect(offerScopes(wish(['read', 'hint'], ['read']), refused(['read', 'hint']))).toEqual([
      'read',
    ]);
  });

  it('is all of it while something else was refused (Z45)', () => {
    expect(offerScopes(wish(all), refused(['read'], [...all, 'more'], []))).toEqual(all);
  });

  it('can be less after a refusal as long as something in it is not needed (Z45)', () => {
    expect(offersLess(wish(all), all)).toBe(true);
    expect(offersLess(wish(all), [])).toBe(false);
    expect(offersLess(wish(['read'], ['read']), ['read'])).toBe(false);
  });
});

describe('what was refused', () => {
  it('counts for the same site and resource, for a week, and whatever the clock was (Z45, Z46)', () => {
    const [one] = refused(['read']);
    const at = (now: number, change = {}) => refusalsFor([one!], { ...AT, ...change }, now).length;
    expect([at(1000), at(1000 + 6 * DAY), at(1000 + 7 * DAY), at(1000 - 8 * DAY)]).toEqual([
      1, 1, 0, 0,
    ]);
    expect(at(1000, { origin: 'https://b.example' })).toBe(0);
    expect(at(1000, { resource: 'https://m.example/other' })).toBe(0);
  });

  it('is fifty lists at most; the oldest go (Z39, Z45)', () => {
    let known: ScopeRefusal[] = [];
    for (let i = 0; i < 60; i += 1) known = addRefusal(known, { ...AT, scopes: [`s${i}`] });
    expect(known).toHaveLength(50);
    expect(known.at(-1)!.scopes).toEqual(['s59']);
  });
});
