/** The heading of a question: what would be allowed, to whom, and where, by name. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { siteName } from '../kit/address-parts.ts';
import { NAME_PLACES, NamedHeading } from '../kit/named-heading.tsx';
import { text } from '../kit/text.ts';
import { providerToContact } from '../kit/parties.tsx';

/** What the question is about, in one sentence. */
export function Heading({ snapshot }: { snapshot: PromptSnapshot }) {
  const { origin, asked, issuer } = snapshot;
  const provider = providerToContact(snapshot) ?? issuer ?? asked;
  const isOfProvider = snapshot.stage === 'client' || providerToContact(snapshot) !== undefined;
  const first = siteName(isOfProvider ? provider : origin);
  return <NamedHeading words={wordsOf(snapshot)} names={[first, siteName(asked)]} />;
}

function wordsOf(snapshot: PromptSnapshot): string {
  switch (snapshot.stage) {
    case 'reach':
      return providerToContact(snapshot) === undefined
        ? text('reachHeading', ...NAME_PLACES)
        : text('reachProviderHeading', ...NAME_PLACES);
    case 'client':
      return text('clientHeading', NAME_PLACES[0]);
    case 'excess':
      return text('excessHeading', ...NAME_PLACES);
    case 'hand':
      return text('handHeading', ...NAME_PLACES);
    case 'allow':
      if (snapshot.scopes.held.length === 0) return text('allowHeading', ...NAME_PLACES);
      return snapshot.scopes.added.length > 0
        ? text('moreHeading', ...NAME_PLACES)
        : text('againHeading', ...NAME_PLACES);
  }
}

/** Of a server that wants a key. */
export function KeyHeading({ snapshot }: { snapshot: PromptSnapshot }) {
  const { origin, asked, keyRefused } = snapshot;
  const words = keyRefused
    ? text('keyRefusedHeading', NAME_PLACES[1])
    : text('keyHeading', ...NAME_PLACES);
  // Of a key that was refused only the server is named.
  const first = siteName(keyRefused ? asked : origin);
  return <NamedHeading words={words} names={[first, siteName(asked)]} />;
}
