/** Scopes on screen: the raw name always, in monospace; what it may mean, marked as our guess. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { hintScope, isWideScope } from '../consent/scope-hints.ts';
import { text, type PlainKey } from '../kit/text.ts';

/** What is new and what is already allowed, apart; or that the server decides. */
export function ScopeGroups({ snapshot }: { snapshot: PromptSnapshot }) {
  const { added, held } = snapshot.scopes;
  const label = snapshot.stage === 'excess' ? 'scopesExcess' : 'scopesNew';
  return (
    <>
      {snapshot.serverDecides && (
        <div class="unnamed" id="server-decides">
          <p>{text('serverDecides')}</p>
          <p class="hint">{text('serverDecidesExplained')}</p>
        </div>
      )}
      <ScopeGroup id="scopes-new" label={label} scopes={added} />
      <ScopeGroup id="scopes-held" label="scopesHeld" scopes={held} />
    </>
  );
}

interface GroupProps {
  id: 'scopes-new' | 'scopes-held';
  label: PlainKey;
  scopes: string[];
}

function ScopeGroup({ id, label, scopes }: GroupProps) {
  if (scopes.length === 0) return null;
  return (
    <section class={`scopes ${id}`} aria-labelledby={`${id}-label`}>
      <h2 id={`${id}-label`}>
        {text(label)} <span class="count">{scopes.length}</span>
      </h2>
      <ul id={id}>
        {scopes.map((scope) => (
          <ScopeLine key={scope} scope={scope} />
        ))}
      </ul>
    </section>
  );
}

function ScopeLine({ scope }: { scope: string }) {
  const hint = hintScope(scope);
  return (
    <li>
      <code>{scope}</code>{' '}
      {isWideScope(scope) && <span class="mark mark-warn">{text('scopeWide')}</span>}{' '}
      {hint && <span class="hint">{text('scopeGuess', text(hint))}</span>}
    </li>
  );
}

/** How a scope is taken out of a grant: its button, and which of them gets the focus back. */
interface Removal {
  site: string;
  remove: (scope: string) => void;
  returned: string;
}

interface ChipsProps {
  granted: string[];
  /** Allowed, but not given by the server. */
  ungranted: string[];
  /** Absent where nothing can be removed. */
  removal?: Removal;
}

/** The compact form for a list of grants. */
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

function RemoveButton({ scope, removal }: { scope: string; removal: Removal }) {
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
