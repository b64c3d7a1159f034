/** TIME-1: the lifetimes that servers name, through the whole way from the answer to what a page is given (T-44, Z50). */
import { afterEach, expect, it } from 'vitest';
import { codeOf } from '../../flow/calls.ts';
import { changeAnswers, formOf } from '../../flow/changed-answers.ts';
import { World } from '../../flow/world.ts';
import { reportBar } from '../../support/bars.ts';

let world: World;
afterEach(() => world.close());

/** Calls of the page in the same minute. */
const CALLS = 20;
const DAY = 86_400;
const counted = { lifetimes: 0, asInTheTable: 0, calls: 0, refreshes: 0, questions: 0 };

/** As it stands in the body, the seconds that it comes to, and refreshes for all the calls together. */
const TABLE: [expiresIn: string | undefined, seconds: number | 'no token', refreshes: number][] = [
  [undefined, 300, 0],
  ['0', 300, 0],
  ['1', 1, 0],
  ['59', 59, 0],
  ['60', 60, 0],
  ['61', 61, 0],
  ['3600', 3600, 0],
  ['1e9', DAY, 0],
  ['-1', 'no token', 0],
  ['"3600"', 3600, 0],
  ['"abc"', 300, 0],
  ['1.5', 1.5, 0],
  ['NaN', 'no token', 0],
  ['null', 300, 0],
];

it.each(TABLE)(
  'expires_in %s comes to %s, and to no refresh for each call (TIME-1, T-44)',
  async (expiresIn, seconds, refreshes) => {
    world = await World.open();
    const now = world.ports.now();
    world.ports.now = () => now;
    let refreshed = 0;
    changeAnswers(world, '/token', async (real, init) => {
      refreshed += formOf(init).has('refresh_token') ? 1 : 0;
      const { expires_in: _, ...rest } = (await (await real()).json()) as Record<string, unknown>;
      const text = JSON.stringify(rest);
      const named = expiresIn === undefined ? '' : `,"expires_in":${expiresIn}`;
      return new Response(`${text.slice(0, -1)}${named}}`, {
        headers: { 'content-type': 'application/json' },
      });
    });
    const outcome = await world.getToken({ scopes: ['notes:read', 'offline_access'] }).then(
      ({ expires_at }) => (expires_at - now) / 1000,
      (error: unknown) => codeOf(error),
    );
    expect(outcome).toBe(seconds === 'no token' ? 'token_failed' : seconds);
    world.prompts.length = 0;
    for (let i = 0; i < CALLS && seconds !== 'no token'; i += 1) {
      await world.getToken({ interactive: false });
      counted.calls += 1;
    }
    expect([refreshed, world.prompts.length]).toEqual([refreshes, 0]);
    counted.lifetimes += 1;
    counted.asInTheTable += outcome === (seconds === 'no token' ? 'token_failed' : seconds) ? 1 : 0;
    counted.refreshes += refreshed;
    counted.questions += world.prompts.length;
  },
);

it('says what was counted', () => {
  expect(counted.lifetimes).toBe(TABLE.length);
  reportBar('TIME-1', counted);
});

it('a server whose tokens are over on arrival is not asked once more by each call (T-44, T-12)', async () => {
  world = await World.open();
  const now = world.ports.now();
  world.ports.now = () => now + world.elapsed;
  let refreshed = 0;
  changeAnswers(world, '/token', async (real, init) => {
    refreshed += formOf(init).has('refresh_token') ? 1 : 0;
    return Response.json({ ...((await (await real()).json()) as object), expires_in: 0 });
  });
  await world.getToken({ scopes: ['notes:read', 'offline_access'] });
  // Once a second for five minutes: the lifetime of a token that names none.
  let calls = 0;
  for (; calls < 300; calls += 1) {
    world.elapsed += 1000;
    await world.getToken({ interactive: false });
  }
  expect(refreshed).toBeLessThanOrEqual(2);
  reportBar('TIME-1 over on arrival', { calls, refreshes: refreshed });
});
