/** Rows that are damaged on the disk: set aside, told to the user, and everything else goes on (F11 of 5.2, T-46). */
import { openDB, type IDBPDatabase } from 'idb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';
import type { Grant } from '../../../src/background/ports/records.ts';
import type { Store } from '../../../src/background/ports/stores.ts';
import { callsIn, codeOf } from '../../flow/calls.ts';
import { World } from '../../flow/world.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';

type Row = Record<string, unknown>;

const NOT_FOR = 'https://good.example';
const SITE = 'https://bad.example';

/** Values of another type than any that a row has there. */
const WRONG = [undefined, null, 7, Number.NaN, 'text', true, [], [7], {}, new Date(0), new Map()];

/** Leaves no member, of whatever depth, out. */
function* places(value: unknown, path: string[] = []): Generator<string[]> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const [name, member] of Object.entries(value)) {
    yield [...path, name];
    yield* places(member, [...path, name]);
  }
}

function changed(row: Row, path: readonly string[], change: (at: Row, name: string) => void): Row {
  const copy = structuredClone(row);
  const names = [...path];
  const last = names.pop()!;
  let at: Row = copy;
  for (const name of names) at = at[name] as Row;
  change(at, last);
  return copy;
}

function flipped(row: Row, bit: number): Row {
  const { iv, data } = (row as { sealed: { iv: Uint8Array; data: ArrayBuffer } }).sealed;
  const bytes = new Uint8Array(data.slice(0));
  bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
  return { ...row, sealed: { iv, data: bytes.buffer } };
}

/** Every way to spoil a row, in an order that repeats: members of the key stay, or it would be another row. */
function* spoiled(row: Row, keys: readonly string[]): Generator<Row> {
  const all = [...places(row)].filter(
    ([first, ...rest]) => rest.length > 0 || !keys.includes(first!),
  );
  for (const path of all) {
    yield changed(row, path, (at, name) => Reflect.deleteProperty(at, name));
    for (const wrong of WRONG) yield changed(row, path, (at, name) => (at[name] = wrong));
  }
  if ('sealed' in row) for (let bit = 0; bit < 300; bit += 1) yield flipped(row, bit * 7);
}

/** Everything that the broker does with what is stored; none of it may throw. */
async function useAll(world: World, store: Store): Promise<void> {
  world.ports.store = store;
  await world.restart();
  const { own } = world;
  const limit = { limit: 100 };
  await Promise.all([
    own.grants({}),
    own.pending({}),
    own.refusals({}),
    own.settings({}),
    own.clients({}),
    own.traces({}),
    own.activity(limit),
    own.exportSettings({}),
    own.unreadable({}),
  ]);
  for (const { id } of await own.traces({})) await own.trace({ id });
  // Without developer mode the server of this test may not be named.
  await world.life.access
    .permission({ origin: SITE, tabId: 1 }, world.resource)
    .catch((error: unknown) => expect(codeOf(error)).toBe('policy_blocked'));
  await store.findClient('https://as.example');
  await store.findRegistration('https://as.example', SITE);
  await store.findRefusals(SITE);
  await store.recordUses([
    { key: { origin: SITE, resource: world.resource, account: 'default' }, count: 1, at: 1 },
  ]);
}

describe('damaged rows', () => {
  let world: World;
  let grant: Grant;
  let rows: { store: string; key: string[]; row: Row }[];
  beforeAll(async () => {
    world = await World.open();
    await world.getToken({ scopes: ['notes:read'] });
    grant = (await world.ports.store.findGrant(world.lab.siteA.origin, world.resource))!;
  });
  afterAll(() => world.close());

  /** A database with one row of each kind of two sites, one of which will be spoiled. */
  async function makeDatabase(name: string): Promise<IDBPDatabase> {
    const store = await openStore(name);
    const from = { asked: `${world.resource}/x`, flow: 'none' };
    for (const origin of [NOT_FOR, SITE]) {
      await store.commitGrant({ ...grant, origin }, from);
      await store.saveRegistration('https://as.example', origin, grant.registration!);
    }
    await store.saveClient({
      issuer: 'https://as.example',
      clientId: 'x',
      authMethod: 'client_secret_post',
      clientSecret: 'secret',
    });
    await store.learnIssuer('https://as.example', { endsOthers: true });
    await store.saveRefusal({
      origin: SITE,
      resource: world.resource,
      scopes: ['c'],
      kind: 'denied',
      at: 1,
      until: Date.now() + 500_000,
    });
    await store.writeSettings({ developerMode: true, pausedSites: ['https://p.example'] });
    await store.saveTrace({
      id: 't',
      at: 1,
      origin: SITE,
      resource: world.resource,
      outcome: 'done',
      steps: [{ at: 1, kind: 'granted', scopes: ['a'], assumed: false, renewable: true }],
    });
    await store.saveFlow({
      id: 'f',
      origin: SITE,
      asked: world.resource,
      stage: 'deciding',
      createdAt: Date.now(),
      request: { scopes: ['a'], demanded: [], challenged: false, rediscover: false },
      reached: ['https://a/*'],
    });
    return openDB(name);
  }

  const KEYS: Record<string, string[]> = {
    grants: ['origin', 'resource', 'account'],
    aliases: ['origin', 'asked'],
    registrations: ['issuer', 'origin'],
    clients: ['issuer'],
    issuers: ['issuer'],
    flows: ['id'],
    traces: ['id'],
    activity: ['id'],
    refusals: [],
    settings: [],
  };

  it('stop nobody, and hurt no other row: missing, of another type, bits flipped (T-46)', async () => {
    const name = `damaged ${Math.random()}`;
    const raw = await makeDatabase(name);
    rows = [];
    for (const [kind, keys] of Object.entries(KEYS)) {
      const all = (await raw.getAll(kind)) as Row[];
      const row = all.find((one) => one['origin'] === SITE) ?? all[0]!;
      rows.push({ store: kind, key: keys, row });
    }
    const cases = rows.flatMap(({ store: kind, key, row }) =>
      [...spoiled(row, key)].map((bad) => ({ kind, row, bad })),
    );
    const most = isFullForm ? 2000 : 300;
    const step = Math.max(1, Math.floor(cases.length / most));
    const tried = cases.filter((_, i) => i % step === 0);
    let [written, intact] = [0, 0];
    for (const { kind, row, bad } of tried) {
      const outside = KEYS[kind]!.length > 0 ? undefined : (await raw.getAllKeys(kind))[0];
      try {
        await raw.put(kind, bad, outside);
      } catch {
        // No database could hold it.
        continue;
      }
      written += 1;
      const fresh = await openStore(name);
      await useAll(world, fresh).catch((error: unknown) => {
        throw new Error(`${kind} ${JSON.stringify(bad).slice(0, 300)}`, { cause: error });
      });
      expect(await fresh.findGrant(NOT_FOR, world.resource)).toMatchObject({ token: grant.token });
      const others = (await fresh.listGrants()).filter(({ origin }) => origin === NOT_FOR);
      expect(others).toHaveLength(1);
      intact += others.length;
      await raw.put(kind, row, outside);
      await raw.clear('unreadable');
    }
    expect(tried.length).toBeGreaterThanOrEqual(300);
    const hurt = { otherRowsHurt: written - intact };
    reportBar('F11', { tried: tried.length, written, stores: rows.length, ...hurt });
  });
});

describe('a damaged grant', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());
  const { origin } = callsIn(() => world);

  async function damage(change: (row: Row) => Row): Promise<Store> {
    const raw = await openDB(world.database);
    const [row] = (await raw.getAll('grants')) as Row[];
    await raw.put('grants', change(row!));
    raw.close();
    return openStore(world.database);
  }

  it.each([
    ['whose seal is broken', (row: Row) => flipped(row, 3)],
    ['without its server', ({ server: _, ...row }: Row) => row],
    ['with scopes that are none', (row: Row) => ({ ...row, ceiling: [7] })],
  ])(
    '%s is set aside and told to the user, and the site may ask again (T-46)',
    async (_, change) => {
      await world.getToken({ scopes: ['notes:read'] });
      world.ports.store = await damage(change);
      await world.restart();
      const asked = world.prompts.length;
      expect(await world.ports.store.findGrant(origin(), world.resource)).toBeUndefined();
      expect(await world.own.unreadable({})).toEqual({ count: 1 });
      expect(await world.own.grants({})).toEqual([]);
      await world.getToken({ scopes: ['notes:read'] });
      expect(world.prompts.length).toBeGreaterThan(asked);
      expect(await world.own.grants({})).toHaveLength(1);
      expect(await world.own.unreadable({ forget: true })).toEqual({ count: 0 });
    },
  );

  it('is every grant when the key is lost: all are set aside at once, and the next ones work (T-34)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const raw = await openDB(world.database);
    await raw.delete('keys', 'secrets');
    raw.close();
    world.ports.store = await openStore(world.database);
    await world.restart();
    expect(await world.own.unreadable({})).toEqual({ count: 1 });
    await world.getToken({ scopes: ['notes:read'] });
    const next = await openStore(world.database);
    expect((await next.findGrant(origin(), world.resource))?.token).toBeDefined();
  });
});
