/** What the disk may do to the broker: durability, a full disk, another version, a connection that was closed (5.7). */
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';
import { callsIn, codeOf } from '../../flow/calls.ts';
import { World } from '../../flow/world.ts';
import { reportBar } from '../../support/bars.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

const { grantOf, origin } = callsIn(() => world);
const key = () => ({ origin: origin(), resource: world.resource, account: 'default' });
const reasonOf = (error: unknown) => (error as { detail?: { reason?: string } }).detail?.reason;

/** From now on every write to these stores fails as on a full disk; resolves how many did. */
function fill(isFull: (store: string) => boolean) {
  let failed = 0;
  for (const method of ['put', 'add'] as const) {
    const real = IDBObjectStore.prototype[method];
    vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
      this: IDBObjectStore,
      ...args: Parameters<IDBObjectStore['put']>
    ) {
      // A worker of the test before may still be counting uses.
      if (this.transaction.db.name === world.database && isFull(this.name)) {
        failed += 1;
        this.transaction.abort();
        throw new DOMException('full', 'QuotaExceededError');
      }
      return real.apply(this, args);
    });
  }
  return () => failed;
}

describe('durability', () => {
  /** Stores whose rows are counts, traces and what can be fetched again. */
  const RELAXED = ['activity', 'traces'];

  it('is strict for every write but those of the log of what pages caused (DUR-1)', async () => {
    const seen: { stores: string[]; durability: string | undefined }[] = [];
    const real = IDBDatabase.prototype.transaction;
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
      this: IDBDatabase,
      ...args: Parameters<IDBDatabase['transaction']>
    ) {
      const [stores, mode, options] = args;
      if (mode === 'readwrite') {
        const names = typeof stores === 'string' ? [stores] : [...stores];
        seen.push({ stores: names, durability: options?.durability });
      }
      return real.apply(this, args);
    });
    await world.getToken({ scopes: ['notes:read'] });
    await world.getToken({ scopes: ['notes:write'] });
    world.elapsed = 3_700_000;
    await world.getToken();
    await world.own.removeScope({ ...key(), scope: 'notes:write' });
    world.answer = () => 'deny';
    await world.getToken({ scopes: ['notes:delete'] }).catch(codeOf);
    await world.own.activity({ limit: 10 });
    const client = { issuer: 'https://b.example', clientId: 'x', authMethod: 'none' as const };
    await world.own.saveClient(client);
    await world.own.importSettings({ file: await world.own.exportSettings({}) });
    await world.own.configure({ developerMode: true });
    await world.own.disconnect(key());
    await world.own.erase({ what: 'everything' });
    const weak = seen.filter(
      ({ stores, durability }) =>
        durability !== 'strict' && stores.some((name) => !RELAXED.includes(name)),
    );
    expect(weak).toEqual([]);
    const stores = new Set(seen.flatMap((one) => one.stores));
    expect(stores.size).toBeGreaterThanOrEqual(10);
    reportBar('DUR-1', { writes: seen.length, stores: stores.size, 'not strict': weak.length });
  });
});

describe('a full disk', () => {
  it('fails with a name, keeps what is there, and gives the tokens back (QUOTA, T-46)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const before = await grantOf();
    const mark = world.lab.ledger.mark();
    const failed = fill((store) => store === 'grants');
    const error: unknown = await world
      .getToken({ scopes: ['notes:write'] })
      .catch((cause: unknown) => cause);
    expect([codeOf(error), reasonOf(error)]).toEqual(['internal_error', 'storage_full']);
    vi.restoreAllMocks();
    const after = await grantOf();
    expect(after).toEqual(before);
    // The tokens that nobody holds are not left alive at the server.
    expect(world.lab.ledger.since(mark).cost().revocations).toBeGreaterThan(0);
    expect(world.life.flows.pending()).toMatchObject([{ failure: { reason: 'storage_full' } }]);
    const changed = Number(after.revision !== before.revision);
    reportBar('QUOTA', { 'writes refused': failed(), 'grants changed': changed });
  });

  /** A disk that is full for these stores once the server has renewed the token. */
  function fillOnceRenewed(isFull: (store: string) => boolean): void {
    let answered = false;
    const { http } = world.ports;
    world.ports.http = async (...args) => {
      const response = await http(...args);
      answered ||= String(args[1].body).includes('grant_type=refresh_token');
      return response;
    };
    fill((store) => answered && isFull(store));
  }
  const refreshes = () => world.lab.ledger.tokenRequests('refresh_token').length;

  it.each([
    ['the answer', (store: string) => store === 'unfinished'],
    ['the grant', (store: string) => store === 'grants'],
    ['anything', () => true],
  ])(
    'hands out no token while it cannot write %s, and sends no refresh token twice for it (K23)',
    async (_what, isFull) => {
      await world.getToken({ scopes: ['notes:read'] });
      const { token: former } = await grantOf();
      world.elapsed = 3_700_000;
      fillOnceRenewed(isFull);
      for (let call = 0; call < 3; call += 1) {
        const error: unknown = await world.getToken().catch((cause: unknown) => cause);
        expect([codeOf(error), reasonOf(error)]).toEqual(['internal_error', 'storage_full']);
      }
      expect([refreshes(), world.prompts.length]).toEqual([1, 2]);
      vi.restoreAllMocks();
      const { access_token: renewed } = await world.getToken({ interactive: false });
      const { token } = await grantOf();
      expect([token?.accessToken, refreshes()]).toEqual([renewed, 1]);
      expect(token?.refreshToken).not.toBe(former?.refreshToken);
    },
  );

  it.each([
    ['asks for a sign-in', 'unfinished', 2],
    ['renews nothing again', 'grants', 1],
  ])('%s once the worker has ended with no room in %s (K22, K23)', async (_what, full, sent) => {
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3_700_000;
    fillOnceRenewed((store) => store === full);
    await expect(world.getToken()).rejects.toThrow();
    vi.restoreAllMocks();
    await world.restart();
    const outcome = await world.getToken({ interactive: false }).then(() => 'token', codeOf);
    expect(outcome).toBe(full === 'grants' ? 'token' : 'interaction_required');
    expect(refreshes()).toBe(sent);
  });

  it('lets documents and traces go before a grant is lost', async () => {
    const { store } = world.ports;
    await store.saveDocument('https://a.example/x', { a: 1 }, 1);
    let isFull = true;
    const failed = fill((name) => name === 'grants' && isFull && !(isFull = false));
    await world.getToken({ scopes: ['notes:read'] });
    expect(failed()).toBe(1);
    expect(await store.findDocument('https://a.example/x')).toBeUndefined();
  });
});

describe('the connection', () => {
  it('is opened again when the browser has closed it under a worker that lives (T-46)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const databases: IDBDatabase[] = [];
    const real = IDBDatabase.prototype.transaction;
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
      this: IDBDatabase,
      ...args: Parameters<IDBDatabase['transaction']>
    ) {
      databases.push(this);
      return real.apply(this, args);
    });
    const { store } = world.ports;
    await store.listGrants();
    vi.restoreAllMocks();
    databases.at(-1)!.close();
    expect(await store.listGrants()).toHaveLength(1);
    await expect(world.getToken({ scopes: ['notes:write'] })).resolves.toHaveProperty('scope');
  });

  it('gets out of the way of another context that opens a newer version, and says so then (MIG-2)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const before = await grantOf();
    const newer = await openDB(world.database, 99);
    const rows = await newer.getAll('grants');
    const error: unknown = await world.ports.store.listGrants().catch((cause: unknown) => cause);
    expect([codeOf(error), reasonOf(error)]).toEqual(['internal_error', 'storage_newer']);
    await expect(openStore(world.database)).rejects.toMatchObject({
      code: 'internal_error',
      detail: { reason: 'storage_newer' },
    });
    // Refused, and not a byte of it changed.
    const left = await newer.getAll('grants');
    expect(left).toEqual(rows);
    expect(rows).toMatchObject([{ revision: before.revision }]);
    newer.close();
    reportBar('MIG-2', { rows: rows.length, 'rows left': left.length });
  });

  it('tells who waits for an older version that stays open, and works when it has gone (T-46)', async () => {
    const name = `blocked ${Math.random()}`;
    const old = await openDB(name, 3, {
      upgrade(made) {
        for (const store of ['grants', 'aliases', 'documents', 'activity', 'keys', 'registrations'])
          made.createObjectStore(store);
      },
    });
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const opening = openStore(name).then(
      () => 'open',
      (error: unknown) => codeOf(error),
    );
    await vi.waitFor(
      async () => {
        await vi.advanceTimersByTimeAsync(5000);
        expect(await Promise.race([opening, Promise.resolve('waits')])).toBe('interrupted');
      },
      { timeout: 5000 },
    );
    vi.useRealTimers();
    old.close();
    expect(await (await openStore(name)).listGrants()).toEqual([]);
  });
});
