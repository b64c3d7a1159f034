/** Budgets between memory and disk: what is read, when it is written, and what a disk in trouble changes (Z39). */
import { expect, it, vi } from 'vitest';
import type { BudgetRecord } from '../../../src/background/ports/records.ts';
import type { Ports } from '../../../src/background/ports/ports.ts';
import { SiteBudgets } from '../../../src/background/site/budgets.ts';

const SITE = 'https://site.example';
const MINUTE = 60_000;

function disk() {
  const rows = new Map<string, BudgetRecord>();
  const store = {
    findBudget: vi.fn((site: string) => Promise.resolve(rows.get(site))),
    saveBudget: vi.fn((row: BudgetRecord) => Promise.resolve(void rows.set(row.site, row))),
    pruneBudgets: vi.fn(() => Promise.resolve()),
  };
  const clock = { now: 1_800_000_000_000 };
  /** A worker's life on this disk. */
  const begin = () =>
    new SiteBudgets({ store: store as unknown as Ports['store'], now: () => clock.now });
  return { rows, store, clock, begin };
}

it('reads a site once in a life, and nothing of other sites', async () => {
  const { store, begin } = disk();
  const life = begin();
  for (let i = 0; i < 5; i += 1) (await life.of(SITE)).take('attempt');
  await Promise.all([life.of(SITE), life.of(SITE)]);
  expect(store.findBudget.mock.calls).toEqual([[SITE]]);
  expect(store.pruneBudgets).toHaveBeenCalledTimes(1);
});

it('writes what changes only, and several changes at once in two writes', async () => {
  const { rows, store, begin } = disk();
  const budget = await begin().of(SITE);
  budget.admits('question');
  budget.giveBack('question');
  await budget.kept();
  expect(store.saveBudget).not.toHaveBeenCalled();
  for (let i = 0; i < 20; i += 1) budget.take('attempt');
  await budget.kept();
  expect(store.saveBudget.mock.calls.length).toBeLessThanOrEqual(2);
  expect(rows.get(SITE)?.counts).toHaveLength(20);
  expect(budget.take('attempt')).toBe(false);
});

it('is kept from one life to the next', async () => {
  const { clock, begin } = disk();
  const first = await begin().of(SITE);
  first.note('question', 'a');
  first.note('question', 'b');
  await first.kept();
  const second = await begin().of(SITE);
  expect([second.take('question', 'b'), second.take('question', 'c')]).toEqual([true, true]);
  await second.kept();
  const third = await begin().of(SITE);
  expect(third.take('question', 'd')).toBe(false);
  clock.now += 10 * MINUTE;
  expect(third.take('question', 'd')).toBe(true);
});

it('writes a clock that was put right, so that the next life does not begin its time anew', async () => {
  const { clock, begin } = disk();
  clock.now += 365 * 24 * 60 * MINUTE;
  const ahead = await begin().of(SITE);
  for (const nonce of ['a', 'b', 'c']) ahead.note('question', nonce);
  await ahead.kept();
  clock.now -= 365 * 24 * 60 * MINUTE;
  const right = await begin().of(SITE);
  expect(right.admits('question')).toBe(false);
  await right.kept();
  clock.now += 10 * MINUTE;
  expect((await begin().of(SITE)).admits('question')).toBe(true);
});

it('counts on in memory where the disk does not take it, and fails nobody', async () => {
  const { store, begin } = disk();
  store.saveBudget.mockRejectedValue(new Error('full'));
  store.findBudget.mockRejectedValue(new Error('damaged'));
  const life = begin();
  for (let i = 0; i < 3; i += 1) {
    const budget = await life.of(SITE);
    expect(budget.take('signIn')).toBe(true);
    await budget.kept();
  }
  expect((await life.of(SITE)).take('signIn')).toBe(false);
});

it('holds no site in memory of which nothing counts any more', async () => {
  const { store, clock, begin } = disk();
  const life = begin();
  for (let i = 0; i < 50; i += 1) {
    const budget = await life.of(`https://a${i}.example`);
    budget.take('attempt');
    await budget.kept();
  }
  clock.now += 2 * MINUTE;
  await life.of(SITE);
  store.findBudget.mockClear();
  await life.of('https://a0.example');
  // It was forgotten, so it is read again; one that counts is not.
  expect(store.findBudget).toHaveBeenCalledTimes(1);
});
