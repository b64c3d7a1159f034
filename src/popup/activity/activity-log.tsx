/** What happened, newest first, by day: to be filtered, saved and erased. */
import { useState } from 'preact/hooks';
import type { ActivityPage } from '../../shared/activity.ts';
import { language, text, type PlainKey } from '../kit/text.ts';
import { dayName } from '../kit/time.ts';
import { ActivityItem } from './activity-item.tsx';
import { ActivityTools } from './activity-tools.tsx';
import { groupByDay, oneForEachAct } from './log-pages.ts';
import { PageHeading } from './page-heading.tsx';
import { useLog, type Filter } from './use-log.ts';

/** The log under its tools. */
export function ActivityLog() {
  const [filter, setFilter] = useState<Filter>({});
  const { log, failed, more, reload } = useLog(filter);
  const [isErased, setErased] = useState(false);
  const isFiltered = Object.keys(filter).length > 0;
  const erased = () => {
    setErased(true);
    reload();
  };
  return (
    <>
      <PageHeading>{text('activityTitle')}</PageHeading>
      <p class="hint">{text('activityExplained')}</p>
      <ActivityTools
        filter={filter}
        setFilter={setFilter}
        rows={log?.rows ?? []}
        isEmpty={log?.rows.length === 0 && !isFiltered}
        erased={erased}
      />
      {failed && (
        <p class="warning" role="alert">
          {text('failSilent')} {text('nextReopen')}
        </p>
      )}
      <div id="log" aria-busy={log === undefined && !failed}>
        {log && <Days log={log} nothing={nothingOf(isFiltered, isErased)} />}
        {log?.more && (
          <button class="button more" type="button" onClick={more}>
            {text('activityMore')}
          </button>
        )}
      </div>
    </>
  );
}

/** Why there may be no row: that nothing ever happened is not true of a log that was erased. */
function nothingOf(isFiltered: boolean, isErased: boolean): PlainKey {
  if (isFiltered) return 'activityNoMatch';
  return isErased ? 'activityNone' : 'activityEmpty';
}

function Days({ log, nothing }: { log: ActivityPage; nothing: PlainKey }) {
  const now = Date.now();
  if (log.rows.length === 0) {
    return (
      <p class="nothing" role="status">
        {text(nothing)}
      </p>
    );
  }
  return (
    <>
      {groupByDay(oneForEachAct(log.rows)).map(({ at, rows }) => (
        <section class="day" key={new Date(at).toDateString()}>
          <h2>{dayName(at, now, language())}</h2>
          <ol class="events">
            {rows.map((row) => (
              <ActivityItem key={row.id} row={row} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}
