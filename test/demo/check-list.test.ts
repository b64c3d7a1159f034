import { describe, expect, it } from 'vitest';
import { CheckList } from '../../demo/check-list.ts';

describe('the demo’s check list', () => {
  it('ticks what a page has seen, once', () => {
    const list = new CheckList();
    expect(list.done).toEqual([]);
    for (const step of ['connect', 'read', 'read', 'wait']) expect(list.note('a', step)).toBe(true);
    expect(list.done).toEqual(['connect', 'read', 'wait']);
  });

  it('ticks the second site when two sites have connected, whatever a page says', () => {
    const list = new CheckList();
    list.note('a', 'connect');
    list.note('a', 'connect');
    expect(list.note('a', 'second-site')).toBe(false);
    expect(list.done).toEqual(['connect']);
    list.note('b', 'read');
    expect(list.done).not.toContain('second-site');
    list.note('b', 'connect');
    expect(list.done).toContain('second-site');
  });

  it('knows no other steps', () => {
    const list = new CheckList();
    expect(list.note('a', 'toString')).toBe(false);
    expect(list.done).toEqual([]);
  });
});
