/**
 * Which rows of the log make room (T-50). What a person decided has a ring of its own, that nothing a page or server
 * does can push anything out of. Of the rest each site has a share, so that none hides another's; sites without a
 * grant have one share between them, or a1., a2., a3. of one owner would have as many (Z39).
 */
import type { ActivityKind, ActivityRow, Trace } from './activity.ts';

/** Rows of decisions kept. */
const MAX_DECISIONS = 3000;
/** Rows kept of what pages and servers caused. */
const MAX_CAUSED = 3000;
/** Of one site with a grant, and of all others together. */
const MAX_SHARE = 200;
/** Traces kept, of one site with a grant, and of all others together. */
const MAX_TRACES = 100;
const MAX_TRACES_SHARE = 20;

/** Each stands for a click, or for the end that somebody chose. */
const DECISIONS: ReadonlySet<ActivityKind> = new Set<ActivityKind>([
  'allowed',
  'denied',
  'dismissed',
  'connected',
  'narrowed',
  'disconnected',
  'ended',
  'paused',
  'resumed',
  'sealed',
  'opened',
]);

/** True for a row about what a person decided. */
export function isDecision({ kind }: Pick<ActivityRow, 'kind'>): boolean {
  return DECISIONS.has(kind);
}

/**
 * The rows that have to go.
 * @param rows newest first
 * @param connected sites that hold a grant
 */
export function rowsToForget(
  rows: readonly ActivityRow[],
  connected: ReadonlySet<string>,
): ActivityRow[] {
  const decisions = rows.filter(isDecision);
  const caused = rows.filter((row) => !isDecision(row));
  return [
    ...decisions.slice(MAX_DECISIONS),
    ...beyondShare(caused, connected, { most: MAX_CAUSED, share: MAX_SHARE }),
  ];
}

/** The traces that have to go; see {@link rowsToForget}. */
export function tracesToForget<T extends Pick<Trace, 'origin'>>(
  traces: readonly T[],
  connected: ReadonlySet<string>,
): T[] {
  return beyondShare(traces, connected, { most: MAX_TRACES, share: MAX_TRACES_SHARE });
}

/** With more sites than have room for a whole share each share is smaller: the loudest give way, not the oldest. */
function beyondShare<T extends { origin: string }>(
  newestFirst: readonly T[],
  connected: ReadonlySet<string>,
  { most, share }: { most: number; share: number },
): T[] {
  const holderOf = ({ origin }: T) => (connected.has(origin) ? origin : '');
  const holders = new Set(newestFirst.map(holderOf)).size;
  const fair = Math.max(1, Math.min(share, Math.floor(most / holders)));
  const kept = new Map<string, number>();
  let all = 0;
  return newestFirst.filter((row) => {
    const holder = holderOf(row);
    const count = kept.get(holder) ?? 0;
    if (count >= fair || all >= most) return true;
    kept.set(holder, count + 1);
    all += 1;
    return false;
  });
}
