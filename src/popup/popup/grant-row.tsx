/** One grant: what, until when, how much used, and how to take it back. */
import type { GrantView } from '../../shared/grant-view.ts';
import { Address, AddressMarks } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { KeyCard } from '../kit/key-card.tsx';
import { Said } from '../kit/said.tsx';
import { language, text } from '../kit/text.ts';
import { clockTime, expiryOf, nearTime, timeAgo, type Expiry } from '../kit/time.ts';
import { useLive } from '../kit/use-live.ts';
import { AddAccount, RenameAccount } from './account-name.tsx';
import { Disconnect } from './disconnect.tsx';
import { GrantScopes } from './grant-scopes.tsx';
import type { Entry } from './grouping.ts';
import { HostAccess, Keeping } from './keeping.tsx';
import { RevocationOutcome } from './revocation-outcome.tsx';

interface RowProps {
  entry: Entry;
  lead: 'site' | 'server';
}

/** A living grant with its buttons, or an ended one with its outcome. */
export function GrantRow({ entry: { grant, outcome }, lead }: RowProps) {
  return (
    <li
      class={outcome ? 'tag tag-ended' : 'tag'}
      data-grant={`${grant.origin} ${grant.resource}`}
      data-account={grant.account}
    >
      <RowTitle grant={grant} lead={lead} />
      {outcome ? (
        <RevocationOutcome grant={grant} outcome={outcome} />
      ) : (
        <>
          <SignInAgain grant={grant} />
          <HostAccess grant={grant} />
          {grant.accountName !== undefined && (
            <p class="account-name">{text('account', grant.accountName)}</p>
          )}
          <GrantDetails grant={grant} />
          <div class="row-actions">
            <Disconnect grant={grant} />
            {grant.issuer !== undefined && <AddAccount grant={grant} />}
            {grant.accountName !== undefined && <RenameAccount grant={grant} />}
          </div>
        </>
      )}
    </li>
  );
}

/** The address that is not yet said above. */
export function RowTitle({ grant, lead }: { grant: GrantView; lead: RowProps['lead'] }) {
  const Title = lead === 'site' ? 'h4' : 'h3';
  const address = lead === 'site' ? grant.origin : grant.resource;
  return (
    <Title>
      <Address of={address} /> <AddressMarks of={address} />
      {grant.legacy && <span class="mark mark-warn">{text('legacyServer')}</span>}
    </Title>
  );
}

/** Above everything else: without the user the site gets nothing any more. */
export function SignInAgain({ grant }: { grant: GrantView }) {
  if (expiryOf(grant, Date.now()).kind !== 'again') return null;
  return (
    <p class="expiry" data-expiry="again">
      {text('expiryAgain')} <span class="hint">{text('expiryAgainHow')}</span>
    </p>
  );
}

/** Scopes and facts. */
export function GrantDetails({ grant }: { grant: GrantView }) {
  const now = Date.now();
  return (
    <>
      {grant.endsOthers && <p class="hint ends-others">{text('grantEndsOthers')}</p>}
      <Credential grant={grant} />
      <Said set={grant.overridden ?? []} />
      <GrantScopes grant={grant} />
      <ul class="facts">
        <ExpiryFact grant={grant} now={now} />
        <Lifetime grant={grant} now={now} />
        {grant.uses === 0 ? (
          <li>{text('neverUsed')}</li>
        ) : (
          <>
            <li>{text('lastUsed', timeAgo(grant.lastUsedAt, now, language()))}</li>
            <li>{text('uses', new Intl.NumberFormat(language()).format(grant.uses))}</li>
          </>
        )}
        {grant.streams !== undefined && (
          <li class="streams">{text('openStreams', String(grant.streams))}</li>
        )}
        {grant.issuer !== undefined && (
          <li>
            {text('signInAt')} <Address of={grant.issuer} />
          </li>
        )}
      </ul>
      <Keeping grant={grant} />
    </>
  );
}

/** What the server knows the user by, where nobody signs in. */
function Credential({ grant: { credential, resource, account } }: { grant: GrantView }) {
  if (credential === 'none') return <p class="hint">{text('grantPublic')}</p>;
  return credential === 'key' ? <GrantKey {...{ resource, account }} /> : null;
}

const loadKeys = () => ask('serverKeys', {});

function GrantKey({ resource, account }: { resource: string; account: string }) {
  const { value = [] } = useLive(loadKeys);
  const key = value.find((one) => one.resource === resource && one.account === account);
  return key ? <KeyCard of={key} /> : null;
}

/** Nothing for what lasts until it is removed. */
function Lifetime({ grant, now }: { grant: GrantView; now: number }) {
  const { duration, endsAt } = grant;
  if (duration === 'always') return null;
  const words =
    duration === 'day' && endsAt !== undefined
      ? text('allowedUntil', nearTime(endsAt, now, language()))
      : text('allowedSession');
  return (
    <li class="lifetime" data-duration={duration}>
      {words}
    </li>
  );
}

/** Until when it lasts by itself; that the user is needed is said above. */
function ExpiryFact({ grant, now }: { grant: GrantView; now: number }) {
  const expiry = expiryOf(grant, now);
  if (expiry.kind === 'again' || grant.issuer === undefined) return null;
  return (
    <li class="expiry" data-expiry={expiry.kind}>
      {expiryWords(expiry, now)}
    </li>
  );
}

function expiryWords(expiry: Exclude<Expiry, { kind: 'again' }>, now: number): string {
  switch (expiry.kind) {
    case 'renews':
      return text('expiryRenews');
    case 'until':
      return text('expiryUntil', clockTime(expiry.at, now, language()));
    case 'open':
      return text('expiryOpen');
  }
}
