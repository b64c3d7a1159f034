/** The log of what happened, and the traces: two rings, written behind. */
import type { IDBPObjectStore } from 'idb';
import type { ActivityQuery, ActivityRow, Trace } from '../../shared/activity.ts';
import type { ActivityNote, Use } from '../ports/records.ts';
import type { ActivityStore } from '../ports/stores.ts';
import type { Database, Schema } from './schema.ts';

/** Rows kept. */
const MAX_ROWS = 3000;
/** Failures kept of one site: a page can fail as often as it likes, and must not push out what others did. */
const MAX_FAILURES_OF_SITE = 200;
/** This many rows are added before the ring is looked at again. */
const BETWEEN_PRUNINGS = 100;
/** Traces kept. */
const MAX_TRACES = 20;
/** Uses of one grant within the same hour are one row; milliseconds. */
const HOUR = 3_600_000;

/** Opens the log. It is read for people only, so unlike the grants it may wait for the disk when it likes. */
export function activityLog(db: Database): ActivityStore {
  return { ...rows(db), ...traces(db) };
}

/** The rows, in a transaction that writes. */
type ActivityRows = IDBPObjectStore<Schema, ['activity'], 'activity', 'readwrite'>;

type Rows = Pick<ActivityStore, 'addActivity' | 'countUses' | 'queryActivity' | 'eraseActivity'>;

function rows(db: Database): Rows {
  // A worker that has just started cannot know how full the ring is.
  let added = BETWEEN_PRUNINGS;
  const prune = async (more: number) => {
    added += more;
    if (added < BETWEEN_PRUNINGS) return;
    added = 0;
    await pruneRows(db);
  };
  return {
    async addActivity(notes) {
      const tx = db.transaction('activity', 'readwrite');
      await Promise.all([...notes.map((note) => tx.store.add(note as ActivityRow)), tx.done]);
      await prune(notes.length);
    },
    async countUses(uses) {
      const tx = db.transaction('activity', 'readwrite');
      for (const use of uses) await countUse(tx.store, use);
      await tx.done;
      await prune(uses.length);
    },
    queryActivity: (query) => findRows(db, query),
    async eraseActivity() {
      const tx = db.transaction(['activity', 'traces'], 'readwrite');
      await Promise.all([
        tx.objectStore('activity').clear(),
        tx.objectStore('traces').clear(),
        tx.done,
      ]);
    },
  };
}

/** Adds uses to the row of their grant and hour, or begins it. */
async function countUse(rows: ActivityRows, { key, count, at }: Use): Promise<void> {
  const { origin, resource, account } = key;
  const id = ['used', origin, resource, account] as const;
  const hour = Math.floor(at / HOUR) * HOUR;
  const range = IDBKeyRange.bound([...id, hour], [...id, hour + HOUR], false, true);
  const held = await rows.index('use').get(range);
  const next: ActivityNote | ActivityRow = held
    ? { ...held, at: Math.max(held.at, at), count: (held.count ?? 0) + count }
    : { kind: 'used', at, origin, resource, account, scopes: [], count };
  await rows.put(next as ActivityRow);
}

async function findRows(db: Database, { before, origin, resource, limit }: ActivityQuery) {
  const found: ActivityRow[] = [];
  const range = before === undefined ? null : IDBKeyRange.upperBound(before, true);
  const tx = db.transaction('activity');
  for await (const { value } of tx.store.iterate(range, 'prev')) {
    if (origin !== undefined && value.origin !== origin) continue;
    if (resource !== undefined && value.resource !== resource) continue;
    if (found.length === limit) return { rows: found, more: true };
    found.push(value);
  }
  return { rows: found, more: false };
}

async function pruneRows(db: Database): Promise<void> {
  const tx = db.transaction('activity', 'readwrite');
  const failures = new Map<string, number>();
  let kept = 0;
  for await (const cursor of tx.store.iterate(null, 'prev')) {
    const { kind, origin } = cursor.value;
    const ofSite = kind === 'failed' ? (failures.get(origin) ?? 0) + 1 : 0;
    if (kind === 'failed') failures.set(origin, ofSite);
    if (kept >= MAX_ROWS || ofSite > MAX_FAILURES_OF_SITE) await cursor.delete();
    else kept += 1;
  }
  await tx.done;
}

type Traces = Pick<ActivityStore, 'saveTrace' | 'findTrace' | 'listTraces'>;

function traces(db: Database): Traces {
  return {
    async saveTrace(trace: Trace) {
      const tx = db.transaction('traces', 'readwrite');
      await tx.store.put(trace);
      const ids = await tx.store.index('at').getAllKeys();
      for (const id of ids.slice(0, Math.max(0, ids.length - MAX_TRACES))) {
        await tx.store.delete(id);
      }
      await tx.done;
    },
    findTrace: (id) => db.get('traces', id),
    listTraces: async () => (await db.getAllFromIndex('traces', 'at')).reverse(),
  };
}
