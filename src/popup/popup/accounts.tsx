/** Several accounts of one site at one server: which one the site uses, and each by itself. */
import { useContext, useState } from 'preact/hooks';
import type { GrantView } from '../../shared/grant-view.ts';
import { ask } from '../kit/ask.ts';
import { text } from '../kit/text.ts';
import { accountLabel } from './account-label.ts';
import { Board } from './board.ts';
import { GrantBody, RowTitle } from './grant-row.tsx';
import { grantKey, nameOf, type Entry, type Slot } from './grouping.ts';
import { HostAccess } from './keeping.tsx';
import { RevocationOutcome } from './revocation-outcome.tsx';

/** One tag with all accounts on it. */
export function Accounts({ slot, lead }: { slot: Slot; lead: 'site' | 'server' }) {
  const { changed, paused } = useContext(Board);
  const [failed, setFailed] = useState(false);
  const living = slot.entries.flatMap(({ grant, outcome }) => (outcome ? [] : [grant]));
  const [first] = slot.entries;
  if (!first) return null;
  const choose = (grant: GrantView) => {
    setFailed(false);
    ask('chooseAccount', nameOf(grant)).then(
      ({ chosen }) => {
        setFailed(!chosen);
        changed();
      },
      () => setFailed(true),
    );
  };
  return (
    <li
      class={paused.includes(slot.origin) ? 'tag tag-accounts tag-paused' : 'tag tag-accounts'}
      data-grant={`${slot.origin} ${slot.resource}`}
    >
      <RowTitle grant={first.grant} lead={lead} />
      <HostAccess grant={first.grant} />
      <fieldset class="accounts">
        <legend>{text('accountsLegend')}</legend>
        {slot.entries.map((entry) => (
          <Account
            key={grantKey(entry.grant)}
            entry={entry}
            choose={choose}
            isOnly={living.length === 1}
          />
        ))}
      </fieldset>
      {failed && (
        <p class="warning" role="alert">
          {text('notSaved')}
        </p>
      )}
    </li>
  );
}

interface AccountProps {
  entry: Entry;
  choose: (grant: GrantView) => void;
  isOnly: boolean;
}

function Account({ entry: { grant, outcome }, choose, isOnly }: AccountProps) {
  const name = accountLabel(grant);
  if (outcome) {
    return (
      <div class="account account-ended" data-account={grant.account}>
        <p class="account-name">{name}</p>
        <RevocationOutcome grant={grant} outcome={outcome} />
      </div>
    );
  }
  return (
    <div class="account" data-account={grant.account}>
      <label class="radio">
        <input
          type="radio"
          name={`account ${grant.origin} ${grant.resource}`}
          // What the background holds, whatever was clicked; alone, it is the one.
          checked={grant.chosen || isOnly}
          onChange={() => choose(grant)}
        />
        <span class="account-name">{name}</span>
        {grant.chosen && <span class="mark">{text('accountInUse')}</span>}
      </label>
      <GrantBody grant={grant} isOneOfSeveral />
    </div>
  );
}
