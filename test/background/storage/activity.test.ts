/** How uses are counted in the log: one row for a grant and hour, found without a walk through the others. */
import 'fake-indexeddb/auto';
import { afterEach, expect, it, vi } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';

const HOUR = 3_600_000;
const KEY = {
  origin: 'https://client.example',
  resource: 'https://mcp.example',
  account: 'default',
};

const open = () => openStore(`activity ${Math.random()}`);
type Store = Awaited<ReturnType<typeof open>>;
const use = (store: Store, at: number, key = KEY) => store.countUses([{ key, count: 1, at }]);
const rowsIn = async (store: Store) => (await store.queryActivity({ limit: 5000 })).rows;

afterEach(() => {
  vi.restoreAllMocks();
});

it('counts the uses of a grant and hour in one row, which tells the latest', async () => {
  const store = await open();
  for (const at of [HOUR, HOUR + 5, HOUR + 3, 2 * HOUR - 1]) await use(store, at);
  expect(await rowsIn(store)).toMatchObject([{ ...KEY, kind: 'used', count: 4, at: 2 * HOUR - 1 }]);
});

it('begins a row for each hour, site, server and account', async () => {
  const store = await open();
  const others = [
    { ...KEY, origin: 'https://other.example' },
    { ...KEY, resource: 'https://mcp.example/other' },
    { ...KEY, account: 'second' },
  ];
  for (const at of [HOUR - 1, HOUR, 2 * HOUR]) await use(store, at);
  for (const key of others) await use(store, HOUR, key);
  expect((await rowsIn(store)).map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 1]);
});

it('finds the row by its index, however many uses came after it', async () => {
  const store = await open();
  await use(store, HOUR);
  const others = Array.from({ length: 150 }, (_, i) => ({ ...KEY, account: String(i) }));
  await store.countUses(others.map((key) => ({ key, count: 1, at: HOUR })));
  const walked = vi.spyOn(IDBCursor.prototype, 'continue');
  await use(store, HOUR + 1);
  expect(walked).not.toHaveBeenCalled();
  walked.mockRestore();
  expect((await rowsIn(store)).at(-1)).toMatchObject({ ...KEY, count: 2, at: HOUR + 1 });
});

it('does not take another row of the same grant and hour for it', async () => {
  const store = await open();
  await store.addActivity([{ ...KEY, kind: 'connected', at: HOUR, scopes: [] }]);
  await use(store, HOUR + 1);
  expect((await rowsIn(store)).map(({ kind }) => kind)).toEqual(['used', 'connected']);
});
