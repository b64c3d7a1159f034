/** Scopes on screen: the raw name always, in monospace; what it may mean, marked as our guess. */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { text, type PlainKey } from './text.ts';
import { hintScope, isWideScope } from './scope-hints.ts';

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
