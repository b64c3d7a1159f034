/** Databases of every version that was shipped, upgraded and killed inside the upgrade (MIG-1, MIG-3, K27 of 5.7). */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { FIXTURES, ORIGIN, RESOURCE, ASKED, TOKEN } from '../../support/former-databases.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The worker is killed at the n-th change of the schema, or at the n-th row that the upgrade writes. */
function killAt(n: number) {
  let calls = 0;
  const kill = <T extends object>(owner: T, method: keyof T & string) => {
    const real = owner[method] as (...args: unknown[]) => unknown;
    vi.spyOn(owner as Record<string, (...args: unknown[]) => unknown>, method).mockImplementation(
      function (this: unknown, ...args: unknown[]) {
        calls += 1;
        if (calls === n) throw new DOMException('killed', 'UnknownError');
        return real.apply(this, args);
      },
    );
  };
  kill(IDBDatabase.prototype, 'createObjectStore');
  kill(IDBObjectStore.prototype, 'createIndex');
  kill(IDBObjectStore.prototype, 'clear');
  kill(IDBCursor.prototype, 'update');
  return () => calls;
}

/** Resolves how many grants are there. */
const nothingLost = async (name: string) => {
  const store = await openStore(name);
  for (const asked of [RESOURCE, ASKED]) {
    expect(await store.findGrant(ORIGIN, asked)).toMatchObject({
      token: TOKEN,
      ceiling: ['a', 'b'],
      duration: 'always',
    });
  }
  const grants = await store.listGrants();
  expect(grants).toHaveLength(1);
  expect(await store.findRegistration('https://as.example', ORIGIN)).toBeDefined();
  expect(await store.listRefusals()).toHaveLength(1);
  expect(await store.readSettings()).toEqual({ developerMode: true, pausedSites: [] });
  return grants.length;
};

describe.each(Object.entries(FIXTURES))('a database of version %s', (version, make) => {
  it('opens in this version, and no grant is lost (MIG-1)', async () => {
    const name = `former ${version} ${String(Math.random())}`;
    await make(name);
    await nothingLost(name);
  });

  it('that is killed anywhere inside the upgrade is whole at the next start (K27, MIG-1)', async () => {
    let [kills, kept] = [0, 0];
    for (let n = 1; ; n += 1) {
      const name = `killed ${version} ${String(n)} ${String(Math.random())}`;
      await make(name);
      const calls = killAt(n);
      const failure: unknown = await openStore(name).catch((error: unknown) => error);
      vi.restoreAllMocks();
      if (calls() < n) break;
      expect(failure).toMatchObject({ code: 'internal_error' });
      kills += 1;
      kept += await nothingLost(name);
    }
    // From version 5 there is one step.
    expect(kills).toBeGreaterThanOrEqual(version === '5' ? 1 : 2);
    reportBar(`MIG-1 from version ${version}`, { kills, grantsLost: kills - kept });
  });

  it('is upgraded while three contexts have it open, which open it again (MIG-3)', async () => {
    const name = `held ${version} ${String(Math.random())}`;
    await make(name);
    let closed = 0;
    const holders = await Promise.all(
      Array.from({ length: isFullForm ? 30 : 3 }, () =>
        openDB(name, undefined, {
          blocking: (_now, _next, event) => {
            closed += 1;
            (event.target as IDBDatabase).close();
          },
        }),
      ),
    );
    const grants = await nothingLost(name);
    expect(holders.length).toBeGreaterThanOrEqual(3);
    expect(closed).toBe(holders.length);
    reportBar(`MIG-3 from version ${version}`, { contexts: holders.length, closed, grants });
  });
});
