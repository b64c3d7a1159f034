/** The toolbar popup, also usable as a tab: what waits, what was allowed, what was refused. */
import { useCallback, useState } from 'preact/hooks';
import { findActiveSite } from './active-site.ts';
import { ask } from './ask.ts';
import { Grants } from './grants.tsx';
import { grantKey, mergeEnded, type Ended } from './grouping.ts';
import { useLive } from './live.ts';
import { Masthead } from './mark.tsx';
import { mount } from './mount.tsx';
import { Pending } from './pending.tsx';
import { Refusals } from './refusals.tsx';
import { DeveloperMode } from './developer-mode.tsx';
import { text } from './text.ts';

/** Everything on this page, in one round. */
async function loadAll() {
  const [site, pending, grants, refusals, settings] = await Promise.all([
    findActiveSite().catch(() => undefined),
    ask('pending', {}),
    ask('grants', {}),
    ask('refusals', {}),
    ask('settings', {}),
  ]);
  return { site, pending, grants, refusals, settings };
}

function Popup() {
  const { value, failed, reload } = useLive(loadAll);
  const [ended, setEnded] = useState<Ended[]>([]);
  const end = useCallback((next: Ended) => {
    setEnded((last) => [...last.filter((e) => grantKey(e.grant) !== grantKey(next.grant)), next]);
  }, []);

  return (
    <main aria-busy={value === undefined && !failed}>
      <Masthead isHeading />
      {failed && (
        <p class="warning" role="alert">
          {text('failSilent')} {text('nextReopen')}
        </p>
      )}
      {value && (
        <>
          <Pending views={value.pending} />
          <Grants entries={mergeEnded(value.grants, ended)} site={value.site} end={end} />
          <Refusals refusals={value.refusals} changed={reload} />
          <DeveloperMode settings={value.settings} />
        </>
      )}
    </main>
  );
}

mount('popupTitle', () => <Popup />);
