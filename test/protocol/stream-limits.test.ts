/** No site can hold all the connections to a server, and none speaks for another. */
import { describe, expect, it } from 'vitest';
import { mayConnect, StreamLimits, type Connection } from '../../src/protocol/stream-limits.ts';

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
    expect([...limits.heldAt('https://mcp.example')]).toEqual([['a', 1]]);
  });
});

describe('the connections to one server that speaks HTTP/1.1 (Z32)', () => {
  const connection = (site: string, use: Connection['use']): Connection => ({ ...at(site), use });
  const fill = (site: string, uses: Connection['use'][], open: Connection[] = []) => {
    for (const use of uses) {
      const one = connection(site, use);
      if (mayConnect(one, open)) open.push(one);
    }
    return open;
  };
  const USES = ['stream', 'call', 'word'] as const;

  it('go to one site for three calls, four lasting ones and a word', () => {
    const uses = (open: Connection[]) => open.map(({ use }) => use);
    const calls = Array.from({ length: 9 }, () => 'call' as const);
    expect(uses(fill('a', calls))).toEqual(['call', 'call', 'call']);
    const all = ['stream', 'stream', ...calls, 'word', 'word'] as const;
    expect(uses(fill('a', [...all]))).toEqual(['stream', 'stream', 'call', 'call', 'word']);
  });

  it('leave one for another site’s call, and for its stream where nobody else has one, in every order', () => {
    // Every way in which one site asks for seven things of three kinds.
    for (let way = 0; way < 3 ** 7; way += 1) {
      const asked = Array.from({ length: 7 }, (_, n) => USES[Math.floor(way / 3 ** n) % 3]!);
      const limits = new StreamLimits();
      const open = fill(
        'a',
        asked.filter((use) => use !== 'stream' || limits.take(at('a'), '')),
      );
      expect(mayConnect(connection('b', 'call'), open)).toBe(true);
      const lasting = open.filter(({ use }) => use !== 'word');
      expect(mayConnect(connection('b', 'stream'), lasting)).toBe(true);
      const beside = fill('b', ['stream', 'stream', 'call'], lasting);
      expect(beside.some(({ site, use }) => site === 'b' && use === 'call')).toBe(true);
    }
  });

  it('are kept for the site that has no other request there, beside all four streams', () => {
    const streams = fill('b', ['stream', 'stream'], fill('a', ['stream', 'stream']));
    const open = fill('a', ['call', 'call', 'word'], streams);
    expect(open).toHaveLength(5);
    expect(mayConnect(connection('b', 'call'), open)).toBe(true);
  });

  it('are counted server by server', () => {
    const open = fill('a', ['call', 'call', 'call']);
    expect(mayConnect({ ...at('a', 'https://other.example'), use: 'call' }, open)).toBe(true);
  });
});
