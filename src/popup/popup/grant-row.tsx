/** One grant: where, what, when it was last used, and how to take it back. The rest is behind a fold. */
import { useContext } from 'preact/hooks';
import type { GrantView } from '../../shared/grant-view.ts';
import { Address, AddressMarks } from '../kit/address.tsx';
import { text } from '../kit/text.ts';
import { expiryOf } from '../kit/time.ts';
import { Board } from './board.ts';
import { Disconnect } from './disconnect.tsx';
import { GrantDetails } from './grant-details.tsx';
import { GrantScopes, useRemoval } from './grant-scopes.tsx';
import type { Entry } from './grouping.ts';
import { HostAccess } from './keeping.tsx';
import { RevocationOutcome } from './revocation-outcome.tsx';

interface RowProps {
  entry: Entry;
  lead: 'site' | 'server';
}

/** A living grant with its buttons, or an ended one with its outcome. */
export function GrantRow({ entry: { grant, outcome }, lead }: RowProps) {
  const isPaused = useIsPaused(grant);
  const living = isPaused ? 'tag tag-paused' : 'tag';
  return (
    <li
      class={outcome ? 'tag tag-ended' : living}
      data-grant={`${grant.origin} ${grant.resource}`}
      data-account={grant.account}
    >
      <RowTitle grant={grant} lead={lead} />
      {outcome ? (
        <RevocationOutcome grant={grant} outcome={outcome} />
      ) : (
        <>
          <HostAccess grant={grant} />
          {grant.accountName !== undefined && (
            <p class="account-name">{text('account', grant.accountName)}</p>
          )}
          <GrantBody grant={grant} />
        </>
      )}
    </li>
  );
}

/** Whether the user has paused the site of a grant: then nothing about it may look as if it were in use. */
function useIsPaused({ origin }: GrantView): boolean {
  return useContext(Board).paused.includes(origin);
}

/** The address that is not yet said above. */
export function RowTitle({ grant, lead }: { grant: GrantView; lead: RowProps['lead'] }) {
  const Title = lead === 'site' ? 'h4' : 'h3';
  const address = lead === 'site' ? grant.origin : grant.resource;
  return (
    <Title>
      <Address of={address} /> <AddressMarks of={address} />
      {grant.legacy && <span class="mark mark-warn">{text('legacyServer')}</span>}
      {(grant.overridden ?? []).length > 0 && (
        <span class="mark mark-warn">{text('grantException')}</span>
      )}
      {useIsPaused(grant) && <span class="mark mark-paused">{text('pausedSite')}</span>}
    </Title>
  );
}

interface BodyProps {
  grant: GrantView;
  /** The site has more accounts at the server. */
  isOneOfSeveral?: boolean;
}

/** The same for the only account and for each of several. */
export function GrantBody({ grant, isOneOfSeveral = false }: BodyProps) {
  const removing = useRemoval(grant);
  return (
    <>
      <SignInAgain grant={grant} />
      <GrantScopes grant={grant} removing={removing} />
      <div class="foot">
        <GrantDetails {...{ grant, isOneOfSeveral }} removal={removing.removal} />
        <Disconnect grant={grant} />
      </div>
    </>
  );
}

/** Above everything else: without the user the site gets nothing any more. A paused one gets nothing anyway. */
function SignInAgain({ grant }: { grant: GrantView }) {
  const isPaused = useIsPaused(grant);
  if (isPaused || expiryOf(grant, Date.now()).kind !== 'again') return null;
  return (
    <p class="expiry" data-expiry="again">
      {text('expiryAgain')} <span class="hint">{text('expiryAgainHow')}</span>
    </p>
  );
}
