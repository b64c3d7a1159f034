/** What the browser is asked for in one call, inside the Allow click (Z13, Z33). */
import { describe, expect, it } from 'vitest';
import { missingHostAccess } from '../../../src/background/connect/missing-access.ts';
import type { ListedGrant } from '../../../src/background/ports/records.ts';

const AS = 'https://as.example/*';
const MCP = 'https://mcp.example/*';
const FOUND = {
  resource: {
    resource: 'https://mcp.example/mcp',
    match: 'same' as const,
    authorizationServers: ['https://as.example'],
  },
  server: { issuer: 'https://as.example', token_endpoint: 'https://as.example/token' },
};

function missing({ held = [] as string[], declined = false, copiesBytes = true } = {}) {
  const grants = [{}, declined ? { accessDeclined: true } : {}] as ListedGrant[];
  return missingHostAccess(
    {
      copiesBytes,
      hasHostAccess: (patterns) => Promise.resolve(patterns.every((one) => held.includes(one))),
      store: { listGrants: () => Promise.resolve(grants) },
    },
    FOUND,
  );
}

describe('the hosts that the browser is asked for with Allow', () => {
  it('are the provider’s and the server’s own, in one call (Z13, Z33)', async () => {
    expect(await missing()).toEqual([AS, MCP]);
  });

  it('are none that are held (Z13, Z33)', async () => {
    expect(await missing({ held: [MCP] })).toEqual([AS]);
    expect(await missing({ held: [AS] })).toEqual([MCP]);
    expect(await missing({ held: [AS, MCP] })).toEqual([]);
  });

  it('leave the server out once it was declined, for whichever site (Z33)', async () => {
    expect(await missing({ declined: true })).toEqual([AS]);
  });

  it('leave the server out where nothing can be carried (Z26)', async () => {
    expect(await missing({ copiesBytes: false })).toEqual([AS]);
  });
});
