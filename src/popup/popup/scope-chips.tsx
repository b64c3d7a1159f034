/** The scopes of one grant in the list of grants: the raw name, in monospace. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { text } from '../kit/text.ts';

/** How a scope is taken out of a grant: its button, and which of them gets the focus back. */
interface ScopeRemoval {
  site: string;
  remove: (scope: string) => void;
  returned: string;
}

interface ChipsProps {
  granted: string[];
  /** Allowed, but not given by the server. */
  ungranted: string[];
  /** Absent where nothing can be removed. */
  removal?: ScopeRemoval;
}

/** The compact form, with a button on each scope where it can be removed alone. */
export function ScopeChips({ granted, ungranted, removal }: ChipsProps) {
  if (granted.length + ungranted.length === 0) {
    return <p class="hint">{text('scopesUnnamed')}</p>;
  }
  return (
    <ul class="chips" aria-label={text('scopesLabel')}>
      {granted.map((scope) => (
        <li key={scope}>
          <code>{scope}</code>
          {removal && <RemoveButton scope={scope} removal={removal} />}
        </li>
      ))}
      {ungranted.map((scope) => (
        <li key={scope} class="chip-ungranted">
          <code>{scope}</code> <span>{text('scopeUngranted')}</span>
          {removal && <RemoveButton scope={scope} removal={removal} />}
        </li>
      ))}
    </ul>
  );
}

function RemoveButton({ scope, removal }: { scope: string; removal: ScopeRemoval }) {
  const button = useRef<HTMLButtonElement>(null);
  const isReturned = removal.returned === scope;
  useLayoutEffect(() => {
    if (isReturned) button.current?.focus();
  }, [isReturned]);
  const label = text('scopeRemoveLabel', scope, removal.site);
  return (
    <button
      class="remove"
      type="button"
      ref={button}
      aria-label={label}
      title={label}
      onClick={() => removal.remove(scope)}
    >
      <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
        <path d="M 1 1 L 8 8 M 8 1 L 1 8" />
      </svg>
    </button>
  );
}
