/** The user's keys for servers on disk: sealed, bound to where they go, and gone with the sealing key (Z37). */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, it } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';

const KEY = {
  resource: 'https://mcp.example/mcp',
  account: 'default',
  header: 'X-API-Key',
  value: 'canary-0123456789',
};
const open = async () => {
  const name = `keys ${String(Math.random())}`;
  const store = await openStore(name);
  await store.saveServerKey(KEY, 7);
  return { name, store };
};
const row = async (name: string) => {
  const db = await openDB(name);
  return { db, held: (await db.getAll('serverKeys'))[0] as Record<string, unknown> };
};

it('a key is found by its server and account, and by nothing else (Z37)', async () => {
  const { store } = await open();
  expect(await store.findServerKey(KEY.resource, 'default')).toEqual(KEY);
  expect(await store.findServerKey(KEY.resource, 'other')).toBeUndefined();
  expect(await store.findServerKey('https://mcp.example', 'default')).toBeUndefined();
});

it('no row and no list has its value (Z37)', async () => {
  const { name, store } = await open();
  const { value: _, ...summary } = KEY;
  expect(await store.listServerKeys()).toEqual([{ ...summary, savedAt: 7 }]);
  const { held } = await row(name);
  const { data } = held['sealed'] as { data: ArrayBuffer };
  expect(Object.keys(held)).not.toContain('value');
  expect(Buffer.from(data).includes(KEY.value)).toBe(false);
  expect(JSON.stringify(await store.exportSettings())).not.toContain('mcp.example');
});

it.each([
  ['server', { resource: 'https://evil.example/mcp' }],
  ['account', { account: 'other' }],
  ['header', { header: 'X-Log-This' }],
])('moved to another %s it doesn’t open (Z37)', async (_, change) => {
  const { name, store } = await open();
  const { db, held } = await row(name);
  const moved = { ...held, ...change } as unknown as typeof KEY;
  await db.clear('serverKeys');
  await db.put('serverKeys', moved);
  expect(await store.findServerKey(moved.resource, moved.account)).toBeUndefined();
});

it('a row that can’t be read counts as absent, and the others stay (T-46)', async () => {
  const { name, store } = await open();
  const { db } = await row(name);
  await db.put('serverKeys', { resource: 'https://broken.example', account: 'default' });
  expect(await store.listServerKeys()).toHaveLength(1);
  expect(await store.findServerKey('https://broken.example', 'default')).toBeUndefined();
});

it('it is gone with everything else, and with the key that sealed it (Z37)', async () => {
  const { name, store } = await open();
  const { db } = await row(name);
  await db.delete('keys', 'secrets');
  const next = await openStore(name);
  expect(await next.listServerKeys()).toEqual([]);
  await store.saveServerKey(KEY, 8);
  await store.eraseEverything();
  expect(await store.listServerKeys()).toEqual([]);
});
