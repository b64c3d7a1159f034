/** What was allowed: this site first, then the rest by server. Every grant is shown once. */
import { useContext, useMemo, useState } from 'preact/hooks';
import type { GrantView, RefusalView } from '../../shared/grant-view.ts';
import { Address } from '../kit/address.tsx';
import { Mark } from '../kit/mark.tsx';
import { RefusedRows } from '../kit/refusals.tsx';
import { text } from '../kit/text.ts';
import { Accounts } from './accounts.tsx';
import { Board } from './board.ts';
import { DisconnectServer } from './disconnect.tsx';
import { GrantRow } from './grant-row.tsx';
import { groupByServer, groupBySlot, type Entry, type Shelf, type Slot } from './grouping.ts';
import { PauseSwitch } from './pause-switch.tsx';

/** Servers drawn at once, and rows under one server: ten thousand grants must not delay the first paint. */
const SHELVES_AT_ONCE = 12;
const ROWS_AT_ONCE = 8;

interface GrantsProps {
  entries: Entry[];
  /** Origin of the active tab, when the browser tells it. */
  site: string | undefined;
  /** What that site may not ask for now. */
  refusals: RefusalView[];
}

/** Both lists, or the words for when there is nothing to list. */
export function Grants({ entries, site, refusals }: GrantsProps) {
  const { isSearched } = useContext(Board);
  const [here, elsewhere] = useMemo(() => {
    const own = entries.filter((entry) => entry.grant.origin === site);
    const others = entries.filter((entry) => entry.grant.origin !== site);
    return [groupBySlot(own), groupByServer(others)];
  }, [entries, site]);
  const isEmpty = entries.length === 0 && !isSearched;
  return (
    <>
      {site !== undefined && !(isSearched && here.length === 0) && (
        <ThisSite {...{ site, refusals, isEmpty }} slots={here} />
      )}
      {elsewhere.length > 0 && (
        <section id="by-server" aria-labelledby="by-server-label">
          <h2 id="by-server-label">{text(site === undefined ? 'allSites' : 'otherSites')}</h2>
          <Shelves shelves={elsewhere} />
        </section>
      )}
      {entries.length > 0 && <p class="hint guesses">{text('plainWordsGuess')}</p>}
      {isEmpty && <Empty />}
    </>
  );
}

interface ThisSiteProps {
  site: string;
  slots: Slot[];
  refusals: RefusalView[];
  /** No site has anything, which is said below. */
  isEmpty: boolean;
}

function ThisSite({ site, slots, refusals, isEmpty }: ThisSiteProps) {
  const { paused, changed } = useContext(Board);
  return (
    <section id="this-site" aria-labelledby="this-site-label">
      <h2 id="this-site-label">{text('thisSite')}</h2>
      <p class="whose">
        <Address of={site} />
      </p>
      <PauseSwitch site={site} paused={paused.includes(site)} />
      {refusals.length > 0 && (
        <div id="refused-here">
          <RefusedRows refusals={refusals} changed={changed} lead="server" />
        </div>
      )}
      {slots.length === 0 && refusals.length === 0 && !isEmpty && (
        <p class="hint">{text('emptySite')}</p>
      )}
      <Rows slots={slots} lead="server" />
    </section>
  );
}

function Shelves({ shelves }: { shelves: Shelf[] }) {
  const [shown, setShown] = useState(SHELVES_AT_ONCE);
  return (
    <>
      {shelves.slice(0, shown).map((shelf) => (
        <ShelfRows key={shelf.resource} shelf={shelf} />
      ))}
      <More left={shelves.length - shown} show={() => setShown(shown + SHELVES_AT_ONCE)} />
    </>
  );
}

function ShelfRows({ shelf: { resource, slots } }: { shelf: Shelf }) {
  const { grants, isWhole, isSearched } = useContext(Board);
  // Those of this site too, which are listed above.
  const all = useMemo(() => atServer(grants, resource), [grants, resource]);
  return (
    <section class="shelf" data-server={resource}>
      <h3>
        <Address of={resource} />
      </h3>
      <Rows slots={slots} lead="site" />
      {/* It names all that it would disconnect, so it stands only where all are there to be seen. */}
      {isWhole && !isSearched && <DisconnectServer resource={resource} grants={all} />}
    </section>
  );
}

function atServer(grants: readonly GrantView[], resource: string): GrantView[] {
  return grants.filter((grant) => grant.resource === resource);
}

interface RowsProps {
  slots: Slot[];
  /** Which of its two addresses heads a row; the other one stands above. */
  lead: 'site' | 'server';
}

function Rows({ slots, lead }: RowsProps) {
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  if (slots.length === 0) return null;
  return (
    <>
      <ul class="rows">
        {slots.slice(0, shown).map((slot) => {
          const [first, second] = slot.entries;
          const key = `${slot.origin} ${slot.resource}`;
          if (first && !second) return <GrantRow key={key} entry={first} lead={lead} />;
          return <Accounts key={key} slot={slot} lead={lead} />;
        })}
      </ul>
      <More left={slots.length - shown} show={() => setShown(shown + ROWS_AT_ONCE)} />
    </>
  );
}

function More({ left, show }: { left: number; show: () => void }) {
  const { isWhole } = useContext(Board);
  // It says how many there are.
  if (left <= 0 || !isWhole) return null;
  return (
    <button class="button more" type="button" onClick={show}>
      {text('showMore', String(left))}
    </button>
  );
}

function Empty() {
  return (
    <div class="empty" id="empty">
      <Mark size={56} />
      <h2>{text('emptyHeading')}</h2>
      <p>{text('emptyExplained')}</p>
    </div>
  );
}
