/**
 * E-ORACLE: what a page can tell of other sites, and of its place in the network, by how long its calls take and what
 * they end with. Each request takes a random time of a fake clock, so that what is measured is the core's and never the
 * machine's (T-33, T-25, Z43).
 */
import { afterEach, expect, it } from 'vitest';
import { BrokerError } from '../../../src/shared/errors.ts';
import { World, type Servers } from '../../flow/world.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { inBackground, isWaitedFor } from '../network/background-pauses.ts';
import { callAsPage } from '../network/page-call.ts';

const RUNS = isFullForm ? 60 : 20;
const MCP = 'https://mcp.example/mcp';
const ISSUER = 'https://as.example';
const OTHER = 'https://other.example';
const STATES = ['never', 'connected', 'denied', 'revoked', 'offline'] as const;
type State = (typeof STATES)[number];

const DOCUMENTS: Record<string, object> = {
  'https://mcp.example/.well-known/oauth-protected-resource/mcp': {
    resource: MCP,
    authorization_servers: [ISSUER],
  },
  [`${ISSUER}/.well-known/oauth-authorization-server`]: {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    registration_endpoint: `${ISSUER}/register`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
  },
};

let world: World<Servers>;
afterEach(() => world.close());

/** A sequence that is the same in each run of the test. */
function dice(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/** Opens a world in which another site has done what the state says; then the servers are there, or not. */
async function openIn(state: State, seed: number, isUp: boolean): Promise<{ requests: number }> {
  world = await World.beside({
    siteA: { origin: 'https://site.example' },
    mcpServer: { url: MCP },
    close: () => Promise.resolve(),
  });
  world.holdsFailuresBack = true;
  const random = dice(seed);
  const now = 1_800_000_000_000;
  const seen = { requests: 0 };
  let isReachable = true;
  world.ports.random = random;
  world.ports.now = () => now + world.elapsed;
  world.ports.pause = (milliseconds) => {
    if (!isWaitedFor(milliseconds)) return inBackground(milliseconds);
    world.elapsed += Math.round(milliseconds);
    return Promise.resolve();
  };
  world.ports.http = (url) => {
    seen.requests += 1;
    world.elapsed += 20 + Math.round(random() * 200);
    if (!isReachable) {
      const detail = { reason: 'unreachable' } as const;
      return Promise.reject(new BrokerError('network_error', { detail }));
    }
    if (url.endsWith('/register')) {
      return Promise.resolve(Response.json({ client_id: 'c' }, { status: 201 }));
    }
    const token = { access_token: 't', token_type: 'Bearer', expires_in: 3600 };
    if (url.endsWith('/token')) return Promise.resolve(Response.json(token));
    const found = DOCUMENTS[url];
    return Promise.resolve(found ? Response.json(found) : new Response('{}', { status: 404 }));
  };
  world.ports.authWindow = {
    ...world.ports.authWindow,
    open: (url) => {
      const asked = new URL(url).searchParams;
      const back = new URL(asked.get('redirect_uri')!);
      back.search = new URLSearchParams({ code: 'x', state: asked.get('state')! }).toString();
      return Promise.resolve(back.href);
    },
  };
  if (state !== 'never' && state !== 'offline') {
    world.answer = () => (state === 'denied' ? 'deny' : 'allow');
    const outcome = await callAsPage(world.life, { origin: OTHER, tabId: 2 }, { resource: MCP });
    expect(outcome).toBe(state === 'denied' ? 'access_denied' : 'token');
    const grant = await world.ports.store.findGrant(OTHER, MCP);
    if (state === 'revoked') await world.own.disconnect(grant!);
  }
  isReachable = isUp && state !== 'offline';
  seen.requests = 0;
  return seen;
}

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const spread = (values: number[]) => Math.max(...values) - Math.min(...values);

/** What a page sees of one call in each run: how it ended, and when by the fake clock. */
async function measure(
  state: State,
  isUp: boolean,
  { params = {}, salt = 0 }: { params?: object; salt?: number } = {},
) {
  const [times, codes, requests]: [number[], Set<string>, number[]] = [[], new Set(), []];
  for (let run = 1; run <= RUNS; run += 1) {
    const seen = await openIn(state, run * 7919 + salt, isUp);
    const begin = world.elapsed;
    let shownAt: number | undefined;
    world.answer = () => {
      shownAt ??= world.elapsed;
      return 'deny';
    };
    const site = { origin: 'https://site.example' };
    codes.add(await callAsPage(world.life, site, { resource: MCP, ...params }));
    times.push((shownAt ?? world.elapsed) - begin);
    requests.push(seen.requests);
  }
  return { times, codes: [...codes], requests: [...new Set(requests)] };
}

it(
  'a server that does not answer looks alike in five states, to the millisecond (E-ORACLE, T-33, Z43)',
  { timeout: 120_000 },
  async () => {
    const seen = [];
    for (const state of STATES) seen.push(await measure(state, false));
    expect(seen.map(({ codes }) => codes)).toEqual(STATES.map(() => ['connect_failed']));
    expect(seen.map(({ times }) => [...new Set(times)])).toEqual(STATES.map(() => [10_000]));
    reportBar('E-ORACLE', {
      states: seen.length,
      runs: RUNS,
      msToTheAnswer: median(seen[0]!.times),
    });
  },
);

it(
  'what other sites have done shows in no moment at which the question opens (E-ORACLE, T-33)',
  { timeout: 120_000 },
  async () => {
    const states = STATES.filter((state) => state !== 'offline');
    const seen = [];
    for (const state of states) seen.push(await measure(state, true));
    expect(seen.map(({ codes }) => codes)).toEqual(states.map(() => ['access_denied']));
    // As many requests in each: nothing that is remembered of another site answers in their place.
    expect(seen.map(({ requests }) => requests)).toEqual(states.map(() => [2]));
    const again = await measure('never', true, { salt: 104_729 });
    const medians = seen.map(({ times }) => median(times));
    const difference = Math.max(...medians) - Math.min(...medians);
    expect(difference).toBeLessThan(spread([...seen[0]!.times, ...again.times]));
    reportBar('E-ORACLE question', { states: seen.length, runs: RUNS, msOfDifference: difference });
  },
);

it('a call that may not ask is answered alike, at once, and sends nothing (E-ORACLE, T-33)', async () => {
  for (const state of STATES) {
    const { times, codes, requests } = await measure(state, true, {
      params: { interactive: false },
    });
    expect([codes, [...new Set(times)], requests]).toEqual([['interaction_required'], [0], [0]]);
  }
});
