/** For developers: the last flows. */
import { useCallback } from 'preact/hooks';
import type { TraceSummary } from '../../shared/activity.ts';
import { ask } from '../kit/ask.ts';
import { language, text, type PlainKey } from '../kit/text.ts';
import { clockTime } from '../kit/time.ts';
import { useLive } from '../kit/use-live.ts';
import { PageHeading } from './page-heading.tsx';
import { SiteToServer } from './site-to-server.tsx';

/** How it went. */
export const TRACE_OUTCOME: Record<TraceSummary['outcome'], PlainKey> = {
  done: 'traceDone',
  failed: 'traceFailed',
  open: 'traceOpen',
};

/** Newest first, whatever order they come in. */
export function TraceList() {
  const load = useCallback(() => ask('traces', {}), []);
  const { value, failed } = useLive(load);
  return (
    <>
      <PageHeading>{text('tracesHeading')}</PageHeading>
      <p class="hint">{text('tracesExplained')}</p>
      {failed && (
        <p class="warning" role="alert">
          {text('failSilent')} {text('nextReopen')}
        </p>
      )}
      {value?.length === 0 && (
        <p class="nothing" role="status">
          {text('tracesEmpty')}
        </p>
      )}
      <ol id="traces" class="events" aria-busy={value === undefined && !failed}>
        {[...(value ?? [])].sort(byAge).map((trace) => (
          <li key={trace.id} class={`event event-${trace.outcome}`} data-trace={trace.id}>
            <time dateTime={new Date(trace.at).toISOString()}>
              {clockTime(trace.at, Date.now(), language())}
            </time>
            <div class="event-body">
              <p class="event-words">{text(TRACE_OUTCOME[trace.outcome])}</p>
              <SiteToServer
                id={`parties-${trace.id}`}
                origin={trace.origin}
                resource={trace.resource}
              />
              <p>
                <a
                  href={`#trace=${encodeURIComponent(trace.id)}`}
                  aria-describedby={`parties-${trace.id}`}
                >
                  {text('eventTrace')}
                </a>
              </p>
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

function byAge(one: TraceSummary, other: TraceSummary): number {
  return other.at - one.at;
}
