/** The log of what happened, and the traces: rings, written behind. */
import type { IDBPObjectStore } from 'idb';
import type { ActivityQuery, ActivityRow, Trace } from '../../shared/activity.ts';
import type { ActivityNote, Use } from '../ports/records.ts';
import type { ActivityStore } from '../ports/stores.ts';
import { isDecision, rowsToForget, tracesToForget } from '../../shared/activity-rings.ts';
import { isActivity, isTrace } from '../../shared/stored-rows.ts';
import { relaxed, writing, type Database, type Schema } from './schema.ts';

/** This many rows are added before the rings are looked at again. */
const BETWEEN_PRUNINGS = 100;
/** Uses of one grant within the same hour are one row; milliseconds. */
const HOUR = 3_600_000;

/** Opens the log. It is read for people only, so unlike the grants it may wait for the disk when it likes. */
export function activityLog(db: Database): ActivityStore {
  return { ...rows(db), ...traces(db) };
}

/** The rows, in a transaction that writes. */
type ActivityRows = IDBPObjectStore<Schema, 'activity'[], 'activity', 'readwrite'>;

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
      // What a person decided has to be there after a crash.
      const tx = notes.some(isDecision) ? writing(db, 'activity') : relaxed(db, 'activity');
      const rows = tx.objectStore('activity');
      for (const note of notes) await addRow(rows, note);
      await tx.done;
      await prune(notes.length);
    },
    async countUses(uses) {
      const tx = relaxed(db, 'activity');
      for (const use of uses) await countUse(tx.objectStore('activity'), use);
      await tx.done;
      await prune(uses.length);
    },
    queryActivity: (query) => findRows(db, query),
    async eraseActivity() {
      const tx = writing(db, 'activity', 'traces');
      await Promise.all([
        tx.objectStore('activity').clear(),
        tx.objectStore('traces').clear(),
        tx.done,
      ]);
    },
  };
}

/** Adds a row, once for each decision: the commit of its grant may have been faster. */
async function addRow(rows: ActivityRows, note: ActivityNote): Promise<void> {
  const { digest, flow } = note;
  const same = digest === undefined ? [] : await rows.index('digest').getAll(digest);
  const held = same.find((row) => row.flow === flow);
  await rows.put({ ...note, ...(held && { id: held.id }) } as ActivityRow);
}

/** Adds uses to the row of their grant and hour, or begins it. */
async function countUse(rows: ActivityRows, { key, count, at }: Use): Promise<void> {
  const { origin, resource, account } = key;
  const id = ['used', origin, resource, account] as const;
  const hour = Math.floor(at / HOUR) * HOUR;
  const range = IDBKeyRange.bound([...id, hour], [...id, hour + HOUR], false, true);
  const found = await rows.index('use').get(range);
  const held = isActivity(found) ? found : undefined;
  const next: ActivityNote | ActivityRow = held
    ? { ...held, at: Math.max(held.at, at), count: (held.count ?? 0) + count }
    : { kind: 'used', at, origin, resource, account, scopes: [], count };
  await rows.put(next as ActivityRow);
}

async function findRows(db: Database, query: ActivityQuery) {
  const { before, origin, resource, failed, limit } = query;
  const found: ActivityRow[] = [];
  const range = before === undefined ? null : IDBKeyRange.upperBound(before, true);
  const tx = db.transaction('activity');
  for await (const { value } of tx.store.iterate(range, 'prev')) {
    if (!isActivity(value)) continue;
    if (origin !== undefined && value.origin !== origin) continue;
    if (resource !== undefined && value.resource !== resource) continue;
    if (failed && value.kind !== 'failed') continue;
    if (found.length === limit) return { rows: found, more: true };
    found.push(value);
  }
  return { rows: found, more: false };
}

async function pruneRows(db: Database): Promise<void> {
  const all = (await db.getAll('activity')).reverse();
  const rows = all.filter(isActivity);
  const damaged = all.filter((row) => !isActivity(row));
  const go = [...damaged, ...rowsToForget(rows, await connectedAmong(db, rows))];
  if (go.length === 0) return;
  const tx = relaxed(db, 'activity');
  await Promise.all([...go.map(({ id }) => tx.objectStore('activity').delete(id)), tx.done]);
}

/** Looks for keys only. */
async function connectedAmong(
  db: Database,
  about: readonly { origin: string }[],
): Promise<ReadonlySet<string>> {
  const connected = new Set<string>();
  const grants = db.transaction('grants').objectStore('grants');
  for (const origin of new Set(about.map((one) => one.origin))) {
    const held = await grants.getKey(IDBKeyRange.bound([origin], [origin, []]));
    if (held !== undefined) connected.add(origin);
  }
  return connected;
}

type Traces = Pick<ActivityStore, 'saveTrace' | 'findTrace' | 'listTraces'>;

function traces(db: Database): Traces {
  return {
    async saveTrace(trace: Trace) {
      const held = (await db.getAllFromIndex('traces', 'at')).filter(isTrace);
      const rows = [...held.filter(({ id }) => id !== trace.id), trace].reverse();
      const go = tracesToForget(rows, await connectedAmong(db, rows));
      const tx = relaxed(db, 'traces');
      const store = tx.objectStore('traces');
      await store.put(trace);
      await Promise.all([...go.map(({ id }) => store.delete(id)), tx.done]);
    },
    async findTrace(id) {
      const trace = await db.get('traces', id);
      return isTrace(trace) ? trace : undefined;
    },
    listTraces: async () => (await db.getAllFromIndex('traces', 'at')).filter(isTrace).reverse(),
  };
}
