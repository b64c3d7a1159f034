/** Who asks, for which server, and where one signs in: each address in full. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { findPlace, patternAddress } from './address-parts.ts';
import { AddressMarks, FoldedAddress } from './address.tsx';
import { text, type PlainKey } from './text.ts';

interface PartyProps {
  id: string;
  label: PlainKey;
  address: string;
  isPlaceSaid: boolean;
}

function Party({ id, label, address, isPlaceSaid }: PartyProps) {
  return (
    <div class={`party party-${id}`} data-read={`party ${id}`}>
      <dt>{text(label)}</dt>
      <dd>
        <span id={id}>
          <FoldedAddress of={address} />
        </span>{' '}
        <AddressMarks of={address} isPlaceSaid={isPlaceSaid} />
      </dd>
    </div>
  );
}

/** The chain from the site to its sign-in provider; where there is a choice of providers, the choice says it. */
export function Parties({ snapshot }: { snapshot: PromptSnapshot }) {
  const parties = partiesOf(snapshot);
  return (
    <dl class="parties">
      {parties.map((party, index) => {
        const isPlaceSaid = parties
          .slice(0, index)
          .some(({ address }) => findPlace(address) === findPlace(party.address));
        return <Party key={party.id} {...party} isPlaceSaid={isPlaceSaid} />;
      })}
      {snapshot.accountName !== undefined && (
        <div class="party party-account" data-read="party account">
          <dt>{text('accountOf')}</dt>
          <dd>
            <bdi id="account">{snapshot.accountName}</bdi>
          </dd>
        </div>
      )}
    </dl>
  );
}

function partiesOf(snapshot: PromptSnapshot): Omit<PartyProps, 'isPlaceSaid'>[] {
  const { origin, asked, issuer, issuers = [], stage } = snapshot;
  const provider = stage === 'allow' ? 'youSignInAt' : 'provider';
  const contact = providerToContact(snapshot);
  return [
    { id: 'site', label: 'site', address: origin },
    { id: 'server', label: 'server', address: asked },
    ...(contact === undefined
      ? []
      : [{ id: 'contact', label: 'provider', address: contact } as const]),
    ...(issuer === undefined || issuers.length > 1
      ? []
      : [{ id: 'provider', label: provider, address: issuer } as const]),
  ];
}

/** The address that would be contacted, where it is another one than the server's. */
export function providerToContact({ contact, asked }: PromptSnapshot): string | undefined {
  const address = contact === undefined ? undefined : patternAddress(contact);
  const isOther = address !== undefined && new URL(address).hostname !== new URL(asked).hostname;
  return isOther ? address : undefined;
}
