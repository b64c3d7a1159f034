import { describe, expect, it } from 'vitest';
import { countSlots, placeSite, SLOTS, slotUri } from '../../src/protocol/redirect-slot.ts';

const BASE = 'https://abc.chromiumapp.org/cb';
const listing = (...uris: string[]) => ({ redirect_uris: uris });
const everybody = () => true;

describe('slots of a document', () => {
  it('are counted from the first without a gap, 32 at most (Z56)', () => {
    const uris = Array.from({ length: 40 }, (_, slot) => slotUri(BASE, slot));
    expect(countSlots(listing(...uris), BASE)).toBe(SLOTS);
    expect(countSlots(listing(`${BASE}/0`, `${BASE}/1`, `${BASE}/3`), BASE)).toBe(2);
    expect(countSlots(listing(BASE, `${BASE}/1`), BASE)).toBe(0);
  });

  it('are none in whatever is no document, or another extension’s (Z56)', () => {
    const strange = [undefined, null, 'text', {}, { redirect_uris: 'x' }, { redirect_uris: [1] }];
    for (const one of strange) expect(countSlots(one, BASE)).toBe(0);
    expect(countSlots(listing('https://xyz.chromiumapp.org/cb/0'), BASE)).toBe(0);
  });
});

describe('a site', () => {
  it('keeps its slot, and takes the first that nobody has (Z56)', () => {
    const at = { count: 3, isThere: everybody };
    expect(placeSite([], 'a', at)).toEqual({ slot: 0, sites: ['a'], isShared: false });
    expect(placeSite(['a', 'b'], 'c', at)).toMatchObject({ slot: 2, sites: ['a', 'b', 'c'] });
    expect(placeSite(['a', 'b', 'c'], 'b', at)).toMatchObject({ slot: 1, isShared: false });
  });

  it('takes the slot of one that has left, only once all are taken (Z56)', () => {
    const isThere = (site: string) => site !== 'b';
    expect(placeSite(['a', 'b'], 'd', { count: 3, isThere }).slot).toBe(2);
    const placed = placeSite(['a', 'b', 'c'], 'd', { count: 3, isThere });
    expect(placed).toEqual({ slot: 1, sites: ['a', 'd', 'c'], isShared: false });
  });

  it('shares the last slot where all are in use, and has none of its own (Z56)', () => {
    const placed = placeSite(['a', 'b'], 'c', { count: 2, isThere: everybody });
    expect(placed).toEqual({ slot: 1, sites: ['a', 'b'], isShared: true });
  });

  it('whose slot a shorter document has no more is placed anew, and stands there once (Z56)', () => {
    const isThere = (site: string) => site !== 'a';
    const placed = placeSite(['a', 'b', 'c'], 'c', { count: 2, isThere });
    expect(placed).toEqual({ slot: 0, sites: ['c', 'b', ''], isShared: false });
    expect(placed.sites.filter((site) => site === 'c')).toHaveLength(1);
  });
});
