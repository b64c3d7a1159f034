/** One grant: what, until when, how much used, and how to take it back. */
import type { GrantView } from '../shared/grant.ts';
import { Address, AddressMarks } from './address.tsx';
import { Disconnect, Outcome } from './disconnect.tsx';
import type { Ended, Entry } from './grouping.ts';
import { ScopeChips } from './scopes.tsx';
import { language, text } from './text.ts';
import { clockTime, expiryOf, timeAgo } from './time.ts';

/** More scopes than this are folded away. */
const CHIPS_AT_ONCE = 8;

interface RowProps {
  entry: Entry;
  lead: 'site' | 'server';
  end: (ended: Ended) => void;
}

/** A living grant with its button, or an ended one with its outcome. */
export function GrantRow({ entry, lead, end }: RowProps) {
  const { grant, outcome } = entry;
  const Title = lead === 'site' ? 'h4' : 'h3';
  const address = lead === 'site' ? grant.origin : grant.resource;
  return (
    <li
      class={outcome ? 'tag tag-ended' : 'tag'}
      data-grant={`${grant.origin} ${grant.resource}`}
      data-account={grant.account}
    >
      <Title>
        <Address of={address} /> <AddressMarks of={address} />
      </Title>
      {outcome ? (
        <Outcome grant={grant} outcome={outcome} />
      ) : (
        <>
          <Scopes grant={grant} />
          <Facts entry={entry} />
          <Disconnect grant={grant} end={end} />
        </>
      )}
    </li>
  );
}

function Scopes({ grant }: { grant: GrantView }) {
  const { granted, ungranted, expiresAt } = grant;
  const all = [...granted, ...ungranted];
  // Without a sign-in that lasts nothing is given at the moment; what counts then is what was allowed.
  const chips =
    expiresAt === undefined ? (
      <ScopeChips granted={all} ungranted={[]} />
    ) : (
      <ScopeChips granted={granted} ungranted={ungranted} />
    );
  const count = all.length;
  if (count <= CHIPS_AT_ONCE) return chips;
  return (
    <details>
      <summary>{text('scopesCount', String(count))}</summary>
      {chips}
    </details>
  );
}

function Facts({ entry: { grant, hasTwin } }: { entry: Entry }) {
  const now = Date.now();
  return (
    <ul class="facts">
      {hasTwin && <li>{text('account', grant.account)}</li>}
      <li class="expiry" data-expiry={expiryOf(grant, now).kind}>
        {expiryWords(grant, now)}
      </li>
      {grant.uses === 0 ? (
        <li>{text('neverUsed')}</li>
      ) : (
        <>
          <li>{text('lastUsed', timeAgo(grant.lastUsedAt, now, language()))}</li>
          <li>{text('uses', new Intl.NumberFormat(language()).format(grant.uses))}</li>
        </>
      )}
      <li>
        {text('signInAt')} <Address of={grant.issuer} />
      </li>
    </ul>
  );
}

function expiryWords(grant: GrantView, now: number): string {
  const expiry = expiryOf(grant, now);
  switch (expiry.kind) {
    case 'renews':
      return text('expiryRenews');
    case 'until':
      return text('expiryUntil', clockTime(expiry.at, now, language()));
    case 'again':
      return text('expiryAgain');
  }
}
