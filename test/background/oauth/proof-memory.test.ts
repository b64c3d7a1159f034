/** What servers want to find in proofs is remembered for each site and server, and for a bounded number of them. */
import { expect, it } from 'vitest';
import { proofMemory } from '../../../src/background/oauth/proof-memory.ts';

const SITE = 'https://notes.example';
const said = (nonce: string): [string, string][] => [['dpop-nonce', nonce]];
const memory = () => proofMemory({ now: () => 0 });

it('is one for all addresses of a server, and none of another (RFC 9449 §8)', () => {
  const held = memory();
  held.learn(SITE, 'https://mcp.example/mcp?a=b', said('n-1'));
  expect(held.recall(SITE, 'https://mcp.example/other')).toEqual({ nonce: 'n-1', skew: 0 });
  expect(held.recall(SITE, 'https://mcp.example:8443/mcp')).toEqual({ skew: 0 });
  expect(held.recall(SITE, 'https://as.example/token')).toEqual({ skew: 0 });
});

it('is nothing to another site: a nonce would tell that both are one browser', () => {
  const held = memory();
  held.learn(SITE, 'https://mcp.example/mcp', said('n-1'));
  expect(held.recall('https://other.example', 'https://mcp.example/mcp')).toEqual({ skew: 0 });
});

it('forgets the servers that were heard of longest ago, and never grows (T-07)', () => {
  const held = memory();
  for (let i = 0; i < 2000; i += 1) held.learn(SITE, `https://s${i}.example/`, said(`n-${i}`));
  const kept = Array.from({ length: 2000 }, (_, i) => held.recall(SITE, `https://s${i}.example/`));
  expect(kept.filter(({ nonce }) => nonce !== undefined)).toHaveLength(500);
  expect(kept.at(-1)).toEqual({ nonce: 'n-1999', skew: 0 });
});
