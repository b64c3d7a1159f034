/** The database: every store, its key and its migrations. docs/storage-schema.md says why each may be kept. */
import {
  openDB,
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  type StoreNames,
} from 'idb';
import type {
  BudgetRecord,
  FlowRecord,
  GrantSummary,
  IssuerQuirks,
  RefusalRecord,
  ServerKeySummary,
} from '../ports/records.ts';
import type { ActivityRow, Trace } from '../../shared/activity.ts';
import type { Override } from '../../shared/facts/override.ts';
import type { ClientView, Settings } from '../../shared/settings.ts';
import { BrokerError } from '../../shared/errors.ts';
import { createKey, type Sealed, type SealingKey } from './sealing.ts';

export type GrantId = [origin: string, resource: string, account: string];

/**
 * A grant as stored: tokens and registration lie in `sealed`, what is listed of them in `token`. A key can't be sealed,
 * and nothing can export it.
 */
export type GrantRow = GrantSummary & { sealed: Sealed; proofKey?: CryptoKeyPair };

/** A registration as stored, client secret and all under seal. */
interface RegistrationRow {
  issuer: string;
  origin: string;
  sealed: Sealed;
}

/** A client that the user has registered by hand, its secret under seal. */
export type ClientRow = Omit<ClientView, 'hasSecret'> & { sealed?: Sealed };

/** A key as stored, its value under seal. */
type ServerKeyRow = ServerKeySummary & { sealed: Sealed };

export interface Schema extends DBSchema {
  grants: {
    key: GrantId;
    value: GrantRow;
    indexes: {
      resource: string;
      /** Of grants that were obtained with a client that several sites share (Z21). */
      client: [issuer: string, clientId: string];
      /** Of grants that end by the clock, and of those that end with a browser session. */
      endsAt: number;
      session: string;
    };
  };
  /** Any URL by which a site came to a grant → the resource of the grant, and the account chosen there. */
  aliases: {
    key: [origin: string, asked: string];
    value: { origin: string; asked: string; resource: string; account: string };
    indexes: { resource: [string, string] };
  };
  registrations: { key: [issuer: string, origin: string]; value: RegistrationRow };
  documents: {
    key: string;
    value: { url: string; json: unknown; fetchedAt: number };
    indexes: { fetchedAt: number };
  };
  flows: { key: string; value: FlowRecord };
  refusals: { key: number; value: RefusalRecord; indexes: { origin: string; until: number } };
  budgets: { key: string; value: BudgetRecord; indexes: { until: number } };
  settings: { key: string; value: Settings };
  clients: { key: string; value: ClientRow };
  issuers: { key: string; value: IssuerQuirks };
  activity: {
    key: number;
    value: ActivityRow;
    indexes: {
      /** Finds the row in which the uses of a grant and hour are counted. */
      use: [kind: string, origin: string, resource: string, account: string, at: number];
      /** Finds the decision that a grant rests on (T-50). */
      digest: string;
    };
  };
  traces: { key: string; value: Trace; indexes: { at: number } };
  /** What is left to be done about tokens; of a deleted grant the row itself, which needs no new seal. */
  unfinished: {
    key: string;
    value: { id: string; tries: number } & (
      { sealed: Sealed; proofKey?: CryptoKeyPair } | { grant: GrantRow }
    );
  };
  /** The user's keys for servers (Z37); nothing else of ours is called a key of theirs. */
  serverKeys: { key: [resource: string, account: string]; value: ServerKeyRow };
  /** What the user lets pass (Z53). */
  overrides: { key: [kind: string, issuer: string, resource: string]; value: Override };
  keys: { key: string; value: CryptoKey };
  /** Rows of `grants` that could not be read, as they were found (T-46). */
  unreadable: { key: number; value: unknown };
}

export type Database = IDBPDatabase<Schema>;
type Upgrade = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

/** The account of a grant until the user connects a second one. */
export const DEFAULT_ACCOUNT = 'default';

const VERSION = 6;
/** How long an open waits for a context that keeps an older version open; milliseconds. */
const BLOCKED = 5000;

/**
 * Opens the database, bringing an older one up to date; `oldVersion` drives the steps, each runs once.
 * @param lost called when the connection can't be used any more
 */
export async function openDatabase(name = 'grantkeeper', lost = () => {}): Promise<Database> {
  let giveUp = (_: Error): void => undefined;
  const blocked = new Promise<never>((_resolve, reject) => (giveUp = reject));
  let isLate = false;
  const opening = openDB<Schema>(name, VERSION, {
    upgrade(_db, oldVersion, _newVersion, tx) {
      upgrade(tx, oldVersion);
    },
    // Versions of ours close at once; what doesn't is an old document that hangs.
    blocked() {
      setTimeout(() => {
        isLate = true;
        giveUp(new BrokerError('interrupted'));
      }, BLOCKED);
    },
    // A newer version of ours wants to upgrade: get out of its way at once, or it waits forever.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      lost();
    },
    terminated: lost,
  });
  // Its caller has been told already: an open connection that nobody uses would block the next.
  opening.then((db) => isLate && db.close()).catch(() => undefined);
  return Promise.race([opening, blocked]);
}

function upgrade(tx: Upgrade, oldVersion: number): void {
  const { db } = quiet(tx);
  if (oldVersion < 1) createStores(db);
  if (oldVersion < 2) {
    createLaterStores(db);
    // Its requests keep the upgrade open; a failure takes all of it back, if that has not happened yet.
    fillInAccounts(tx)
      .catch(() => {
        tx.abort();
      })
      .catch(() => undefined);
  }
  if (oldVersion < 3) createLaterIndexes(tx);
  if (oldVersion < 4) {
    createBudgets(db);
    db.createObjectStore('unfinished', { keyPath: 'id' });
    db.createObjectStore('unreadable', { autoIncrement: true });
    tx.objectStore('activity').createIndex('digest', 'digest');
    // Whole documents, as servers wrote them; since then only what the parser keeps. They are read again.
    tx.objectStore('documents')
      .clear()
      .catch(() => undefined);
  }
  if (oldVersion < 5) db.createObjectStore('serverKeys', { keyPath: ['resource', 'account'] });
  if (oldVersion < 6)
    db.createObjectStore('overrides', { keyPath: ['kind', 'issuer', 'resource'] });
}

function createStores(db: Upgrade['db']): void {
  db.createObjectStore('grants', { keyPath: ['origin', 'resource', 'account'] });
  const aliases = db.createObjectStore('aliases', { keyPath: ['origin', 'asked'] });
  aliases.createIndex('resource', ['origin', 'resource']);
  db.createObjectStore('registrations', { keyPath: ['issuer', 'origin'] });
  db.createObjectStore('documents', { keyPath: 'url' });
  db.createObjectStore('flows', { keyPath: 'id' });
  const refusals = db.createObjectStore('refusals', { autoIncrement: true });
  refusals.createIndex('origin', 'origin');
  db.createObjectStore('settings');
  db.createObjectStore('keys');
}

function createLaterStores(db: Upgrade['db']): void {
  db.createObjectStore('clients', { keyPath: 'issuer' });
  db.createObjectStore('issuers', { keyPath: 'issuer' });
  db.createObjectStore('activity', { keyPath: 'id', autoIncrement: true });
  db.createObjectStore('traces', { keyPath: 'id' }).createIndex('at', 'at');
}

/** Since version 3 a worker's start, and what concerns a few grants or one row, read those and no others. */
function createLaterIndexes(tx: Upgrade): void {
  const grants = tx.objectStore('grants');
  grants.createIndex('resource', 'resource');
  grants.createIndex('client', ['server.issuer', 'sharedClient']);
  grants.createIndex('endsAt', 'endsAt');
  grants.createIndex('session', 'session');
  tx.objectStore('documents').createIndex('fetchedAt', 'fetchedAt');
  tx.objectStore('refusals').createIndex('until', 'until');
  const activity = tx.objectStore('activity');
  activity.createIndex('use', ['kind', 'origin', 'resource', 'account', 'at']);
}

/** Since version 4 what a site may cause is counted on disk (Z39). */
function createBudgets(db: Upgrade['db']): void {
  db.createObjectStore('budgets', { keyPath: 'site' }).createIndex('until', 'until');
}

/** Before version 2 there was one account, a grant lasted until it was removed, and no site could be paused. */
async function fillInAccounts(tx: Upgrade): Promise<void> {
  for await (const cursor of tx.objectStore('grants')) {
    await cursor.update({ ...cursor.value, duration: 'always' });
  }
  for await (const cursor of tx.objectStore('aliases')) {
    await cursor.update({ ...cursor.value, account: DEFAULT_ACCOUNT });
  }
  const settings = await tx.objectStore('settings').get('settings');
  if (settings) await tx.objectStore('settings').put({ ...settings, pausedSites: [] }, 'settings');
}

/**
 * The profile's encryption key, made on first use.
 * @returns `isNew`: whatever is sealed was sealed under a key that is gone
 */
export async function readKey(db: Database): Promise<SealingKey & { isNew: boolean }> {
  const held: unknown = await db.get('keys', 'secrets');
  if (held instanceof CryptoKey) return { current: held, isNew: false };
  const made = await createKey();
  const tx = writing(db, 'keys');
  // Another context may have been faster: what is stored first is the key.
  const first: unknown = await tx.objectStore('keys').get('secrets');
  const current = first instanceof CryptoKey ? first : made.current;
  await Promise.all([tx.objectStore('keys').put(current, 'secrets'), tx.done]);
  return { current, isNew: current === made.current };
}

/** Opens a transaction whose commit waits for the disk. */
export function writing<N extends StoreNames<Schema>>(db: Database, ...stores: N[]) {
  return quiet(db.transaction(stores, 'readwrite', { durability: 'strict' }));
}

/** The same for what may be lost with the next power cut: counts, traces, failures. */
export function relaxed<N extends StoreNames<Schema>>(db: Database, ...stores: N[]) {
  return quiet(db.transaction(stores, 'readwrite', { durability: 'relaxed' }));
}

/** A write that fails says so to its caller; that the transaction ends with it is no news. */
function quiet<T extends { done: Promise<void> }>(tx: T): T {
  tx.done.catch(() => undefined);
  return tx;
}
