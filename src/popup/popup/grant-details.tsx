/** What few people need of a grant, behind a fold whose head says when it was last used. */
import type { GrantView } from '../../shared/grant-view.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { KeyCard } from '../kit/key-card.tsx';
import { Said } from '../kit/said.tsx';
import { language, plural, text } from '../kit/text.ts';
import { clockTime, expiryOf, nearTime, timeAgo, type Expiry } from '../kit/time.ts';
import { useLive } from '../kit/use-live.ts';
import { AddAccount, RenameAccount } from './account-name.tsx';
import { allowedScopes } from './grant-scopes.tsx';
import { Keeping } from './keeping.tsx';
import { ScopeChips, type ScopeRemoval } from './scope-chips.tsx';

interface DetailsProps {
  grant: GrantView;
  isOneOfSeveral: boolean;
  removal: ScopeRemoval;
}

/** Permissions by name, facts, the key, how requests go, accounts. */
export function GrantDetails({ grant, isOneOfSeveral, removal }: DetailsProps) {
  const now = Date.now();
  const isSignedIn = grant.expiresAt !== undefined;
  const all = allowedScopes(grant);
  return (
    <details class="grant-details">
      <summary>
        {lastUse(grant, now)} <span class="unseen">{text('details')}</span>
      </summary>
      <div class="grant-more">
        <ScopeChips
          granted={isSignedIn ? grant.granted : all}
          ungranted={isSignedIn ? grant.ungranted : []}
          // The last one is what Disconnect is for.
          removal={all.length > 1 ? removal : undefined}
        />
        <Facts grant={grant} now={now} />
        {grant.endsOthers && <p class="hint ends-others">{text('grantEndsOthers')}</p>}
        <Credential grant={grant} />
        <Said set={grant.overridden ?? []} />
        <Keeping grant={grant} />
        <div class="row-actions">
          {(isOneOfSeveral || grant.accountName !== undefined) && <RenameAccount grant={grant} />}
          {grant.issuer !== undefined && <AddAccount grant={grant} />}
        </div>
      </div>
    </details>
  );
}

/** When it was last used; and, as long as it is, that it is in use right now (Z32). */
function lastUse({ uses, lastUsedAt, streams }: GrantView, now: number) {
  const past =
    uses === 0 ? text('neverUsed') : text('lastUsed', timeAgo(lastUsedAt, now, language()));
  if (streams === undefined) return <span class="last-use">{past}</span>;
  return <span class="last-use streams">{plural(streams, 'openStreamsOne', 'openStreams')}</span>;
}

function Facts({ grant, now }: { grant: GrantView; now: number }) {
  return (
    <ul class="facts">
      <ExpiryFact grant={grant} now={now} />
      <Lifetime grant={grant} now={now} />
      {grant.uses > 0 && <li>{plural(grant.uses, 'didUse', 'didUseOften')}</li>}
      {grant.issuer !== undefined && (
        <li>
          {text('signInAt')} <Address of={grant.issuer} />
        </li>
      )}
    </ul>
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

/** Until when it lasts by itself; that the user is needed is said above, and so is an end that they have set. */
function ExpiryFact({ grant, now }: { grant: GrantView; now: number }) {
  const expiry = expiryOf(grant, now);
  if (expiry.kind === 'again' || grant.issuer === undefined) return null;
  if (expiry.kind === 'renews' && grant.duration !== 'always') return null;
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
