/** What else is to be said of a question, by other parts of Grantkeeper: two short lines; the rest is folded. */
import type { ComponentChildren } from 'preact';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { Said } from '../kit/said.tsx';
import { plural, text } from '../kit/text.ts';
import { keeperWords } from './keeper.tsx';

/** Lines that are read at once; more would be read by nobody. Those about a shared client are among the warnings. */
const MOST = 2;

/** In the order of how much they matter. */
export function ExtraLines({ snapshot, sealed }: { snapshot: PromptSnapshot; sealed: boolean }) {
  const { tool, fewer, overridden = [] } = snapshot;
  const most = Math.max(0, MOST - sharedLines(snapshot));
  const keeper = keeperWords(snapshot, sealed);
  const lines: [string, ComponentChildren][] = [];
  if (overridden.length > 0)
    lines.push(['exceptions', plural(overridden.length, 'exceptionsSetOne', 'exceptionsSet')]);
  if (keeper) lines.push(['keeper', text(keeper.words)]);
  if (fewer) lines.push(['fewer', text('fewerAsked')]);
  if (tool !== undefined) lines.push(['tool', text('forTool', tool)]);
  const isFolded = lines.length > most || overridden.length > 0;
  const paragraph =
    (isSeen: boolean) =>
    ([id, words]: (typeof lines)[number]) => (
      <p
        class="aside extra"
        id={id}
        key={id}
        data-read={isSeen ? `line ${id}` : undefined}
        data-keeper={id === 'keeper' ? keeper?.keeper : undefined}
      >
        {words}
      </p>
    );
  return (
    <>
      {lines.slice(0, most).map(paragraph(true))}
      {isFolded && (
        <details class="more-lines">
          <summary>{text('moreAbout')}</summary>
          {lines.slice(most).map(paragraph(false))}
          <Said set={overridden} />
        </details>
      )}
    </>
  );
}

/** How many of the warnings are about a client that other sites use, too. */
function sharedLines({ client, crowded, endsOthers = [] }: PromptSnapshot): number {
  return [client !== undefined, crowded === true, endsOthers.length > 0].filter(Boolean).length;
}
