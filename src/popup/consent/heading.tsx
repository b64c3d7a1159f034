/** The heading of a question: what would be allowed, to whom, and where, by name. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { headingName } from '../kit/address-parts.ts';
import { text } from '../kit/text.ts';
import { providerToContact } from './parties.tsx';

/** Stand for the two names until they are set apart from the sentence around them; no text has them. */
const [FIRST, SECOND] = ['\u0001', '\u0002'];

/** @param words with the two places for names in them, in whatever order the language wants */
function Named({ words, names }: { words: string; names: readonly [string, string] }) {
  return (
    <h1 data-read="heading" data-sentence>
      {words.split(/([\u0001\u0002])/).map((part, index) => {
        if (part !== FIRST && part !== SECOND) return part;
        const name = part === FIRST ? names[0] : names[1];
        return (
          <bdi key={index} class="name">
            {name}
          </bdi>
        );
      })}
    </h1>
  );
}

/** What the question is about, in one sentence. */
export function Heading({ snapshot }: { snapshot: PromptSnapshot }) {
  const { origin, asked, issuer } = snapshot;
  const provider = providerToContact(snapshot) ?? issuer ?? asked;
  const isOfProvider = snapshot.stage === 'client' || providerToContact(snapshot) !== undefined;
  const first = headingName(isOfProvider ? provider : origin);
  return <Named words={wordsOf(snapshot)} names={[first, headingName(asked)]} />;
}

function wordsOf(snapshot: PromptSnapshot): string {
  const names = [FIRST, SECOND] as [string, string];
  switch (snapshot.stage) {
    case 'reach':
      return providerToContact(snapshot) === undefined
        ? text('reachHeading', ...names)
        : text('reachProviderHeading', ...names);
    case 'client':
      return text('clientHeading', FIRST);
    case 'excess':
      return text('excessHeading', ...names);
    case 'hand':
      return text('handHeading', ...names);
    case 'allow':
      if (snapshot.scopes.held.length === 0) return text('allowHeading', ...names);
      return snapshot.scopes.added.length > 0
        ? text('moreHeading', ...names)
        : text('againHeading', ...names);
  }
}

/** Of a server that wants a key. */
export function KeyHeading({ snapshot }: { snapshot: PromptSnapshot }) {
  const { origin, asked, keyRefused } = snapshot;
  const names = [FIRST, SECOND] as [string, string];
  const words = keyRefused ? text('keyRefusedHeading', ...names) : text('keyHeading', ...names);
  return <Named words={words} names={[headingName(origin), headingName(asked)]} />;
}
