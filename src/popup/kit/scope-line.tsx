/** One permission: what it means in plain words, our guess; then the name that the server has for it. */
import { text } from './text.ts';
import { hintScope, isWideScope, objectOf } from './scope-hints.ts';

/** The line; the raw name is always there, in monospace and whole: two names may differ in their last letter only. */
export function ScopeLine({ scope }: { scope: string }) {
  return (
    <>
      <ScopeWords scope={scope} />{' '}
      {isWideScope(scope) && <span class="mark mark-warn">{text('scopeWide')}</span>}{' '}
      <code>{scope}</code>
    </>
  );
}

/** `Read files`; nothing where the name gives nothing away. */
export function ScopeWords({ scope }: { scope: string }) {
  const hint = hintScope(scope);
  const object = objectOf(scope);
  if (hint === undefined) return null;
  return (
    <span class="means">
      {text(hint)}
      {object !== '' && <bdi class="object">{object}</bdi>}
    </span>
  );
}
