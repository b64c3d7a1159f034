/** What a site may do, in plain words; each with a way to take it back. */
import { text } from '../kit/text.ts';
import { isRemovable, meaningsOf, type Meaning } from './meanings.ts';
import { RemoveButton, type ScopeRemoval } from './scope-chips.tsx';

interface PlainProps {
  scopes: string[];
  /** How many permissions there are in all. */
  all: number;
  removal: ScopeRemoval;
}

/** The words of the prompt; where a name gives nothing away, the name. */
export function PlainScopes({ scopes, all, removal }: PlainProps) {
  if (scopes.length === 0) return <p class="plain-unnamed">{text('serverDecides')}</p>;
  return (
    <ul class="chips plain" aria-label={text('scopesLabel')}>
      {meaningsOf(scopes).map((meaning) => (
        <li
          key={meaning.scopes.join(' ')}
          class={meaning.isWide ? 'plain-wide' : undefined}
          title={meaning.scopes.join(' ')}
        >
          <Words meaning={meaning} />
          {isRemovable(meaning, all) && <RemoveButton scopes={meaning.scopes} removal={removal} />}
        </li>
      ))}
    </ul>
  );
}

function Words({ meaning: { hint, scopes } }: { meaning: Meaning }) {
  if (hint !== undefined) return <span class="plain-words">{text(hint)}</span>;
  const [only, ...others] = scopes;
  if (others.length === 0) return <code>{only}</code>;
  return <>{text('scopesOthers', String(scopes.length))}</>;
}
