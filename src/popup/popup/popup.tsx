/** The toolbar popup, also usable as a tab: what waits, what was allowed, what was refused. */
import '../../shared/frozen.ts';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { documentLink } from '../kit/document-link.ts';
import { failureWords } from '../kit/failure-words.ts';
import { Masthead } from '../kit/mark.tsx';
import { mount } from '../kit/mount.tsx';
import { Refusals } from '../kit/refusals.tsx';
import { text } from '../kit/text.ts';
import { Board } from './board.ts';
import { Grants } from './grants.tsx';
import { isInToolbar } from './in-toolbar.ts';
import { grantKey, mergeEnded, searchEntries, splitRefusals, type Ended } from './grouping.ts';
import { Pending } from './pending.tsx';
import { Search, SEARCH_FROM } from './search.tsx';
import { Unreadable } from './unreadable.tsx';
import { useOverview, type OverviewData } from './use-overview.ts';

function Popup() {
  const { value, failed, reason, reload } = useOverview();
  return (
    <main aria-busy={value?.isWhole !== true && !failed}>
      <Masthead isHeading />
      {failed && (
        <p class="warning" role="alert">
          {reason
            ? text(failureWords({ code: 'internal_error', reason }).what)
            : `${text('failSilent')} ${text('nextReopen')}`}
        </p>
      )}
      {value && <Overview all={value} changed={reload} />}
      <nav class="elsewhere" aria-label={text('pagesLabel')}>
        <a href={documentLink('activity')} target="_blank" rel="noopener">
          {text('activityTitle')}
        </a>
        <a href={documentLink('settings')} target="_blank" rel="noopener">
          {text('settingsLink')}
        </a>
      </nav>
    </main>
  );
}

function Overview({ all, changed }: { all: OverviewData; changed: () => void }) {
  const { site, pending, grants, refusals, settings, isWhole, ahead, unreadable } = all;
  const [ended, setEnded] = useState<Ended[]>([]);
  const [query, setQuery] = useState('');
  const end = useCallback((next: Ended[]) => {
    const again = new Set(next.map(({ grant }) => grantKey(grant)));
    setEnded((last) => [...last.filter(({ grant }) => !again.has(grantKey(grant))), ...next]);
  }, []);
  const entries = useMemo(() => mergeEnded(grants, ended, ahead), [grants, ended, ahead]);
  const found = useMemo(() => searchEntries(entries, query), [entries, query]);
  const isMany = entries.length >= SEARCH_FROM;
  const isSearched = isMany && query.trim() !== '';
  const paused = settings.pausedSites;
  const board = useMemo(
    () => ({ grants, isWhole, isSearched, paused, end, changed }),
    [grants, isWhole, isSearched, paused, end, changed],
  );
  const { here, elsewhere } = splitRefusals(refusals, site, isSearched);
  return (
    <Board.Provider value={board}>
      <Pending views={pending} />
      {unreadable > 0 && <Unreadable count={unreadable} changed={changed} />}
      {isMany && (
        <Search
          query={query}
          found={found.length}
          all={isWhole ? entries.length : undefined}
          search={setQuery}
        />
      )}
      <Grants entries={isMany ? found : entries} site={site} refusals={here} />
      <Refusals refusals={elsewhere} changed={changed} />
    </Board.Provider>
  );
}

if (isInToolbar()) document.body.classList.add('in-toolbar');
mount('popupTitle', () => <Popup />);
