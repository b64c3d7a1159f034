/** Gets all of the activity log. */
import type { ActivityRow } from '../../shared/activity.ts';
import { ask } from '../kit/ask.ts';
import type { Filter } from './use-log.ts';

/** As many rows as the contract gives at once. */
const MOST_AT_ONCE = 1000;

/** Every row that matches, newest first. */
export async function readAll(filter: Filter): Promise<ActivityRow[]> {
  const rows: ActivityRow[] = [];
  for (;;) {
    const last = rows.at(-1);
    const page = await ask('activity', {
      ...filter,
      limit: MOST_AT_ONCE,
      ...(last && { before: last.id }),
    });
    rows.push(...page.rows);
    if (!page.more || page.rows.length === 0) return rows;
  }
}
