/** A database as an earlier version left it opens in this one, and nothing is lost. */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';
import { createKey, seal } from '../../../src/background/storage/sealing.ts';

const ORIGIN = 'https://client.example';
const RESOURCE = 'https://mcp.example';
const ASKED = 'https://mcp.example/mcp';
const TOKEN = {
  accessToken: 'at',
  refreshToken: 'rt',
  granted: ['a'],
  assumed: false,
  obtainedAt: 1,
  expiresAt: 2,
};
const REGISTRATION = {
  clientId: 'id',
  authMethod: 'none',
  redirectUri: 'https://x.example/cb',
  secretExpiresAt: 0,
};

/** The stores and rows of version 1, written out: the code that made them has moved on. */
async function makeVersion1(name: string) {
  const db = await openDB(name, 1, {
    upgrade(made) {
      made.createObjectStore('grants', { keyPath: ['origin', 'resource', 'account'] });
      const aliases = made.createObjectStore('aliases', { keyPath: ['origin', 'asked'] });
      aliases.createIndex('resource', ['origin', 'resource']);
      made.createObjectStore('registrations', { keyPath: ['issuer', 'origin'] });
      made.createObjectStore('documents', { keyPath: 'url' });
      made.createObjectStore('flows', { keyPath: 'id' });
      made.createObjectStore('refusals', { autoIncrement: true }).createIndex('origin', 'origin');
      made.createObjectStore('settings');
      made.createObjectStore('keys');
    },
  });
  const key = await createKey();
  await db.put('keys', key.current, 'secrets');
  const grantContext = JSON.stringify(['grant', ORIGIN, RESOURCE, 'default']);
  await db.put('grants', {
    origin: ORIGIN,
    resource: RESOURCE,
    account: 'default',
    server: { issuer: 'https://as.example' },
    requested: ['a'],
    ceiling: ['a', 'b'],
    unmet: {},
    token: { granted: ['a'], expiresAt: 2, renewable: true },
    sealed: await seal(key, { token: TOKEN, registration: REGISTRATION }, grantContext),
    revision: 'one',
    refreshAttempts: 0,
    decision: { digest: 'shown', at: 1 },
    createdAt: 1,
    lastUsedAt: 5,
    uses: 7,
  });
  await db.put('aliases', { origin: ORIGIN, asked: ASKED, resource: RESOURCE });
  const registered = JSON.stringify(['registration', 'https://as.example', ORIGIN]);
  const sealed = await seal(key, REGISTRATION, registered);
  await db.put('registrations', { issuer: 'https://as.example', origin: ORIGIN, sealed });
  await db.put('documents', { url: 'https://mcp.example/.well-known/x', json: {}, fetchedAt: 3 });
  const until = Number.MAX_SAFE_INTEGER;
  await db.put('refusals', {
    origin: ORIGIN,
    resource: RESOURCE,
    scopes: ['c'],
    kind: 'denied',
    at: 4,
    until,
  });
  await db.put('settings', { developerMode: true }, 'settings');
  db.close();
}

/** What version 2 added; again written out. */
async function makeVersion2(name: string) {
  await makeVersion1(name);
  const db = await openDB(name, 2, {
    upgrade(made) {
      made.createObjectStore('clients', { keyPath: 'issuer' });
      made.createObjectStore('issuers', { keyPath: 'issuer' });
      made.createObjectStore('activity', { keyPath: 'id', autoIncrement: true });
      made.createObjectStore('traces', { keyPath: 'id' }).createIndex('at', 'at');
    },
  });
  const about = { origin: ORIGIN, resource: RESOURCE, account: 'default', scopes: [] };
  await db.put('activity', { kind: 'used', at: 5, count: 7, ...about });
  await db.put('activity', { kind: 'paused', at: 6, origin: ORIGIN, scopes: [] });
  db.close();
}

describe('the database of version 2', () => {
  it('keeps counting in the row of the hour, which the index of version 3 finds', async () => {
    await makeVersion2('counted');
    const store = await openStore('counted');
    const key = { origin: ORIGIN, resource: RESOURCE, account: 'default' };
    await store.countUses([{ key, count: 1, at: 8 }]);
    expect((await store.queryActivity({ limit: 10 })).rows).toMatchObject([
      { kind: 'paused' },
      { kind: 'used', count: 8, at: 8 },
    ]);
  });
});

describe('the database of version 1', () => {
  it('keeps its grants with their secrets, by every way to them, as the chosen account without an end', async () => {
    await makeVersion1('kept');
    const store = await openStore('kept');
    for (const asked of [RESOURCE, ASKED]) {
      expect(await store.findGrant(ORIGIN, asked)).toMatchObject({
        token: TOKEN,
        registration: REGISTRATION,
        ceiling: ['a', 'b'],
        duration: 'always',
        account: 'default',
        uses: 7,
      });
    }
    expect(await store.listGrants()).toMatchObject([{ chosen: true, duration: 'always' }]);
    // By the index that version 3 has made.
    expect(await store.listGrants({ resource: RESOURCE })).toHaveLength(1);
  });

  it('keeps registrations, refusals and settings, and reads documents again (ADR 0043)', async () => {
    await makeVersion1('rest');
    const store = await openStore('rest');
    expect(await store.findRegistration('https://as.example', ORIGIN)).toEqual(REGISTRATION);
    expect(await store.findDocument('https://mcp.example/.well-known/x')).toBeUndefined();
    expect(await store.listRefusals()).toMatchObject([{ scopes: ['c'], kind: 'denied' }]);
    expect(await store.readSettings()).toEqual({ developerMode: true, pausedSites: [] });
  });

  it('has the later stores, empty, and takes a second account', async () => {
    await makeVersion1('later');
    const store = await openStore('later');
    expect(await store.listClients()).toEqual([]);
    expect(await store.listTraces()).toEqual([]);
    expect((await store.queryActivity({ limit: 10 })).rows).toEqual([]);
    const held = (await store.findGrant(ORIGIN, ASKED))!;
    await store.commitGrant({ ...held, account: 'second' }, { asked: RESOURCE, flow: '' });
    expect((await store.findGrant(ORIGIN, ASKED))?.account).toBe('second');
    await store.deleteGrant({ ...held, account: 'second' });
    expect((await store.findGrant(ORIGIN, ASKED))?.account).toBe('default');
  });
});
