/** From a failure to the steps of this very sign-in. */
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../kit/ask.ts';
import { documentLink } from '../kit/document-link.ts';
import { text } from '../kit/text.ts';

/** Nothing where no steps were recorded, or they have been erased: no link leads nowhere. */
export function TraceLink({ flow }: { flow: string }) {
  const [traced, setTraced] = useState<string>();
  useEffect(() => {
    let isShown = true;
    ask('trace', { id: flow }).then(
      (trace) => isShown && setTraced(trace?.id),
      () => undefined,
    );
    return () => {
      isShown = false;
    };
  }, [flow]);
  if (traced !== flow) return null;
  return (
    <p class="to-trace">
      <a
        id="to-trace"
        href={documentLink('activity', `trace=${encodeURIComponent(flow)}`)}
        target="_blank"
        rel="noreferrer"
      >
        {text('eventTrace')}
      </a>
    </p>
  );
}
