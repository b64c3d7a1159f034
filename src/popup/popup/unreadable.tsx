/** A word about saved connections that were damaged on the disk: nobody else would say why a site asks again. */
import { ask } from '../kit/ask.ts';
import { plural, text } from '../kit/text.ts';

/** How many, until the user has taken note. */
export function Unreadable({ count, changed }: { count: number; changed: () => void }) {
  const forget = () => void ask('unreadable', { forget: true }).then(changed, changed);
  return (
    <div class="warning" id="unreadable" role="status">
      <p>{plural(count, 'unreadableOne', 'unreadable')}</p>
      <button class="button button-small" type="button" onClick={forget}>
        {text('unreadableForget')}
      </button>
    </div>
  );
}
