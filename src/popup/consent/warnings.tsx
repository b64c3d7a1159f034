/** What deserves a second look before Allow. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { patternAddress } from '../kit/address-parts.ts';
import { Address } from '../kit/address.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { isWideScope, MANY_SCOPES } from './scope-hints.ts';

/** Every warning that the snapshot gives cause for; nothing when there is none. */
export function Warnings({ snapshot }: { snapshot: PromptSnapshot }) {
  const { formerIssuer, issuer, foreignHosts, endsOthers = [], scopes, client } = snapshot;
  return (
    <div class="warnings">
      {formerIssuer !== undefined && issuer !== undefined && (
        <ProviderChanged from={formerIssuer} to={issuer} />
      )}
      {snapshot.wider && (
        <p class="warning" id="wider">
          {text('warnWider')} <Address of={snapshot.resource} />
        </p>
      )}
      {client !== undefined && (
        <p class="warning" id="client">
          {text('warnClient', client)}
        </p>
      )}
      {foreignHosts.length > 0 && (
        <Listed id="foreign-hosts" words="warnForeignHosts" addresses={foreignHosts} />
      )}
      {endsOthers.length > 0 && (
        <Listed id="ends-others" words="warnEndsOthers" addresses={endsOthers} />
      )}
      {scopes.added.some(isWideScope) && (
        <p class="warning" id="wide-scopes">
          {text('warnWideScopes')}
        </p>
      )}
      {scopes.added.length > MANY_SCOPES && (
        <p class="warning" id="many-scopes">
          {text('warnManyScopes', String(scopes.added.length))}
        </p>
      )}
    </div>
  );
}

/** Neither of the two metadata documents exists (Z19). Above everything else, since it weakens everything else. */
export function LegacyWarning() {
  return (
    <div class="warning warning-grave" id="legacy">
      <h2>{text('legacyHeading')}</h2>
      <p>{text('legacyExplained')}</p>
      <p>{text('legacyAdvice')}</p>
    </div>
  );
}

function ProviderChanged({ from, to }: { from: string; to: string }) {
  return (
    <div class="warning warning-grave" id="provider-changed">
      <p>{text('warnProviderChanged')}</p>
      <dl>
        <dt>{text('warnProviderFrom')}</dt>
        <dd>
          <Address of={from} />
        </dd>
        <dt>{text('warnProviderTo')}</dt>
        <dd>
          <Address of={to} />
        </dd>
      </dl>
    </div>
  );
}

interface ListedProps {
  id: string;
  words: PlainKey;
  addresses: string[];
}

/** A warning that is about addresses. */
function Listed({ id, words, addresses }: ListedProps) {
  return (
    <div class="warning" id={id}>
      <p>{text(words)}</p>
      <ul>
        {addresses.map((address) => (
          <li key={address}>
            <Address of={address} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Prepares the user for the browser's own question, which names hosts in the browser's words. */
export function HostAccessNotice({ patterns }: { patterns: string[] }) {
  if (patterns.length === 0) return null;
  return (
    <div class="aside" id="host-access">
      <p>{text('hostAccessNext')}</p>
      <ul>
        {patterns.map((pattern) => (
          <li key={pattern}>
            <Address of={patternAddress(pattern)} />
          </li>
        ))}
      </ul>
    </div>
  );
}
