/** The activity log as far as it was asked for, kept up to date. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ActivityQuery } from '../../shared/activity.ts';
import { ask } from '../kit/ask.ts';
import { onChanges } from '../kit/changes.ts';
import { append, endOf, prepend, type Log } from './log-pages.ts';

/** Rows that are asked for at a time. */
const PAGE = 50;

/** Which rows. */
export type Filter = Pick<ActivityQuery, 'origin' | 'resource' | 'failed'>;

interface LogState {
  log: Log | undefined;
  failed: boolean;
  more: () => void;
  reload: () => void;
}

/** Loads the newest page now and at every change, and an older one with each `more`. */
export function useLog({ origin, resource, failed: onlyFailed }: Filter): LogState {
  const [log, setLog] = useState<Log>();
  const [failed, setFailed] = useState(false);
  // An answer to an older question must not speak.
  const question = useRef(0);
  const load = useCallback(
    (before: number | undefined, take: (page: Log) => void) => {
      const mine = question.current;
      const query = queryFor({ origin, resource, failed: onlyFailed }, before);
      const settle = (settled: () => void) => mine === question.current && settled();
      ask('activity', query).then(
        (page) =>
          settle(() => {
            take(page);
            setFailed(false);
          }),
        () => settle(() => setFailed(true)),
      );
    },
    [origin, resource, onlyFailed],
  );
  const reload = useCallback(
    () => load(undefined, (page) => setLog((held) => prepend(page, held))),
    [load],
  );
  useEffect(() => {
    question.current += 1;
    setLog(undefined);
    reload();
    return onChanges(reload);
  }, [reload]);
  const more = () => {
    if (log) load(endOf(log), (page) => setLog((held) => held && append(held, page)));
  };
  return { log, failed, more, reload };
}

/** Nothing but what is wished for: the other side refuses a member without a value. */
function queryFor(
  { origin, resource, failed }: { [K in keyof Filter]: Filter[K] | undefined },
  before: number | undefined,
): ActivityQuery {
  return {
    limit: PAGE,
    ...(origin !== undefined && { origin }),
    ...(resource !== undefined && { resource }),
    ...(failed && { failed }),
    ...(before !== undefined && { before }),
  };
}
