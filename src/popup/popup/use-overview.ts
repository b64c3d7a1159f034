/** What the toolbar popup shows: with very many grants a part of them first, and the whole after it is on screen. */
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { ask } from '../kit/ask.ts';
import { useLive } from '../kit/use-live.ts';
import { findActiveSite } from './active-site.ts';
import { grantKey } from './grouping.ts';

/** Grants of other sites in the first part: more than fit into the popup, few enough to cost nothing. */
const FIRST = 100;

export type OverviewData = Awaited<ReturnType<typeof readFirst>>;

/** The newest of it, as `useLive` gives it. */
export function useOverview() {
  const ahead = useRef<ReadonlySet<string> | undefined>(undefined);
  const load = useCallback(async () => {
    if (ahead.current) return readWhole(ahead.current);
    const first = await readFirst();
    ahead.current = first.ahead;
    return first;
  }, []);
  const live = useLive<OverviewData>(load);
  const { value, reload } = live;
  const isPart = value?.isWhole === false;
  // An effect waits for the frame.
  useEffect(() => {
    if (isPart) reload();
  }, [isPart, reload]);
  return live;
}

async function readFirst() {
  const site = findActiveSite().catch(() => undefined);
  const [origin, grants, rest] = await Promise.all([site, site.then(askFirst), readRest()]);
  const isWhole = grants.filter((grant) => grant.origin !== origin).length < FIRST;
  /** The grants that keep their places above those that are read later. */
  const ahead: ReadonlySet<string> = new Set(isWhole ? [] : grants.map(grantKey));
  return { ...rest, site: origin, grants, isWhole, ahead };
}

async function readWhole(ahead: ReadonlySet<string>): Promise<OverviewData> {
  const [site, grants, rest] = await Promise.all([
    findActiveSite().catch(() => undefined),
    ask('grants', {}),
    readRest(),
  ]);
  return { ...rest, site, grants, isWhole: true, ahead };
}

function askFirst(origin: string | undefined) {
  return ask('grants', { ...(origin !== undefined && { origin }), limit: FIRST });
}

async function readRest() {
  const [pending, refusals, settings, unreadable] = await Promise.all([
    ask('pending', {}),
    ask('refusals', {}),
    ask('settings', {}),
    ask('unreadable', {}),
  ]);
  return { pending, refusals, settings, unreadable: unreadable.count };
}
