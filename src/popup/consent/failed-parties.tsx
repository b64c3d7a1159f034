/** Whose sign-in it was, in one line: the site, and the server that it wanted to use. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { Address } from '../kit/address.tsx';
import { text } from '../kit/text.ts';

/** Nothing is decided here: of a longer address its origin is enough to know it by. Characters. */
const LONG = 100;

/** The arrow is for the eyes; a screen reader says which is which. */
export function FailedParties({ snapshot: { origin, asked } }: { snapshot: PromptSnapshot }) {
  return (
    <p class="failed-parties">
      <span class="unseen">{text('site')}: </span>
      <span id="site">
        <Address of={brief(origin)} />
      </span>{' '}
      <span class="arrow" aria-hidden="true" /> <span class="unseen">{text('server')}: </span>
      <span id="server">
        <Address of={brief(asked)} />
      </span>
    </p>
  );
}

/** What nearly all have in common is left out. */
function brief(address: string): string {
  const short = address.length > LONG ? (URL.parse(address)?.origin ?? address) : address;
  return short.replace(/^https:\/\//, '');
}
