/**
 * Many tabs at once, at a server that rotates every refresh token and ends the family of one that comes twice: one
 * refresh for each site and round, one question for each need (T-37, T-38).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, type World } from '../../flow/world.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { openMemoryWorld, type MemoryServers } from '../support/memory-world.ts';

const SITES = Array.from({ length: 5 }, (_, i) => `https://site-${String(i)}.example`);
const TABS = 10;
const ROUNDS = 20;
const ROUNDS_OF_TWO = isFullForm ? 200 : 40;
/** Longer than an access token lasts; milliseconds. */
const TOKEN_OVER = 3_700_000;

let world: World<MemoryServers>;
beforeEach(async () => {
  world = await openMemoryWorld();
});
afterEach(() => world.close());

const provider = () => world.lab.provider;

/** What the tabs of one site hold now: one token, whichever they are. */
async function askFromAll(origin: string): Promise<string> {
  const calls = Array.from({ length: TABS }, () => world.getToken({}, { origin }));
  const tokens = new Set((await Promise.all(calls)).map(({ access_token }) => access_token));
  expect(tokens.size).toBe(1);
  return [...tokens][0]!;
}

describe('fifty tabs whose tokens are over', () => {
  it('are one refresh for each site and round, and none comes twice (C-REFRESH, T-38)', async () => {
    for (const origin of SITES) await world.getToken({ scopes: ['read'] }, { origin });
    const perRound: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      world.elapsed += TOKEN_OVER;
      const before = provider().refreshes.length;
      const tokens = await Promise.all(SITES.map(askFromAll));
      expect(new Set(tokens).size).toBe(SITES.length);
      perRound.push(provider().refreshes.length - before);
    }
    expect(perRound).toEqual(Array(ROUNDS).fill(SITES.length));
    expect(provider().reused).toEqual([]);
    expect(world.prompts.length).toBe(SITES.length);
    const refreshes = provider().refreshes.length;
    const tabs = SITES.length * TABS;
    reportBar('C-REFRESH', {
      tabs,
      rounds: perRound.length,
      refreshes,
      reused: provider().reused.length,
    });
  });
});

describe('two workers of one browser', () => {
  it('refresh once between them in every round, under the lock of that grant (C-REFRESH-X, T-38)', async () => {
    await world.getToken({ scopes: ['read'] });
    const { origin } = world.lab.siteA;
    const { signal } = new AbortController();
    const ask = { resource: world.resource };
    const { http } = world.ports;
    // Time in which another would send its own.
    world.ports.http = async (...request) => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      return http(...request);
    };
    for (let round = 0; round < ROUNDS_OF_TWO; round += 1) {
      world.elapsed += TOKEN_OVER;
      const { access: former } = world.life;
      const { access: next } = world.begin();
      const calls = [former, next, former, next].map((access) =>
        access.getToken({ origin, tabId: 1 }, ask, signal),
      );
      const tokens = await Promise.all(calls);
      expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(1);
    }
    expect(provider().refreshes.length).toBe(ROUNDS_OF_TWO);
    expect(provider().reused).toEqual([]);
    const { refreshes, reused } = provider();
    const sent = { refreshes: refreshes.length, reused: reused.length };
    reportBar('C-REFRESH-X', { rounds: ROUNDS_OF_TWO, ...sent });
  });
});

describe('fifty tabs that are refused', () => {
  /** The first question is read while the door lets the calls of all tabs in, four at a time (Z44). */
  function readsUntil(calls: number): void {
    const { promptWindow } = world.ports;
    world.ports.promptWindow = {
      ...promptWindow,
      open: async (flow) => {
        const waiting = () => world.life.flows.consent.pending()[0]?.waiting;
        await expect.poll(waiting).toBe(calls);
        world.ports.promptWindow = promptWindow;
        return promptWindow.open(flow);
      },
    };
  }

  const needs = (scope: string, rejected: string) =>
    world.getToken({ challenge: insufficientScope(scope), rejected });

  it('for the same scope are one question, one sign-in and fifty answers (C-STEPUP, T-37)', async () => {
    const { access_token: held } = await world.getToken({ scopes: ['read'] });
    const before = provider().signIns.length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => needs('write', held)));
    const signIns = provider().signIns.length - before;
    expect(answers.map(({ scope }) => scope.split(' ').includes('write'))).toEqual(
      Array(50).fill(true),
    );
    expect([world.prompts.length - 1, signIns]).toEqual([1, 1]);
    const prompts = world.prompts.length - 1;
    reportBar('C-STEPUP', { tabs: answers.length, prompts, signIns });
  });

  it('for ten scopes are two questions at most, and what was shown is what is held (C-STEPUP, Z47)', async () => {
    const { access_token: held } = await world.getToken({ scopes: ['read'] });
    const scopes = Array.from({ length: 10 }, (_, i) => `tool:${String(i)}`);
    readsUntil(scopes.length);
    await Promise.all(scopes.map((scope) => needs(scope, held)));
    const { scope } = await world.getToken({ interactive: false });
    const shown = world.prompts.flatMap(({ scopes: { added } }) => added);
    expect(scope.split(' ').sort()).toEqual([...new Set(shown)].sort());
    expect(shown).toEqual(expect.arrayContaining(scopes));
    expect(world.prompts.length - 1).toBeLessThanOrEqual(2);
    reportBar('C-STEPUP ten scopes', { scopes: scopes.length, prompts: world.prompts.length - 1 });
  });
});
