/** Sites that are turned away for now because the user said so. */
import { useState } from 'preact/hooks';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { text } from '../kit/text.ts';
import { Section, StatusLine } from './section.tsx';

/** Resume takes effect at once. */
export function PausedSites({ sites, changed }: { sites: readonly string[]; changed: () => void }) {
  const [failed, setFailed] = useState(false);
  const resume = (origin: string) => {
    setFailed(false);
    ask('pause', { origin, paused: false }).then(changed, () => setFailed(true));
  };
  const explained = sites.length > 0 ? 'pausedListExplained' : 'pausedNone';
  return (
    <Section
      id="paused"
      heading="pausedHeading"
      explained={explained}
      isEmpty={sites.length === 0 && !failed}
    >
      {sites.length > 0 && (
        <ul class="lines">
          {sites.map((site) => (
            <li key={site} data-paused={site}>
              <span>
                <Address of={site} />
              </span>
              <button
                class="button button-small resume"
                type="button"
                aria-label={text('resumeLabel', site)}
                onClick={() => resume(site)}
              >
                {text('resume')}
              </button>
            </li>
          ))}
        </ul>
      )}
      <StatusLine said={failed ? text('notSaved') : undefined} bad={failed} />
    </Section>
  );
}
