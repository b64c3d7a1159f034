/** What the user has let pass, and when (Z53). */
import type { ShownOverride } from '../../shared/facts/override.ts';
import { language, text } from './text.ts';

/** One sentence for each; nothing where there are none. */
export function Said({ set }: { set: readonly ShownOverride[] }) {
  if (set.length === 0) return null;
  return (
    <ul class="said-before">
      {set.map((one) => (
        <li key={one.kind} data-override={one.kind}>
          {saidWords(one)}
        </li>
      ))}
    </ul>
  );
}

/** `You said on … that …`. */
export function saidWords({ kind, at, says = '' }: ShownOverride): string {
  const day = new Intl.DateTimeFormat(language(), { dateStyle: 'medium' }).format(at);
  switch (kind) {
    case 'pkce':
      return text('saidPkce', day);
    case 'own_provider':
      return text('saidOwnProvider', day);
    case 'scopes':
      return text('saidScopes', day, says);
    case 'issuer_pair':
      return text('saidPair', day, says);
    case 'endpoints':
      return text('saidEndpoints', day, says);
    case 'no_resource':
      return text('saidNoResource', day);
  }
}
