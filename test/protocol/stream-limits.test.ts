/** No site can hold all the connections to a server, and none speaks for another. */
import { describe, expect, it } from 'vitest';
import { StreamLimits } from '../../src/protocol/stream-limits.ts';

const at = (site: string, server = 'https://mcp.example') => ({ site, server });

describe('long streams at one server (Z32)', () => {
  it('are two of a site and four in all where each takes a connection, or nobody knows', () => {
    for (const protocol of ['http/1.1', '']) {
      const limits = new StreamLimits();
      const taken = ['a', 'a', 'a', 'b', 'b', 'c'].map((site) => limits.take(at(site), protocol));
      expect(taken.map(Boolean)).toEqual([true, true, false, true, true, false]);
      expect(limits.take(at('a', 'https://other.example'), protocol)).toBeDefined();
    }
  });

  it.each(['h2', 'h3'])('are twenty and a hundred where they share one (%s)', (protocol) => {
    const limits = new StreamLimits();
    const open = (site: string) =>
      Array.from({ length: 25 }, () => limits.take(at(site), protocol)).filter(Boolean).length;
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map(open)).toEqual([20, 20, 20, 20, 20, 0]);
  });

  it('give their place back once', () => {
    const limits = new StreamLimits();
    const [first, second] = [limits.take(at('a'), ''), limits.take(at('a'), '')];
    first?.();
    first?.();
    expect(limits.take(at('a'), '')).toBeDefined();
    expect(limits.take(at('a'), '')).toBeUndefined();
    second?.();
    expect(limits.sitesAt('https://mcp.example')).toEqual(['a']);
  });
});
