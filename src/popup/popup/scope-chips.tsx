/** The permissions of one grant by their own names, in monospace. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { hintScope } from '../kit/scope-hints.ts';
import { text } from '../kit/text.ts';

/** How permissions are taken out of a grant: the button's act, and which of them gets the focus back. */
export interface ScopeRemoval {
  site: string;
  remove: (scopes: string[]) => void;
  /** Those whose button the user has just come back from. */
  returned: readonly string[];
}

interface ChipsProps {
  granted: string[];
  /** Allowed, but not given by the server. */
  ungranted: string[];
  /** Absent where nothing can be removed. */
  removal?: ScopeRemoval | undefined;
}

/** Each with what its name lets us guess, and a button where it can be removed alone. */
export function ScopeChips({ granted, ungranted, removal }: ChipsProps) {
  if (granted.length + ungranted.length === 0) return null;
  return (
    <ul class="chips raw" aria-label={text('scopesRawLabel')}>
      {granted.map((scope) => (
        <li key={scope}>
          <code>{scope}</code> <Guess scope={scope} />
          {removal && <RemoveButton scopes={[scope]} removal={removal} />}
        </li>
      ))}
      {ungranted.map((scope) => (
        <li key={scope} class="chip-ungranted">
          <code>{scope}</code> <span>{text('scopeUngranted')}</span>
          {removal && <RemoveButton scopes={[scope]} removal={removal} />}
        </li>
      ))}
    </ul>
  );
}

function Guess({ scope }: { scope: string }) {
  const hint = hintScope(scope);
  return hint === undefined ? null : <span class="hint">{text(hint)}</span>;
}

interface RemoveProps {
  scopes: string[];
  removal: ScopeRemoval;
}

/** The × beside what it removes. */
export function RemoveButton({ scopes, removal }: RemoveProps) {
  const button = useRef<HTMLButtonElement>(null);
  const isReturned = removal.returned.join(' ') === scopes.join(' ');
  useLayoutEffect(() => {
    if (isReturned) button.current?.focus();
  }, [isReturned]);
  const label = text('scopeRemoveLabel', scopes.join(', '), removal.site);
  return (
    <button
      class="remove"
      type="button"
      ref={button}
      aria-label={label}
      title={label}
      onClick={() => removal.remove(scopes)}
    >
      <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
        <path d="M 1 1 L 8 8 M 8 1 L 1 8" />
      </svg>
    </button>
  );
}
