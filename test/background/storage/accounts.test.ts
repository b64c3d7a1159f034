/** What the popup reads first, and what afterwards: the real store behind the extension door. */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { documentHandlers, serveDocument } from '../../../src/background/doors/document-door.ts';
import type { GrantKey } from '../../../src/background/ports/records.ts';
import { openStore } from '../../../src/background/storage/open-store.ts';
import type { GrantView } from '../../../src/shared/grant-view.ts';

const SITE = 'https://m.example';
const keyOf = ({ origin, resource, account }: GrantKey) => `${origin} ${resource} ${account}`;

function row(origin: string, resource: string, account = 'default') {
  return {
    origin,
    resource,
    account,
    server: { issuer: 'https://as.example' },
    requested: [],
    ceiling: ['a'],
    unmet: {},
    token: { granted: ['a'], expiresAt: 2, renewable: true },
    // What cannot be opened is not missed.
    sealed: 'damaged',
    revision: 'one',
    refreshAttempts: 0,
    decision: { digest: '', at: 1 },
    duration: 'day',
    endsAt: 1000,
    createdAt: 1,
    lastUsedAt: 1,
    uses: 0,
  };
}

let made = 0;

/** A store with three grants of the site, one of them of a second account that is chosen, and `others` around it. */
async function open(others: number, changes: object = {}) {
  const name = `listing ${made++}`;
  const store = await openStore(name);
  const db = await openDB(name);
  const tx = db.transaction(['grants', 'aliases'], 'readwrite');
  const put = (one: ReturnType<typeof row>) => void tx.objectStore('grants').put(one);
  put(row(SITE, 'https://a.example'));
  put(row(SITE, 'https://b.example'));
  put(row(SITE, 'https://b.example', 'second'));
  for (let i = 0; i < others; i += 1) {
    // By turns before the site and behind it; one has a longer name that begins like the site's.
    const origin = i === 1 ? `${SITE}:8443` : `https://${i % 2 ? 'z' : 'b'}-${i}.example`;
    put({ ...row(origin, 'https://a.example', 'second'), ...changes });
    const way = { origin, resource: 'https://a.example', account: 'second' };
    void tx.objectStore('aliases').put({ ...way, asked: 'https://a.example/mcp' });
  }
  const way = { origin: SITE, resource: 'https://b.example', account: 'second' };
  void tx.objectStore('aliases').put({ ...way, asked: 'https://b.example' });
  await tx.done;
  db.close();
  const endDue = vi.fn(() => Promise.resolve());
  const hasHostAccess = () => Promise.resolve(true);
  const ports = { store, now: () => 999, session: '', copiesBytes: true, hasHostAccess };
  const uses = { write: () => Promise.resolve() };
  const streams = { heldAt: () => new Map() };
  const brokerage = { ports, uses, expiry: { endDue }, streams };
  const handlers = documentHandlers(brokerage as never);
  const grants = async (params: object) => {
    const answer = await serveDocument(handlers, { door: 'extension', call: 'grants', params });
    if (!answer.ok) throw new Error(answer.error.code);
    return answer.result as GrantView[];
  };
  return { grants, endDue, store };
}

/** Counts the rows that are taken out of the database from now on. */
function countRows() {
  const counted = { rows: 0 };
  for (const of of [IDBObjectStore.prototype, IDBIndex.prototype]) {
    const { getAll } = of;
    vi.spyOn(of, 'getAll').mockImplementation(function (this: never, ...given) {
      const request = getAll.apply(this, given);
      request.addEventListener('success', () => (counted.rows += request.result.length));
      return request;
    });
  }
  return counted;
}

afterEach(() => vi.restoreAllMocks());

describe('a part of the grants', () => {
  it.each([1, 7, 20, 29])(
    'is all of one site and so many others, each with its choice as in the whole: %i',
    async (limit) => {
      const { grants } = await open(30);
      const whole = await grants({});
      const part = await grants({ origin: SITE, limit });
      expect(part.filter(({ origin }) => origin === SITE).map(keyOf)).toEqual(
        whole.filter(({ origin }) => origin === SITE).map(keyOf),
      );
      expect(part.length).toBe(3 + limit);
      expect(new Set(part.map(keyOf)).size).toBe(part.length);
      for (const one of part) expect(whole).toContainEqual(one);
      expect(part.filter(({ chosen }) => !chosen).map(({ origin }) => origin)).toEqual([SITE]);
    },
  );

  it('is the whole when there are no more, in the same order', async () => {
    const { grants } = await open(30);
    const whole = await grants({});
    expect(whole.length).toBe(33);
    expect(await grants({ origin: SITE, limit: 30 })).toEqual(whole);
    expect(await grants({ limit: 33 })).toEqual(whole);
    expect(await grants({ origin: 'https://nobody.example', limit: 100 })).toEqual(whole);
    expect(await (await open(0)).grants({ origin: SITE, limit: 5 })).toHaveLength(3);
  });

  it('is the grants of one site, of one resource, or of one shared client, and no others', async () => {
    const { store } = await open(30, { sharedClient: 'shared' });
    const whole = await store.listGrants();
    const of = (wanted: (grant: (typeof whole)[number]) => boolean) =>
      whole.filter(wanted).map(keyOf);
    const { resource, server } = whole[0]!;
    expect((await store.listGrants({ site: SITE })).map(keyOf)).toEqual(
      of(({ origin }) => origin === SITE),
    );
    expect((await store.listGrants({ resource })).map(keyOf)).toEqual(
      of((grant) => grant.resource === resource),
    );
    const shared = await store.listGrants({ issuer: server!.issuer, clientId: 'shared' });
    expect(shared.map(keyOf)).toEqual(of(({ sharedClient }) => sharedClient === 'shared'));
    expect(shared).not.toEqual([]);
    expect(await store.listGrants({ issuer: server!.issuer, clientId: 'another' })).toEqual([]);
  });

  it('is the first ones where no site is in view', async () => {
    const { grants } = await open(30);
    expect(await grants({ limit: 5 })).toEqual((await grants({})).slice(0, 5));
  });

  it('costs the same with ten times as many stored, and decrypts nothing', async () => {
    const opening = vi.spyOn(crypto.subtle, 'decrypt');
    const costs: number[] = [];
    for (const others of [40, 400]) {
      const { grants } = await open(others);
      const counted = countRows();
      await grants({ origin: SITE, limit: 10 });
      costs.push(counted.rows);
      vi.mocked(IDBObjectStore.prototype.getAll).mockRestore();
      vi.mocked(IDBIndex.prototype.getAll).mockRestore();
    }
    expect(costs[0]).toBeGreaterThan(13);
    expect(costs[1]).toBe(costs[0]);
    expect(opening).not.toHaveBeenCalled();
  });

  it('is read after what is over was ended (Z1)', async () => {
    const { grants, endDue } = await open(30);
    const read = vi.spyOn(IDBObjectStore.prototype, 'getAll');
    endDue.mockImplementation(() => {
      expect(read).not.toHaveBeenCalled();
      return Promise.resolve();
    });
    await grants({ origin: SITE, limit: 1 });
    expect(endDue).toHaveBeenCalledTimes(1);
    expect(read).toHaveBeenCalled();
  });
});
