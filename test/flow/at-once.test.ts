/** Calls of one site at the same time: one question for what is known, and one end for all who waited (Z47). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerError } from '../../src/shared/errors.ts';
import { insufficientScope, World } from './world.ts';

let world: World;
const MANY = Array.from({ length: 20 }, (_, i) => `tool:${i}`);

beforeEach(async () => {
  // A provider that knows every scope of the site's many tools.
  const tools = MANY.map((scope, i) => [`tools/call:t${i}`, scope]);
  world = await World.open({ scopes: { '*': 'notes:read', ...Object.fromEntries(tools) } });
  await world.getToken({ scopes: ['notes:read'] });
  world.prompts.length = 0;
});
afterEach(() => world.close());

const signIns = () => world.lab.ledger.cost().authorizations - 1;

/** One tool's 403, as the page passes it on. */
async function need(scope: string): Promise<string> {
  const { access_token: rejected } = await world.getToken({ interactive: false });
  return world
    .getToken({ challenge: insufficientScope(scope), rejected })
    .then(({ scope: granted }) => granted)
    .catch((error: unknown) => (error as { code: string }).code);
}

describe('twenty calls that need a scope each', () => {
  it('are done with two questions and two sign-ins at most (W1)', async () => {
    const granted = await Promise.all(MANY.map(need));
    const held = (await world.getToken({ interactive: false })).scope.split(' ');
    expect(granted.filter((scope) => !scope.includes('tool:'))).toEqual([]);
    expect(MANY.filter((scope) => !held.includes(scope))).toEqual([]);
    expect(world.prompts.length).toBeLessThanOrEqual(2);
    expect(signIns()).toBe(world.prompts.length);
  });

  it('are done with one where the disk takes longer for each call than for the one before (Z44, Z47)', async () => {
    const { store } = world.ports;
    let reads = 0;
    world.ports.store = {
      ...store,
      findRefusals: async (origin) => {
        await new Promise((resolve) => setTimeout(resolve, 5 * (reads += 1)));
        return store.findRefusals(origin);
      },
    };
    await Promise.all(MANY.map(need));
    expect(world.prompts.length).toBe(1);
  });

  it('that come while a question is read wait, and are the next one together (Z47)', async () => {
    world.answer = () => 'ignore';
    const first = need('tool:0');
    await expect.poll(() => world.prompts.length).toBe(1);
    const rest = MANY.slice(1).map(need);
    await expect.poll(() => world.life.flows.consent.pending()[0]?.waiting).toBe(20);
    world.answer = () => 'allow';
    const { flow, nonce, digest } = world.life.flows.pending()[0]!;
    await world.own.decide({ flow, nonce, digest, decision: 'allow' });
    await Promise.all([first, ...rest]);
    expect(world.prompts.map(({ scopes }) => scopes.added.length)).toEqual([1, 19]);
  });
});

it('fifty calls for a first connection are one attempt, however long the disk takes (T-25)', async () => {
  const { store } = world.ports;
  world.ports.store = {
    ...store,
    listFlows: async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return store.listFlows();
    },
  };
  const other = { origin: world.lab.siteB.origin };
  const calls = Array.from({ length: 50 }, () => world.getToken({ scopes: ['tool:0'] }, other));
  const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
  expect(refused).toEqual([]);
});

describe('a call that comes', () => {
  it('before the question is shown is part of it, whatever has begun (Z47)', async () => {
    // What is remembered of the server is too old by then: it takes a while to read it again.
    world.elapsed = 2 * 3_600_000;
    const { http } = world.ports;
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let isReading = false;
    world.ports.http = async (url, init, limits) => {
      isReading = true;
      await gate;
      return http(url, init, limits);
    };
    const other = { origin: world.lab.siteB.origin };
    const first = world.getToken({ scopes: ['tool:0'] }, other);
    await expect.poll(() => isReading).toBe(true);
    const second = world.getToken({ scopes: ['tool:1'] }, other);
    // It has joined, and waits with the first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    const scopes = (await Promise.all([first, second])).map(({ scope }) => scope.split(' '));
    expect(scopes.every((held) => held.includes('tool:0') && held.includes('tool:1'))).toBe(true);
    expect(world.prompts.filter(({ stage }) => stage === 'allow')).toHaveLength(1);
  });

  it('while the question is read counts as not asked for yet, and is the next one (Z47)', async () => {
    // The server names no scopes: what was demanded and not named counts as withheld.
    const { http } = world.ports;
    world.ports.http = async (url, init, limits) => {
      const response = await http(url, init, limits);
      if (!url.endsWith('/token')) return response;
      const { scope: _, ...tokens } = (await response.json()) as { scope?: string };
      return Response.json(tokens);
    };
    world.answer = () => 'ignore';
    const first = need('tool:0');
    await expect.poll(() => world.prompts.length).toBe(1);
    const second = need('tool:1');
    await expect.poll(() => world.life.flows.consent.pending()[0]?.waiting).toBe(2);
    world.answer = () => 'allow';
    const { flow, nonce, digest } = world.life.flows.pending()[0]!;
    await world.own.decide({ flow, nonce, digest, decision: 'allow' });
    expect(await first).toContain('tool:0');
    expect(await second).toContain('tool:1');
    expect(world.prompts.map(({ scopes }) => scopes.added)).toEqual([['tool:0'], ['tool:1']]);
  });
});

describe('one end for all who waited', () => {
  it('when the user denies (W5)', async () => {
    world.answer = () => 'deny';
    const codes = await Promise.all(MANY.slice(0, 6).map(need));
    expect(codes).toEqual(codes.map(() => 'access_denied'));
    expect(world.prompts).toHaveLength(1);
  });

  it('when the user closes the question (W5)', async () => {
    world.answer = () => 'close';
    const codes = await Promise.all(MANY.slice(0, 6).map(need));
    expect(codes).toEqual(codes.map(() => 'access_denied'));
    expect(world.prompts).toHaveLength(1);
  });

  it('when the user closes the sign-in window, whatever the others wanted (W5)', async () => {
    let closed = 0;
    world.ports.authWindow = {
      ...world.ports.authWindow,
      open: async () => {
        closed += 1;
        // The others come while the user signs in.
        if (closed === 1) later = MANY.slice(1, 5).map(need);
        await new Promise((resolve) => setTimeout(resolve, 100));
        throw new BrokerError('access_denied');
      },
    };
    let later: Promise<string>[] = [];
    const first = await need('tool:0');
    expect([first, ...(await Promise.all(later))]).toEqual(Array(5).fill('access_denied'));
    expect([world.prompts.length, closed]).toEqual([1, 1]);
  });
});
