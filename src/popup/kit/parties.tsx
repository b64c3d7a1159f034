/** Who asks, for which server, and where one signs in: each address in full. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { patternAddress } from './address-parts.ts';
import { Address, AddressMarks } from './address.tsx';
import { text, type PlainKey } from './text.ts';

interface PartyProps {
  id: string;
  label: PlainKey;
  address: string;
}

function Party({ id, label, address }: PartyProps) {
  return (
    <div class={`party party-${id}`}>
      <dt>{text(label)}</dt>
      <dd>
        <span id={id}>
          <Address of={address} />
        </span>{' '}
        <AddressMarks of={address} />
      </dd>
    </div>
  );
}

/** The chain from the site to its sign-in provider. */
export function Parties({ snapshot }: { snapshot: PromptSnapshot }) {
  const contact = snapshot.contact === undefined ? undefined : patternAddress(snapshot.contact);
  return (
    <dl class="parties">
      <Party id="site" label="site" address={snapshot.origin} />
      <Party id="server" label="server" address={snapshot.asked} />
      {contact !== undefined && new URL(contact).hostname !== new URL(snapshot.asked).hostname && (
        <Party id="contact" label="contact" address={contact} />
      )}
      {snapshot.issuer !== undefined && (
        <Party id="provider" label="provider" address={snapshot.issuer} />
      )}
      {snapshot.accountName !== undefined && (
        <div class="party party-account">
          <dt>{text('accountOf')}</dt>
          <dd>
            <bdi id="account">{snapshot.accountName}</bdi>
          </dd>
        </div>
      )}
    </dl>
  );
}
