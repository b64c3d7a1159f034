/** The activity log as the text of a file. Pure. */
import type { ActivityRow } from '../../shared/activity.ts';

/** The text of the file. Its members are named one by one: nothing gets in that was not thought about (T-32). */
export function fileOf(rows: readonly ActivityRow[]): string {
  const written = rows.map(({ at, kind, origin, resource, account, scopes, ...rest }) => {
    const { count, code, reason, host, correlationId } = rest;
    const time = new Date(at).toISOString();
    const what = { time, kind, origin, resource, account, scopes, count };
    return { ...what, code, reason, host, correlationId };
  });
  return `${JSON.stringify({ grantkeeperActivity: 1, rows: written }, null, 2)}\n`;
}
