/** Databases as earlier versions left them, written out: the code that made them has moved on. */
import { openDB } from 'idb';
import { createKey, seal } from '../../src/background/storage/sealing.ts';

export const ORIGIN = 'https://client.example';
export const RESOURCE = 'https://mcp.example';
export const ASKED = 'https://mcp.example/mcp';
export const TOKEN = {
  accessToken: 'at',
  refreshToken: 'rt',
  granted: ['a'],
  assumed: false,
  obtainedAt: 1,
  expiresAt: 2,
};
export const REGISTRATION = {
  clientId: 'id',
  authMethod: 'none',
  redirectUri: 'https://x.example/cb',
  secretExpiresAt: 0,
};

/** The stores and rows of version 1, written out: the code that made them has moved on. */
export async function makeVersion1(name: string) {
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
export async function makeVersion2(name: string) {
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

/** What version 3 added. */
async function makeVersion3(name: string) {
  await makeVersion2(name);
  const db = await openDB(name, 3, {
    upgrade(_made, _old, _new, tx) {
      const grants = tx.objectStore('grants');
      grants.createIndex('resource', 'resource');
      grants.createIndex('client', ['server.issuer', 'sharedClient']);
      grants.createIndex('endsAt', 'endsAt');
      grants.createIndex('session', 'session');
      tx.objectStore('documents').createIndex('fetchedAt', 'fetchedAt');
      tx.objectStore('refusals').createIndex('until', 'until');
      const use = ['kind', 'origin', 'resource', 'account', 'at'];
      tx.objectStore('activity').createIndex('use', use);
    },
  });
  db.close();
}

/** What version 4 added. */
async function makeVersion4(name: string) {
  await makeVersion3(name);
  const db = await openDB(name, 4, {
    upgrade(made, _old, _new, tx) {
      made.createObjectStore('budgets', { keyPath: 'site' }).createIndex('until', 'until');
      made.createObjectStore('unfinished', { keyPath: 'id' });
      made.createObjectStore('unreadable', { autoIncrement: true });
      tx.objectStore('activity').createIndex('digest', 'digest');
    },
  });
  db.close();
}

/** What version 5 added. */
async function makeVersion5(name: string) {
  await makeVersion4(name);
  const db = await openDB(name, 5, {
    upgrade(made) {
      made.createObjectStore('serverKeys', { keyPath: ['resource', 'account'] });
    },
  });
  db.close();
}

/** Rows that version 2 wrote as it wrote them. */
async function asVersion2(name: string) {
  const db = await openDB(name);
  for (const grant of await db.getAll('grants')) {
    await db.put('grants', { ...(grant as object), duration: 'always' });
  }
  for (const alias of await db.getAll('aliases')) {
    await db.put('aliases', { ...(alias as object), account: 'default' });
  }
  await db.put('settings', { developerMode: true, pausedSites: [] }, 'settings');
  db.close();
}

/** By version. */
export const FIXTURES: Record<string, (name: string) => Promise<void>> = {
  1: makeVersion1,
  2: async (name) => {
    await makeVersion2(name);
    await asVersion2(name);
  },
  3: async (name) => {
    await makeVersion3(name);
    await asVersion2(name);
  },
  4: async (name) => {
    await makeVersion4(name);
    await asVersion2(name);
  },
  5: async (name) => {
    await makeVersion5(name);
    await asVersion2(name);
  },
};
