/**
 * C-MIX: pages, the user and the servers do in every order what each may do at any time, and the promises hold when all
 * has come to rest (T-37, T-38, T-49). One seed is one run; a seed that fails is made as small as
 * it gets, and printed.
 */
import { afterAll, expect, it } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { randomFrom, Scheduler } from '../support/scheduler.ts';
import { steadyCryptography } from '../support/steady-cryptography.ts';
import { findBroken } from './invariants.ts';
import { ADDRESSES, ModelWorld, SITES } from './model-world.ts';
import { operationsFrom, perform, type Done, type Operation } from './operations.ts';

const RUNS = isFullForm ? 10_000 : 150;
/** The first seed; another one is another thousand runs. */
const FIRST = Number(process.env['GRANTKEEPER_SEED'] ?? 1);

afterAll(steadyCryptography());

interface Run {
  broken: string[];
  steps: number;
  done: Done[];
}

/** One world from its first moment to its rest. */
async function run(seed: number, operations: readonly Operation[]): Promise<Run> {
  const scheduler = new Scheduler(seed);
  const world = new ModelWorld(scheduler, await openStore(`mix ${String(Math.random())}`));
  world.begin();
  const done: Done[] = operations.map((one) => ({ ...one, from: Infinity }));
  for (const one of done) void perform(world, one);
  try {
    await scheduler.drain(() => {
      world.attend();
    });
  } catch (error) {
    return { broken: [String(error)], steps: scheduler.step, done };
  }
  const judged = findBroken(world, done);
  await scheduler.drain(() => undefined);
  return { broken: await judged, steps: scheduler.step, done };
}

/** Leaves out what the fault does not need. */
async function smallest(seed: number, operations: readonly Operation[]): Promise<string> {
  let left = [...operations];
  for (let i = 0; i < left.length;) {
    const fewer = left.filter((_, at) => at !== i);
    if ((await run(seed, fewer)).broken.length > 0) left = fewer;
    else i += 1;
  }
  const { broken, done } = await run(seed, left);
  const story = done.map(({ kind, site, address, scope, from, to, token, code }) =>
    [from, to, kind, SITES[site], ADDRESSES[address], scope, token?.scope ?? code].join(' '),
  );
  return JSON.stringify({ seed, broken, story }, null, 1);
}

it.each([412, 906, 2509, 3446, 8864])(
  'holds every promise in an order in which it once did not: seed %i (C-MIX, T-49)',
  async (seed) => {
    const { broken } = await run(seed, operationsFrom(randomFrom(seed * 7919)));
    expect(broken).toEqual([]);
  },
);

it(
  'holds every promise in random interleavings of what pages and the user do (C-MIX, T-37, T-38, T-49)',
  { timeout: 3_600_000 },
  async () => {
    const counted = { runs: 0, operations: 0, steps: 0, tokens: 0, broken: 0 };
    const failing: string[] = [];
    for (let seed = FIRST; seed < FIRST + RUNS; seed += 1) {
      const operations = operationsFrom(randomFrom(seed * 7919));
      const { broken, steps, done } = await run(seed, operations);
      counted.runs += 1;
      counted.operations += operations.length;
      counted.steps += steps;
      counted.tokens += done.filter(({ token }) => token).length;
      if (broken.length > 0) failing.push(await smallest(seed, operations));
      if (failing.length >= 3) break;
    }
    expect(failing.join('\n')).toBe('');
    expect(counted.tokens).toBeGreaterThan(RUNS);
    reportBar('C-MIX', counted);
  },
);
