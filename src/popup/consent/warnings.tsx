/** What deserves a second look before Allow. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { patternAddress, registrableDomain } from '../kit/address-parts.ts';
import { Address } from '../kit/address.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { isWideScope, MANY_SCOPES } from '../kit/scope-hints.ts';

/** Every warning that the snapshot gives cause for; nothing when there is none. */
export function Warnings({ snapshot }: { snapshot: PromptSnapshot }) {
  const {
    formerIssuer,
    issuer,
    foreignHosts,
    newHosts = [],
    endsOthers = [],
    scopes,
    client,
  } = snapshot;
  const otherHosts = foreignHosts.filter((host) => !newHosts.includes(host));
  const signsInAt = isElsewhere(snapshot) ? snapshot.signsInAt : undefined;
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
      {snapshot.declared !== undefined && (
        <Listed id="declared" words="warnDeclared" addresses={[snapshot.declared]} isGrave />
      )}
      {snapshot.weaker && (
        <div class="warning warning-grave" id="weaker">
          <p>{text('warnWeaker')}</p>
        </div>
      )}
      {client !== undefined && (
        <p class="warning" id="client">
          {text('warnClient', client)}
        </p>
      )}
      {signsInAt !== undefined && (
        <Listed id="signs-in-at" words="warnSignsInAt" addresses={[signsInAt]} isGrave />
      )}
      {newHosts.length > 0 && (
        <Listed id="new-hosts" words="warnNewHosts" addresses={newHosts} isGrave />
      )}
      {otherHosts.length > 0 && (
        <Listed id="foreign-hosts" words="warnForeignHosts" addresses={otherHosts} />
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

/** Whether the sign-in page belongs to somebody else than the provider, as far as a name can tell. */
function isElsewhere({ issuer, signsInAt }: PromptSnapshot): boolean {
  if (issuer === undefined || signsInAt === undefined) return false;
  const [there, own] = [`https://${signsInAt}`, issuer].map((url) => new URL(url).hostname);
  return registrableDomain(there!) !== registrableDomain(own!);
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
  isGrave?: boolean;
}

/** A warning that is about addresses. */
function Listed({ id, words, addresses, isGrave }: ListedProps) {
  return (
    <div class={isGrave ? 'warning warning-grave' : 'warning'} id={id}>
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
