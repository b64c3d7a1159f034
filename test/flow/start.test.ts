/** What a killed worker's successor reads before its first answer, and what it leaves for later. */
import { afterEach, expect, it, vi } from 'vitest';
import type { Grant } from '../../src/background/ports/records.ts';
import { openStore } from '../../src/background/storage/open-store.ts';
import { World } from './world.ts';

let world: World;
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

/** Counts the records that IndexedDB hands out from now on. */
function countRecords() {
  const counted = { records: 0 };
  const count = (result: unknown) => {
    counted.records += Array.isArray(result) ? result.length : result ? 1 : 0;
  };
  for (const prototype of [IDBObjectStore.prototype, IDBIndex.prototype]) {
    for (const method of [
      'get',
      'getAll',
      'getKey',
      'getAllKeys',
      'openCursor',
      'openKeyCursor',
    ] as const) {
      const read = prototype[method] as (...args: unknown[]) => IDBRequest<unknown>;
      vi.spyOn(prototype, method).mockImplementation(function (this: never, ...args: unknown[]) {
        const request = read.apply(this, args);
        request.addEventListener('success', () => {
          count(request.result);
        });
        return request as never;
      });
    }
  }
  return counted;
}

/** Stores grants of other sites beside the one that is asked for; each also has its document and its refusal. */
async function store(others: number, change: Partial<Grant> = {}) {
  const grant = (await world.ports.store.findGrant(world.lab.siteA.origin, world.resource))!;
  const now = Date.now();
  for (let i = 0; i < others; i += 1) {
    const origin = `https://site${i}.example`;
    const from = { asked: world.resource, flow: '' };
    await world.ports.store.commitGrant({ ...grant, origin, ...change }, from);
    await world.ports.store.saveDocument(`${origin}/metadata`, {}, now);
    const refusal = { origin, resource: world.resource, scopes: [], kind: 'denied' as const };
    await world.ports.store.saveRefusal({ ...refusal, at: now, until: now + 60_000 });
  }
}

/** Records read by a new worker until it has answered, and until it is done with what it does on its own. */
async function readsOfAStart() {
  const counted = countRecords();
  // A new worker remembers nothing of what the former one has read.
  world.ports.store = await openStore(world.database);
  const started = world.begin().start();
  await world.getToken();
  const beforeAnswer = counted.records;
  await started;
  const afterwards = counted.records;
  vi.restoreAllMocks();
  return { beforeAnswer, afterwards };
}

it('a start reads as many records with three hundred grants as with one', async () => {
  world = await World.open();
  world.duration = 'day';
  await world.getToken({ scopes: ['notes:read'] });
  const one = await readsOfAStart();
  await store(300, { duration: 'day', endsAt: Date.now() + 86_400_000 });
  const many = await readsOfAStart();
  expect(one.beforeAnswer).toBeGreaterThan(0);
  expect(many.beforeAnswer).toBeLessThanOrEqual(one.afterwards);
  // Nor afterwards, when nobody waits: the next grant to end is one record, and the others are not looked at.
  expect(many.afterwards).toBe(one.afterwards);
});

it('a token that is held is handed out without a look at any budget or refusal (Z39)', async () => {
  world = await World.open();
  await world.getToken({ scopes: ['notes:read'] });
  await world.restart();
  const { store } = world.ports;
  const [findBudget, findRefusals] = [
    vi.spyOn(store, 'findBudget'),
    vi.spyOn(store, 'findRefusals'),
  ];
  await world.getToken({ scopes: ['notes:read'] });
  expect([findBudget.mock.calls, findRefusals.mock.calls]).toEqual([[], []]);
});

it('what is over is ended all the same, without a call', async () => {
  world = await World.open();
  await world.getToken({ scopes: ['notes:read'] });
  await store(2, { duration: 'day', endsAt: Date.now() - 1 });
  await store(1, {
    duration: 'session',
    session: 'another session',
    origin: 'https://old.example',
  });
  await world.begin().start();
  const left = await world.ports.store.listGrants();
  expect(left.map(({ origin }) => origin)).toEqual([world.lab.siteA.origin]);
});

it('an answer does not wait for what is over to be ended', async () => {
  world = await World.open();
  await world.getToken({ scopes: ['notes:read'] });
  await store(1, { duration: 'day', endsAt: Date.now() - 1 });
  const { findEnded } = world.ports.store;
  let look = () => {};
  const allowed = new Promise<void>((resolve) => (look = resolve));
  world.ports.store.findEnded = async (...args) => {
    await allowed;
    return findEnded(...args);
  };
  const started = world.begin().start();
  await world.getToken();
  expect(await world.ports.store.listGrants()).toHaveLength(2);
  look();
  await started;
  expect(await world.ports.store.listGrants()).toHaveLength(1);
});

it('a grant that is over and not ended yet lets no site open a prompt', async () => {
  world = await World.open();
  await world.getToken({ scopes: ['notes:read'] });
  const origin = 'https://over.example';
  await store(1, { duration: 'day', endsAt: Date.now() - 1, origin });
  expect(await world.ports.store.hasAnyGrant(origin)).toBe(true);
  expect(await world.life.ports.store.hasAnyGrant(origin)).toBe(false);
  expect(await world.life.ports.store.hasAnyGrant(world.lab.siteA.origin)).toBe(true);
});
