/** What a question is about: new permissions, of which the user may take fewer, and those that are allowed already. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { layoutScopes, MOST_LINES, toBeRead } from './scope-layout.ts';
import { ScopeLine } from '../kit/scope-line.tsx';
import { ScopeList } from './scope-list.tsx';
import { modesFor, tickedOf, type TickMode, type Ticks } from './scope-ticks.ts';

const MODES: Record<TickMode, PlainKey> = {
  reading: 'tickReading',
  all: 'tickAll',
  choose: 'tickChoose',
};

interface ScopeGroupsProps {
  snapshot: PromptSnapshot;
  ticks: Ticks;
  change: (ticks: Ticks) => void;
}

/** Whether the user may take fewer than are asked for: only before a sign-in, which is then about those. */
export function mayChoose({ stage, credential }: PromptSnapshot): boolean {
  return stage === 'allow' && credential === undefined;
}

/** What is laid out, and so what has to be read: to choose, one sees all; else what is ticked. */
function shownOf({ scopes: { added } }: PromptSnapshot, ticks: Ticks) {
  const ticked = tickedOf(added, ticks);
  return { ticked, layout: layoutScopes(ticks.mode === 'choose' ? added : ticked) };
}

/** The pieces of the list that have to be in view before Allow. */
export function scopesToBeRead(snapshot: PromptSnapshot, ticks: Ticks): string[] {
  const { ticked, layout } = shownOf(snapshot, ticks);
  return toBeRead(layout, new Set(ticked));
}

/** What is new and what is already allowed, apart; or that the server decides. */
export function ScopeGroups({ snapshot, ticks, change }: ScopeGroupsProps) {
  const { added, held } = snapshot.scopes;
  return (
    <>
      {snapshot.serverDecides && (
        <div class="unnamed" id="server-decides" data-read="server decides">
          <p>{text('serverDecides')}</p>
        </div>
      )}
      {added.length > 0 && <NewScopes {...{ snapshot, ticks, change }} />}
      <HeldScopes scopes={held} />
    </>
  );
}

function NewScopes({ snapshot, ticks, change }: ScopeGroupsProps) {
  const { added, held } = snapshot.scopes;
  const first = held.length === 0 ? 'scopesAsked' : 'scopesNew';
  const modes = mayChoose(snapshot) ? modesFor(added) : [];
  const { ticked, layout } = shownOf(snapshot, ticks);
  return (
    <section class="scopes scopes-new" aria-labelledby="scopes-new-label">
      <h2 id="scopes-new-label">
        {text(snapshot.stage === 'excess' ? 'scopesExcess' : first)}{' '}
        {added.length > MOST_LINES && <span class="count">{added.length}</span>}{' '}
        <span class="guess">{text('scopesGuess')}</span>
      </h2>
      {modes.length > 0 && (
        <fieldset class="modes">
          <legend class="unseen">{text('tickLegend')}</legend>
          {modes.map((mode) => (
            <label key={mode} class="mode">
              <input
                type="radio"
                name="mode"
                value={mode}
                checked={ticks.mode === mode}
                onChange={() => change({ ...ticks, mode })}
              />
              <span>{text(MODES[mode])}</span>
            </label>
          ))}
        </fieldset>
      )}
      <ScopeList
        {...{ layout, ticks, change }}
        ticked={new Set(ticked)}
        isLong={added.length > MOST_LINES}
      />
      {ticked.length < added.length && (
        <p class="hint" id="not-ticked">
          {text('notTicked', String(ticked.length), String(added.length))}
        </p>
      )}
    </section>
  );
}

/** Nothing of it is decided here, so it is short. */
function HeldScopes({ scopes }: { scopes: readonly string[] }) {
  if (scopes.length === 0) return null;
  const list = (
    <ul id="scopes-held" aria-labelledby="scopes-held-label">
      {scopes.map((scope) => (
        <li key={scope}>
          <ScopeLine scope={scope} />
        </li>
      ))}
    </ul>
  );
  return (
    <section class="scopes scopes-held">
      <h2 id="scopes-held-label">
        {text('scopesHeld')}{' '}
        {scopes.length > MOST_LINES && <span class="count">{scopes.length}</span>}
      </h2>
      {scopes.length > MOST_LINES ? (
        <details>
          <summary>{text('showAll')}</summary>
          {list}
        </details>
      ) : (
        list
      )}
    </section>
  );
}
