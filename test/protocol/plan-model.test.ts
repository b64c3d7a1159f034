/**
 * The plan in a loop, as the broker carries it out, against servers that never let a page through. The grant
 * grows by the broker's own `mergeGrant`; the page retries as the SDK does: one step-up per operation.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeGrant } from '../../src/background/connect/merge-grant.ts';
import type { FlowRecord, Grant } from '../../src/background/ports/records.ts';
import {
  planToken,
  UNMET_COOL_DOWN,
  YOUNG,
  type AuthorizePlan,
  type Wanted,
} from '../../src/protocol/plan.ts';
import { computeScopeUnion } from '../../src/protocol/scope.ts';
import { processToken } from '../../src/protocol/token.ts';
import { NOW, SECOND, wanted } from './grants.ts';

/** Plans that the broker makes for one call before it gives up. */
const MAX_PLANS = 6;

/** How an authorization server answers. */
interface Issuer {
  /** Which of the scopes that were asked for it grants. */
  grants: 'all' | 'none' | 'first';
  /** Whether it names them in the response. */
  names: boolean;
  refreshable: boolean;
  /** Seconds. */
  expiresIn: number | undefined;
  /** How long it takes to answer a token request; milliseconds. */
  latency: number;
  /** Scopes that it adds without being asked. */
  excess: string[];
}

/** What an MCP server says to every request. */
interface Refusing {
  status: 401 | 403;
  /** Scopes of the nth challenge. */
  challenge(n: number): string[];
}

/** One site, one server, one issuer, and all that happened between them. */
class World {
  now = NOW;
  grant: Grant | undefined;
  authorizations = 0;
  refreshes = 0;
  confirmations = 0;
  /** Calls for which the plan never came to an end. */
  endless = 0;
  private tokens = 0;
  private challenges = 0;
  private readonly issuer: Issuer;

  constructor(issuer: Partial<Issuer> = {}) {
    this.issuer = { ...HONEST, ...issuer };
  }

  /** What a call of the page comes to: a token, or undefined when it is refused. */
  getToken(asked: Wanted): string | undefined {
    let want = asked;
    for (let plans = 0; plans < MAX_PLANS; plans += 1) {
      const plan = planToken(this.grant, want, [], this.now);
      if (plan.do === 'use') return this.grant?.token?.accessToken;
      if (plan.do === 'refuse') return undefined;
      if (plan.do === 'authorize') this.authorize(plan, want);
      if (plan.do === 'refresh') this.refresh(want);
      if (plan.do === 'confirm') this.confirm(plan.excess);
      want = { ...want, obtained: true };
    }
    this.endless += 1;
    return undefined;
  }

  /** One request of the page, with one retry after a step-up (maxStepUpRetries 1). */
  operate(server: Refusing): void {
    let token = this.getToken(wanted());
    for (let retries = 0; retries < 2 && token !== undefined; retries += 1) {
      const scopes = server.challenge(this.challenges);
      this.challenges += 1;
      token = this.getToken({
        scopes,
        forbidden: server.status === 403,
        explicit: false,
        rejected: token,
      });
    }
    this.now += SECOND;
  }

  private response(scopes: readonly string[], names: boolean) {
    const { grants, excess, refreshable, expiresIn } = this.issuer;
    this.tokens += 1;
    const granted = { all: [...scopes], none: [], first: scopes.slice(0, 1) }[grants];
    return {
      access_token: `at-${this.tokens}`,
      token_type: 'Bearer',
      expires_in: expiresIn,
      ...(names && { scope: computeScopeUnion(granted, excess).join(' ') }),
      ...(refreshable && { refresh_token: `rt-${this.tokens}` }),
    };
  }

  private authorize({ scopes, rediscover }: AuthorizePlan, want: Wanted): void {
    this.authorizations += 1;
    const answer = this.response(scopes, this.issuer.names);
    const token = processToken(answer, { scopes, assumed: true, now: this.now });
    this.now += this.issuer.latency;
    const demanded = want.forbidden ? [...want.scopes] : [];
    const request = { scopes, demanded, challenged: true, rediscover };
    const authorized = { record: { ...RECORD, request }, audience, scopes, token, isReached: true };
    this.grant = { ...mergeGrant(this.grant, authorized), revision: 'next' };
  }

  private refresh(want: Wanted): void {
    const grant = this.grant;
    if (!grant?.token) throw new Error('There is nothing to refresh.');
    this.refreshes += 1;
    const { granted, assumed, refreshToken } = grant.token;
    // A refresh names what it gave before, or nothing.
    const answer = { ...this.response([], false), ...(!assumed && { scope: granted.join(' ') }) };
    const token = processToken(answer, { scopes: granted, assumed, refreshToken, now: this.now });
    this.now += this.issuer.latency;
    this.grant = { ...grant, token, ...triedFor(want, this.now) };
  }

  private confirm(excess: string[]): void {
    if (!this.grant) throw new Error('There is nothing to confirm.');
    this.confirmations += 1;
    this.grant = { ...this.grant, ceiling: computeScopeUnion(this.grant.ceiling, excess) };
  }
}

const HONEST: Issuer = {
  grants: 'all',
  names: true,
  refreshable: true,
  expiresIn: 3600,
  latency: 100,
  excess: [],
};
const RECORD: FlowRecord = {
  id: 'flow',
  origin: 'https://client.example',
  asked: 'https://mcp.example',
  request: { scopes: [], demanded: [], challenged: true, rediscover: false },
  stage: 'exchanging',
  createdAt: NOW,
  reached: [],
};
const audience = {
  server: { issuer: 'https://as.example' } as AuthorizationServer,
  registration: {
    clientId: 'id',
    authMethod: 'none' as const,
    redirectUri: 'https://x.example/cb',
    secretExpiresAt: 0,
  },
  resource: 'https://mcp.example',
};

/** As background/refresh.ts remembers it. */
function triedFor({ rejected, forbidden, scopes }: Wanted, now: number): Partial<Grant> {
  if (rejected === undefined) return {};
  if (!forbidden) return { renewedUntil: now + YOUNG };
  return { refreshedFor: { scopes, until: now + UNMET_COOL_DOWN } };
}

/** The world after so many operations against one server. */
function after(operations: number, issuer: Partial<Issuer>, server: Refusing): World {
  const world = new World(issuer);
  for (let i = 0; i < operations; i += 1) world.operate(server);
  return world;
}

const always = (status: 401 | 403, ...scopes: string[]): Refusing => ({
  status,
  challenge: () => scopes,
});
const alternating = (status: 401 | 403, ...sets: string[][]): Refusing => ({
  status,
  challenge: (n) => sets[n % sets.length] ?? [],
});

const issuers: fc.Arbitrary<Issuer> = fc.record({
  grants: fc.constantFrom('all', 'none', 'first'),
  names: fc.boolean(),
  refreshable: fc.boolean(),
  expiresIn: fc.constantFrom(undefined, 3600, 1e9),
  latency: fc.constantFrom(0, 100, 10_000),
  excess: fc.constantFrom([], ['admin']),
});
const scopes: fc.Arbitrary<string[]> = fc.constantFrom([], ['a'], ['a', 'b'], ['b', 'c', 'd']);
const RUNS = { numRuns: 1000 };

describe('a server that always answers 403 (E-LOOP, B5, B9, R58, R59)', () => {
  it('sees at most three authorizations in twenty operations, whatever the issuer does (E-LOOP, R58)', () => {
    fc.assert(
      fc.property(issuers, scopes, (issuer, challenge) => {
        const world = after(20, issuer, always(403, ...challenge));
        expect(world.authorizations).toBeLessThanOrEqual(3);
        expect(world.endless).toBe(0);
      }),
      RUNS,
    );
  });

  it('sees one step-up when it names a scope that it then grants (B2, B5)', () => {
    const world = after(20, {}, always(403, 'a'));
    expect(world.authorizations).toBe(2);
    expect(world.refreshes).toBe(1);
  });

  it('sees one authorization and one refresh when it names no scope (Q6, B4)', () => {
    const world = after(20, {}, always(403));
    expect([world.authorizations, world.refreshes]).toEqual([1, 1]);
  });

  it('sees no second step-up for a scope that the issuer withholds (R61, B9)', () => {
    const world = after(20, { grants: 'none' }, always(403, 'a'));
    expect(world.authorizations).toBe(2);
  });

  it('sees at most three authorizations when it alternates between two scopes (B5, B10, E-LOOP-VARY)', () => {
    const world = after(20, {}, alternating(403, ['a'], ['b']));
    expect(world.authorizations).toBeLessThanOrEqual(3);
  });

  it('sees at most three of them when the issuer never names what it grants (Q1, B5, E-LOOP-VARY)', () => {
    const world = after(20, { names: false }, alternating(403, ['a'], ['b']));
    expect(world.authorizations).toBeLessThanOrEqual(3);
  });

  it('sees one authorization for each of three scopes that it names, in any order and mixture (B10, E-LOOP-VARY)', () => {
    const sets = fc.array(fc.subarray(['a', 'b', 'c']), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(issuers, sets, (issuer, challenges) => {
        const world = after(20, issuer, alternating(403, ...challenges));
        expect(world.authorizations).toBeLessThanOrEqual(1 + 3);
        expect(world.endless).toBe(0);
      }),
      RUNS,
    );
  });

  it('sees at most three authorizations for one operation, though every challenge is new (B10, E-LOOP-VARY)', () => {
    fc.assert(
      fc.property(issuers, (issuer) => {
        const world = new World(issuer);
        for (let operation = 0; operation < 10; operation += 1) {
          const before = world.authorizations;
          world.operate({ status: 403, challenge: (n) => [`s${n}`] });
          expect(world.authorizations - before).toBeLessThanOrEqual(3);
        }
        expect(world.endless).toBe(0);
      }),
      RUNS,
    );
  });

  it('loses no scope on the way: what was requested only grows (B5, B6, B7, R45)', () => {
    const world = new World();
    const seen: string[][] = [];
    for (let i = 0; i < 5; i += 1) {
      world.operate({ status: 403, challenge: (n) => [`s${n}`] });
      seen.push([...(world.grant?.requested ?? [])]);
    }
    expect(seen.map((set, i) => set.slice(0, seen[i - 1]?.length ?? 0))).toEqual([
      [],
      ...seen.slice(0, -1),
    ]);
  });
});

describe('a server that always answers 401 (TIME-3)', () => {
  it('sees at most two authorizations in twenty operations, whatever the issuer does (TIME-3)', () => {
    fc.assert(
      fc.property(issuers, (issuer) => {
        const world = after(20, issuer, always(401));
        expect(world.authorizations).toBeLessThanOrEqual(2);
        expect(world.endless).toBe(0);
      }),
      RUNS,
    );
  });

  it('sees at most one refresh and one more authorization before the server is blamed (TIME-3)', () => {
    const world = after(5, {}, always(401));
    expect([world.authorizations, world.refreshes]).toEqual([2, 1]);
  });

  it('sees at most three authorizations when it lists scopes in its challenge (B6, TIME-3)', () => {
    fc.assert(
      fc.property(issuers, scopes, (issuer, challenge) => {
        const world = after(20, issuer, always(401, ...challenge));
        expect(world.authorizations).toBeLessThanOrEqual(3);
        expect(world.endless).toBe(0);
      }),
      RUNS,
    );
  });
});

describe('tokens that do not live long (TIME-1, F12)', () => {
  it.each([
    [0, true],
    [0, false],
    [0.1, true],
    [0.1, false],
  ])(
    'hands out one of %d seconds, refreshable: %s, after one request for it (TIME-1, F12, R58)',
    (expiresIn, refreshable) => {
      const world = new World({ expiresIn, refreshable });
      expect(world.getToken(wanted({ scopes: ['a'] }))).toBe('at-1');
      expect([world.authorizations, world.refreshes]).toEqual([1, 0]);
    },
  );

  it.each([
    [0, true],
    [0, false],
    [1, true],
    [1, false],
  ])(
    'hands out one of %d seconds, refreshable: %s, that took three to come (TIME-1, F12, NET-3)',
    (expiresIn, refreshable) => {
      const world = new World({ expiresIn, refreshable, latency: 3000 });
      expect(world.getToken(wanted({ scopes: ['a'] }))).toBe('at-1');
      expect([world.authorizations, world.refreshes]).toEqual([1, 0]);
    },
  );

  it('refreshes one of a minute once in half a minute (TIME-1, T-47)', () => {
    const world = new World({ expiresIn: 60 });
    for (let second = 0; second < 100; second += 1) {
      world.getToken(wanted());
      world.now += SECOND;
    }
    expect([world.authorizations, world.refreshes]).toEqual([1, 3]);
  });
});

describe('an issuer that gives more than was asked for (Z23)', () => {
  it('has it confirmed once (Z23, T-44)', () => {
    const world = after(20, { excess: ['admin'] }, always(403, 'a'));
    expect(world.confirmations).toBe(1);
    expect(world.grant?.ceiling).toContain('admin');
  });
});
