/** What was allowed: this site first, then the rest by server. Every grant is shown once. */
import { useState } from 'preact/hooks';
import { Address } from './address.tsx';
import { GrantRow } from './grant-row.tsx';
import { grantKey, groupByServer, type Ended, type Entry, type Shelf } from './grouping.ts';
import { Mark } from './mark.tsx';
import { text } from './text.ts';

/** Servers drawn at once; ten thousand grants must not delay the first paint. */
const SHELVES_AT_ONCE = 40;

/** Rows drawn at once under one server. */
const ROWS_AT_ONCE = 20;

interface GrantsProps {
  entries: Entry[];
  /** Origin of the active tab, when the browser tells it. */
  site: string | undefined;
  end: (ended: Ended) => void;
}

/** Both lists, or the words for when there is nothing to list. */
export function Grants({ entries, site, end }: GrantsProps) {
  const here = entries.filter((entry) => entry.grant.origin === site);
  const elsewhere = groupByServer(entries.filter((entry) => entry.grant.origin !== site));
  if (entries.length === 0 && site === undefined) return <Empty />;
  return (
    <>
      {site !== undefined && <ThisSite site={site} entries={here} end={end} />}
      {elsewhere.length > 0 && (
        <section id="by-server" aria-labelledby="by-server-label">
          <h2 id="by-server-label">{text(site === undefined ? 'allSites' : 'otherSites')}</h2>
          <Shelves shelves={elsewhere} end={end} />
        </section>
      )}
      {entries.length === 0 && <Empty />}
    </>
  );
}

function ThisSite({ site, entries, end }: Omit<GrantsProps, 'site'> & { site: string }) {
  return (
    <section id="this-site" aria-labelledby="this-site-label">
      <h2 id="this-site-label">{text('thisSite')}</h2>
      <p class="whose">
        <Address of={site} />
      </p>
      {entries.length === 0 && <p class="hint">{text('emptySite')}</p>}
      <Rows entries={entries} lead="server" end={end} />
    </section>
  );
}

function Shelves({ shelves, end }: { shelves: Shelf[]; end: GrantsProps['end'] }) {
  const [shown, setShown] = useState(SHELVES_AT_ONCE);
  return (
    <>
      {shelves.slice(0, shown).map((shelf) => (
        <section key={shelf.resource} class="shelf">
          <h3>
            <Address of={shelf.resource} />
          </h3>
          <Rows entries={shelf.entries} lead="site" end={end} />
        </section>
      ))}
      <More left={shelves.length - shown} show={() => setShown(shown + SHELVES_AT_ONCE)} />
    </>
  );
}

interface RowsProps {
  entries: Entry[];
  /** Which of its two addresses heads a row; the other one stands above. */
  lead: 'site' | 'server';
  end: GrantsProps['end'];
}

function Rows({ entries, lead, end }: RowsProps) {
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  return (
    <>
      <ul class="rows">
        {entries.slice(0, shown).map((entry) => (
          <GrantRow key={grantKey(entry.grant)} entry={entry} lead={lead} end={end} />
        ))}
      </ul>
      <More left={entries.length - shown} show={() => setShown(shown + ROWS_AT_ONCE)} />
    </>
  );
}

function More({ left, show }: { left: number; show: () => void }) {
  if (left <= 0) return null;
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
