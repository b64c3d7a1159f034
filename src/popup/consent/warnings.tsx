/** What deserves a second look before Allow. Each piece is marked, since Allow waits until it has been in view. */
import type { ComponentChildren } from 'preact';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { patternAddress, registrableDomain } from '../kit/address-parts.ts';
import { Address } from '../kit/address.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { MANY_SCOPES } from '../kit/scope-hints.ts';

/** Every warning that the snapshot gives cause for; nothing when there is none. */
export function Warnings({ snapshot }: { snapshot: PromptSnapshot }) {
  const { foreignHosts, newHosts = [], scopes, client, declared } = snapshot;
  const otherHosts = foreignHosts.filter((host) => !newHosts.includes(host));
  const signsInAt = isElsewhere(snapshot) ? snapshot.signsInAt : undefined;
  return (
    <div class="warnings">
      {snapshot.wider && (
        <Warning id="wider">
          {text('warnWider')} <Address of={snapshot.resource} />
        </Warning>
      )}
      {declared !== undefined && (
        <Listed id="declared" words="warnDeclared" addresses={[declared]} isGrave />
      )}
      {snapshot.weaker && (
        <Warning id="weaker" isGrave>
          {text('warnWeaker')}
        </Warning>
      )}
      {client !== undefined && <Warning id="client">{text('warnClient', client)}</Warning>}
      {signsInAt !== undefined && (
        <Listed id="signs-in-at" words="warnSignsInAt" addresses={[signsInAt]} isGrave />
      )}
      {newHosts.length > 0 && (
        <Listed id="new-hosts" words="warnNewHosts" addresses={newHosts} isGrave />
      )}
      {otherHosts.length > 0 && (
        <Listed id="foreign-hosts" words="warnForeignHosts" addresses={otherHosts} />
      )}
      <OtherSites snapshot={snapshot} />
      {scopes.added.length > MANY_SCOPES && (
        <Warning id="many-scopes">{text('warnManyScopes', String(scopes.added.length))}</Warning>
      )}
    </div>
  );
}

interface WarningProps {
  id: string;
  isGrave?: boolean;
  children: ComponentChildren;
}

/** One sentence. */
export function Warning({ id, isGrave, children }: WarningProps) {
  return (
    <div class={isGrave ? 'warning warning-grave' : 'warning'} id={id} data-read={`warning ${id}`}>
      <p>{children}</p>
    </div>
  );
}

/** What the sign-in means for other sites that are known to the provider as the same client (Z56). */
function OtherSites({ snapshot: { endsOthers = [], crowded } }: { snapshot: PromptSnapshot }) {
  return (
    <>
      {endsOthers.length > 0 && (
        <Listed id="ends-others" words="warnEndsOthers" addresses={endsOthers} />
      )}
      {crowded && <Warning id="crowded">{text('warnCrowded')}</Warning>}
    </>
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
    <div class="warning warning-grave" id="legacy" data-read="warning legacy">
      <h2>{text('legacyHeading')}</h2>
      <p>{text('legacyExplained')}</p>
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
      <p data-read={`warning ${id}`}>{text(words)}</p>
      <ul>
        {addresses.map((address) => (
          <li key={address} data-read={`warning ${id} ${address}`}>
            <Address of={address} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Prepares the user for the browser's own question, which names hosts in the browser's words. */
export function HostAccessNotice({
  hostAccess,
  lent = [],
  stage,
}: Pick<PromptSnapshot, 'hostAccess' | 'lent' | 'stage'>) {
  const kept = hostAccess.filter((pattern) => !lent.includes(pattern));
  // The heading has just named the one address.
  if (stage === 'reach' && kept.length > 0) {
    return (
      <div class="aside" id="host-access">
        <p data-read={`host ${kept.join(' ')}`}>{text('hostAccessNextHere')}</p>
      </div>
    );
  }
  return (
    <>
      <Asked id="host-access" words="hostAccessNext" patterns={kept} />
      <Asked id="host-access-lent" words="hostAccessLent" patterns={lent} />
    </>
  );
}

function Asked({ id, words, patterns }: { id: string; words: PlainKey; patterns: string[] }) {
  if (patterns.length === 0) return null;
  return (
    <div class="aside" id={id}>
      <p>{text(words)}</p>
      <ul>
        {patterns.map((pattern) => (
          <li key={pattern} data-read={`host ${pattern}`}>
            <Address of={patternAddress(pattern)} />
          </li>
        ))}
      </ul>
    </div>
  );
}
