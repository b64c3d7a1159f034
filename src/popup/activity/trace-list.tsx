/** For developers: the last flows. */
import { useCallback } from 'preact/hooks';
import type { TraceSummary } from '../../shared/activity.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { language, text, type PlainKey } from '../kit/text.ts';
import { clockTime } from '../kit/time.ts';
import { useLive } from '../kit/use-live.ts';
import { PageHeading } from './page-heading.tsx';

/** How it went. */
export const TRACE_OUTCOME: Record<TraceSummary['outcome'], PlainKey> = {
  done: 'traceDone',
  failed: 'traceFailed',
  open: 'traceOpen',
};

/** Newest first, as the background gives them. */
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
        {value?.map((trace) => (
          <li key={trace.id} class={`event event-${trace.outcome}`} data-trace={trace.id}>
            <time dateTime={new Date(trace.at).toISOString()}>
              {clockTime(trace.at, Date.now(), language())}
            </time>
            <div class="event-body">
              <p class="event-words">
                <a href={`#trace=${encodeURIComponent(trace.id)}`}>
                  <Address of={trace.resource} />
                </a>{' '}
                <span class="mark">{text(TRACE_OUTCOME[trace.outcome])}</span>
              </p>
              <p class="event-parties">
                <Address of={trace.origin} />
              </p>
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}
