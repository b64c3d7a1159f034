/** Scopes that a provider may have refused: what the user unticks isn't asked for at this server any more (Z53). */
import type { PromptSnapshot } from '../../shared/prompt.ts';
import { text } from '../kit/text.ts';
import { hintScope } from '../kit/scope-hints.ts';

/** What a question was about, as far as scopes go; none of them is on both lists. */
export function scopesOf({ scopes }: PromptSnapshot): string[] {
  return [...scopes.added, ...scopes.held];
}

interface LeaveOutProps {
  scopes: readonly string[];
  without: readonly string[];
  change: (without: string[]) => void;
}

/** All of them are ticked at first. Folded: Grantkeeper asks for less without it, where it can (Z45). */
export function LeaveOut({ scopes, without, change }: LeaveOutProps) {
  return (
    <details id="leave-out">
      <summary id="leave-out-heading">{text('leaveOutHeading')}</summary>
      <fieldset
        class="leave-out"
        aria-labelledby="leave-out-heading"
        aria-describedby="leave-out-note"
      >
        <p class="hint" id="leave-out-note">
          {text('leaveOutExplained')} {text('plainWordsGuess')}
        </p>
        {scopes.map((scope) => {
          const others = without.filter((one) => one !== scope);
          const hint = hintScope(scope);
          return (
            <label class="pick-row" key={scope}>
              <input
                type="checkbox"
                value={scope}
                checked={!without.includes(scope)}
                onChange={({ currentTarget: box }) =>
                  change(box.checked ? others : [...others, scope])
                }
              />
              <span>
                <code>{scope}</code> {hint && <span class="hint">{text(hint)}</span>}
              </span>
            </label>
          );
        })}
      </fieldset>
    </details>
  );
}
