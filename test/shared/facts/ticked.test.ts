import { describe, expect, it } from 'vitest';
import { isChoice } from '../../../src/shared/facts/ticked.ts';

const first = { added: ['a', 'b', 'offline_access'], held: [] };

describe('fewer scopes than are asked for', () => {
  it.each([[['a']], [['b', 'a']], [['a', 'b', 'offline_access']]])('%j is a choice', (ticked) => {
    expect(isChoice(first, ticked)).toBe(true);
  });

  it.each([
    ['none, with which the server would decide', []],
    ['nothing but how long', ['offline_access']],
    ['one that was not asked for', ['a', 'c']],
    ['one twice', ['a', 'a']],
  ])('%s is no answer (T-18)', (_, ticked) => {
    expect(isChoice(first, ticked)).toBe(false);
  });

  it('of a step-up may be nothing but how long, and never nothing', () => {
    const more = { added: ['b', 'offline_access'], held: ['a'] };
    expect(isChoice(more, ['offline_access'])).toBe(true);
    expect(isChoice(more, [])).toBe(false);
  });
});
