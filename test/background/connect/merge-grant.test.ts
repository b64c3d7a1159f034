import type { AuthorizationServer } from 'oauth4webapi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeGrant, selectScopes } from '../../../src/background/connect/merge-grant.ts';
import type { FlowRecord, FlowRequest, Grant } from '../../../src/background/ports/records.ts';
import { grantSnapshot } from '../../../src/background/connect/snapshot.ts';
import { UNMET_COOL_DOWN } from '../../../src/protocol/plan.ts';
import type { ProtectedResource } from '../../../src/protocol/protected-resource.ts';
import type { TokenSet } from '../../../src/protocol/token.ts';

const NOW = 1_800_000_000_000;
const MCP = 'https://mcp.example';
const RESOURCE: ProtectedResource = {
  resource: MCP,
  match: 'same',
  authorizationServers: ['https://as.example'],
};
const SERVER: AuthorizationServer = { issuer: 'https://as.example' };
const REGISTRATION = {
  clientId: 'id',
  authMethod: 'none' as const,
  redirectUri: 'https://x.example/cb',
  secretExpiresAt: 0,
};
const REQUEST: FlowRequest = { scopes: [], demanded: [], challenged: true, rediscover: false };

function tokenOf(granted: string[], assumed = false): TokenSet {
  return { accessToken: 'at', granted, assumed, obtainedAt: NOW, expiresAt: NOW + 3_600_000 };
}

const HELD: Grant = {
  origin: 'https://client.example',
  resource: MCP,
  account: 'default',
  server: SERVER,
  registration: REGISTRATION,
  requested: ['a'],
  ceiling: ['a'],
  unmet: {},
  token: tokenOf(['a']),
  revision: 'former',
  refreshAttempts: 2,
  decision: { digest: 'former', at: NOW - 1000 },
  duration: 'always',
  createdAt: NOW - 5000,
  lastUsedAt: NOW - 2000,
  uses: 9,
};

/** A flow whose prompt showed what the server was asked for. */
function recordOf(scopes: string[], change: Partial<FlowRequest> = {}): FlowRecord {
  const record: FlowRecord = {
    id: 'flow',
    origin: HELD.origin,
    asked: MCP,
    request: { ...REQUEST, scopes, ...change },
    stage: 'exchanging',
    createdAt: NOW,
    reached: [],
  };
  const snapshot = grantSnapshot(record, {
    grant: undefined,
    resource: RESOURCE,
    source: MCP,
    server: SERVER,
    scopes,
    missingAccess: [],
    copiesBytes: true,
  });
  return { ...record, prompt: { snapshot, nonce: 'n', digest: 'shown', decision: 'allow' } };
}

interface Case {
  held?: Grant | undefined;
  scopes?: string[];
  token?: TokenSet;
  request?: Partial<FlowRequest>;
  resource?: string;
  isReached?: boolean;
}

function merge({
  held,
  scopes = ['a'],
  token = tokenOf(scopes),
  request,
  resource = MCP,
  isReached = true,
}: Case = {}) {
  const audience = { server: SERVER, registration: REGISTRATION, resource };
  const record = recordOf(scopes, request);
  return mergeGrant(held, { record, audience, scopes, token, isReached });
}

describe('the scopes to ask for (R43 to R49)', () => {
  interface Sources {
    asked?: string[];
    supported?: string[];
    offered?: string[];
    grant?: Grant;
  }
  const select = ({ asked = [], supported, offered, grant }: Sources) =>
    selectScopes(asked, {
      resource: { ...RESOURCE, ...(supported && { scopesSupported: supported }) },
      server: { ...SERVER, ...(offered && { scopes_supported: offered }) },
      grant,
    });

  it('are those of the challenge, whatever the resource supports (R43, R44, R47)', () => {
    expect(select({ asked: ['x'], supported: ['a', 'b'] })).toEqual(['x']);
    expect(select({ asked: ['a'], supported: [] })).toEqual(['a']);
  });

  it('are all that the resource names, when a first connection names none (R47)', () => {
    expect(select({ supported: ['a', 'b'] })).toEqual(['a', 'b']);
  });

  it('are none when nobody names any: scope is omitted (R47)', () => {
    expect(select({})).toEqual([]);
    expect(select({ supported: [] })).toEqual([]);
  });

  it('are never widened to what the resource names once a grant is held (R46, R47)', () => {
    expect(select({ grant: HELD, supported: ['a', 'b'] })).toEqual([]);
    expect(select({ grant: HELD, asked: ['a', 'c'], supported: ['a', 'b'] })).toEqual(['a', 'c']);
  });

  it('hold offline_access where the authorization server lists it (R49)', () => {
    expect(select({ asked: ['a'], offered: ['a', 'offline_access'] })).toEqual([
      'a',
      'offline_access',
    ]);
    expect(select({ supported: ['a'], offered: ['offline_access'] })).toEqual([
      'a',
      'offline_access',
    ]);
    expect(select({ asked: ['offline_access', 'a'], offered: ['offline_access'] })).toEqual([
      'offline_access',
      'a',
    ]);
  });

  it('do not hold offline_access where the authorization server does not list it (R49)', () => {
    expect(select({ asked: ['a'], offered: ['a', 'offline'] })).toEqual(['a']);
    expect(select({ asked: ['a'] })).toEqual(['a']);
  });

  it('are none, not offline_access alone, when nobody names any (R47, R49)', () => {
    // A scope parameter of offline_access alone would take the server's default scopes away.
    expect(select({ offered: ['offline_access'] })).toEqual([]);
  });

  it('do not grow by offline_access at a step-up: nobody demanded it (R46, R49)', () => {
    expect(select({ grant: HELD, asked: ['a', 'b'], offered: ['offline_access'] })).toEqual([
      'a',
      'b',
    ]);
  });

  it('do not carry offline_access to a provider that does not list it (R49, R38)', () => {
    // Added here at the former provider; a strict one answers invalid_scope to it, for ever.
    const former = { issuer: 'https://former.example', scopes_supported: ['offline_access'] };
    const grant = { ...HELD, server: former, requested: ['a', 'offline_access'] };
    expect(select({ grant, asked: ['a', 'offline_access'], offered: ['a'] })).toEqual(['a']);
  });

  it('hold offline_access at the next provider where that one lists it (R49, R39)', () => {
    const grant = { ...HELD, server: { issuer: 'https://former.example' } };
    const offered = ['a', 'offline_access'];
    expect(select({ grant, asked: ['a'], offered })).toEqual(['a', 'offline_access']);
    expect(select({ grant, asked: [], offered, supported: ['a', 'b'] })).toEqual([]);
  });

  it('take nothing else from what the authorization server lists (R43, R46)', () => {
    expect(select({ asked: ['a'], offered: ['a', 'b', 'admin'] })).toEqual(['a']);
    expect(select({ offered: ['a', 'b', 'admin'] })).toEqual([]);
  });
});

describe('a grant after its first authorization', () => {
  it('holds what was asked for, allowed and granted (Z9, Z23)', () => {
    expect(merge({ scopes: ['a', 'b'], token: tokenOf(['a', 'b']) })).toEqual({
      origin: 'https://client.example',
      resource: MCP,
      account: 'default',
      server: SERVER,
      registration: REGISTRATION,
      shown: [],
      carriedSoFar: true,
      requested: ['a', 'b'],
      ceiling: ['a', 'b'],
      unmet: {},
      token: tokenOf(['a', 'b']),
      refreshAttempts: 0,
      decision: { digest: 'shown', at: NOW },
      duration: 'always',
      createdAt: NOW,
      signedInAt: NOW,
      lastUsedAt: NOW,
      uses: 0,
    });
  });

  it('remembers for ten minutes what was asked for and not granted (R58, R61, B9)', () => {
    const { requested, ceiling, unmet } = merge({ scopes: ['a', 'b'], token: tokenOf(['a']) });
    expect({ requested, ceiling }).toEqual({ requested: ['a', 'b'], ceiling: ['a', 'b'] });
    expect(unmet).toEqual({ b: NOW + UNMET_COOL_DOWN });
  });

  it('does not let what nobody asked for into the ceiling (Z23, T-44)', () => {
    const { requested, ceiling, token } = merge({ scopes: ['a'], token: tokenOf(['a', 'admin']) });
    expect([requested, ceiling]).toEqual([['a'], ['a']]);
    expect(token?.granted).toEqual(['a', 'admin']);
  });

  it('takes what the server gave for allowed where no scope was named anywhere (RFC 6749 §3.3, Z23)', () => {
    const { requested, ceiling } = merge({ scopes: [], token: tokenOf(['x', 'y']) });
    expect([requested, ceiling]).toEqual([[], ['x', 'y']]);
  });

  it('marks what a 403 demanded as tried when the server does not name what it grants (Q1, E-LOOP)', () => {
    const demand = { demanded: ['b'] };
    const { unmet } = merge({
      scopes: ['a', 'b'],
      token: tokenOf(['a', 'b'], true),
      request: demand,
    });
    expect(unmet).toEqual({ b: NOW + UNMET_COOL_DOWN });
    expect(merge({ scopes: ['a'], token: tokenOf(['a'], true) }).unmet).toEqual({});
  });

  it('remembers an unmet scope of any name (T-31)', () => {
    const { unmet } = merge({ scopes: ['__proto__', 'constructor'], token: tokenOf([]) });
    expect(Object.entries(unmet)).toEqual([
      ['__proto__', NOW + UNMET_COOL_DOWN],
      ['constructor', NOW + UNMET_COOL_DOWN],
    ]);
  });
});

describe('a grant after a step-up', () => {
  it('accumulates what was requested and what was allowed (B5, B6, R45, R55)', () => {
    const held = { ...HELD, requested: ['a', 'former'], ceiling: ['a', 'former'] };
    const { requested, ceiling } = merge({ held, scopes: ['b'], token: tokenOf(['b']) });
    expect([requested, ceiling]).toEqual([
      ['a', 'former', 'b'],
      ['a', 'former', 'b'],
    ]);
  });

  it('never loses a scope, however often and with whatever answer (B5, P-SCOPE)', () => {
    const scopes = fc.subarray(['a', 'b', 'c', 'd', 'e']);
    fc.assert(
      fc.property(fc.array(fc.tuple(scopes, scopes, fc.boolean()), { maxLength: 5 }), (steps) => {
        let grant: Grant | undefined;
        for (const [asked, granted, assumed] of steps) {
          const former = grant;
          const token = tokenOf(assumed ? asked : granted, assumed);
          grant = { ...merge({ held: former, scopes: asked, token }), revision: 'next' };
          expect(grant.requested).toEqual([...new Set([...(former?.requested ?? []), ...asked])]);
          expect(grant.ceiling).toEqual(expect.arrayContaining(former?.ceiling ?? []));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('forgets what was unmet and is granted now (B9)', () => {
    const held = { ...HELD, unmet: { b: NOW + 1 } };
    expect(merge({ held, scopes: ['a', 'b'], token: tokenOf(['a', 'b']) }).unmet).toEqual({});
  });

  it('remembers what was unmet before when the answer names no scopes (Q1, B5, B10, E-LOOP)', () => {
    // Asked for along with the rest, as every accumulated scope is; that it was given now is an assumption.
    const held = { ...HELD, requested: ['a', 'b'], ceiling: ['a', 'b'], unmet: { b: NOW + 1 } };
    const token = tokenOf(['a', 'b', 'c'], true);
    const { unmet } = merge({ held, scopes: ['a', 'b', 'c'], token, request: { demanded: ['c'] } });
    expect(Object.keys(unmet).sort()).toEqual(['b', 'c']);
  });

  it('lets a 403 be answered with a refresh again, and a 401 too (B9)', () => {
    const refreshedFor = { scopes: ['a'], until: NOW + 1000 };
    const after = merge({ held: { ...HELD, refreshedFor, renewedUntil: NOW + 1000 } });
    expect(after).not.toHaveProperty('refreshedFor');
    expect(after).not.toHaveProperty('renewedUntil');
  });

  it('keeps age and use, and starts the refresh count afresh (K22)', () => {
    expect(merge({ held: HELD })).toMatchObject({
      createdAt: NOW - 5000,
      lastUsedAt: NOW - 2000,
      uses: 9,
      refreshAttempts: 0,
    });
  });

  it('rests on the decision that was made for it, or on the former where none was needed (T-50)', () => {
    expect(merge({ held: HELD }).decision).toEqual({ digest: 'shown', at: NOW });
    const { prompt: _, ...record } = recordOf(['a']);
    const audience = { server: SERVER, registration: REGISTRATION, resource: MCP };
    const token = tokenOf(['a']);
    const scopes = ['a'];
    const silent = mergeGrant(HELD, { record, audience, scopes, token, isReached: true });
    expect(silent.decision).toEqual(HELD.decision);
  });

  it('does not widen the ceiling by what an unprompted authorization brings (Z23)', () => {
    const { prompt: _, ...record } = recordOf([]);
    const audience = { server: SERVER, registration: REGISTRATION, resource: MCP };
    const silent = mergeGrant(HELD, {
      record,
      audience,
      scopes: [],
      token: tokenOf(['a', 'admin']),
      isReached: true,
    });
    expect(silent.ceiling).toEqual(['a']);
  });

  it('remembers for ten minutes that a rejected token was answered with this (TIME-3)', () => {
    expect(merge({ held: HELD, request: { rediscover: true } }).reauthorizedUntil).toBe(
      NOW + UNMET_COOL_DOWN,
    );
    expect(merge({ held: HELD })).not.toHaveProperty('reauthorizedUntil');
  });
});

describe('a grant at another resource (Z15, T-20)', () => {
  const other = merge({
    held: HELD,
    scopes: ['b'],
    token: tokenOf(['b']),
    resource: 'https://mcp.example/wider',
  });

  it('starts afresh: nothing that was allowed elsewhere is allowed there (Z1, Z15, T-20)', () => {
    expect(other).toMatchObject({ requested: ['b'], ceiling: ['b'], createdAt: NOW, uses: 0 });
  });

  it('is keyed to what the metadata declares (Z15, R70)', () => {
    expect(other.resource).toBe('https://mcp.example/wider');
  });
});

describe('who may hold the token (Z26)', () => {
  it('is no page at a first connection by a carried request, if the server can be reached (Z26, Z33)', () => {
    expect(merge().carriedSoFar).toBe(true);
    expect(merge({ isReached: false })).not.toHaveProperty('carriedSoFar');
    expect(merge({ request: { holds: true } })).not.toHaveProperty('carriedSoFar');
  });

  it('is not learned anew of a grant of an earlier version, whose token a page may have (Z26)', () => {
    expect(merge({ held: HELD })).not.toHaveProperty('carriedSoFar');
  });
});
