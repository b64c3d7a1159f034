/** The activity log in order of days, and its pages put together. Pure. */
import type { ActivityKind, ActivityPage, ActivityRow } from '../../shared/activity.ts';

/** The rows of one day, newest first. */
export interface Day {
  /** Of the newest row; milliseconds since the epoch. */
  at: number;
  rows: ActivityRow[];
}

/** What is held of the log; `more` when there are older rows. */
export type Log = ActivityPage;

/** What comes of a question that was allowed. */
const OUTCOMES: ReadonlySet<ActivityKind> = new Set(['connected', 'widened', 'renewed']);

/** One row for one act: what came of it says enough. Where nothing came of it, that it was allowed stays. */
export function oneForEachAct(rows: readonly ActivityRow[]): ActivityRow[] {
  const settled = rows.filter(({ kind }) => OUTCOMES.has(kind)).map(({ flow }) => flow);
  const flows = new Set(settled.filter((flow) => flow !== undefined));
  return rows.filter(({ kind, flow }) => !(kind === 'allowed' && flow && flows.has(flow)));
}

/** Newest first. A `used` row moves up with its latest use, so ids are no order. */
export function groupByDay(rows: readonly ActivityRow[]): Day[] {
  const days = new Map<string, Day>();
  for (const row of [...rows].sort((a, b) => b.at - a.at || b.id - a.id)) {
    const name = new Date(row.at).toDateString();
    const day = days.get(name);
    if (day) day.rows.push(row);
    else days.set(name, { at: row.at, rows: [row] });
  }
  return [...days.values()];
}

/**
 * The newest page in front of what is held. What is held is dropped where that would leave a gap, and where the
 * new page is all there is: after the log was erased.
 */
export function prepend(page: ActivityPage, held: Log | undefined): Log {
  if (!held || !page.more) return page;
  const oldest = Math.min(...page.rows.map(({ id }) => id));
  const older = held.rows.filter(({ id }) => id < oldest);
  const touches = held.rows.some(({ id }) => id >= oldest);
  return touches ? { rows: [...page.rows, ...older], more: held.more } : page;
}

/** An older page behind what is held. */
export function append(held: Log, page: ActivityPage): Log {
  const known = new Set(held.rows.map(({ id }) => id));
  return { rows: [...held.rows, ...page.rows.filter(({ id }) => !known.has(id))], more: page.more };
}

/** Where the next older page begins. */
export function endOf({ rows }: Log): number {
  return Math.min(...rows.map(({ id }) => id));
}
