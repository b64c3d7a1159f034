/** Sites that are turned away without a question (Z24): until when, and how to be asked again. */
import { TOKEN_ITSELF } from '../../shared/facts/token-itself.ts';
import type { RefusalView } from '../../shared/grant-view.ts';
import { Address } from './address.tsx';
import { ask } from './ask.ts';
import { groupRefusals, type Refused } from './group-refusals.ts';
import { language, text, type PlainKey } from './text.ts';
import { clockTime } from './time.ts';

const KIND: Record<RefusalView['kind'], PlainKey> = {
  denied: 'refusalDenied',
  dismissed: 'refusalDismissed',
  embargo: 'refusalEmbargo',
};

interface RefusalsProps {
  refusals: RefusalView[];
  changed: () => void;
}

/** Nothing when nobody is refused. */
export function Refusals({ refusals, changed }: RefusalsProps) {
  if (refusals.length === 0) return null;
  return (
    <section id="refusals" aria-labelledby="refusals-label">
      <h2 id="refusals-label">{text('refusalsHeading')}</h2>
      <p class="hint">{text('refusalsExplained')}</p>
      <ul class="rows">
        {groupRefusals(refusals).map((refused) => (
          <RefusedRow
            key={`${refused.origin} ${refused.resource}`}
            refused={refused}
            changed={changed}
          />
        ))}
      </ul>
    </section>
  );
}

function RefusedRow({ refused, changed }: { refused: Refused; changed: () => void }) {
  const { origin, resource, refusals } = refused;
  const forgive = () => void ask('forgive', { origin, resource }).then(changed, changed);
  return (
    <li class="tag tag-refused" data-refusal={`${origin} ${resource}`}>
      <h3>
        <Address of={origin} />
      </h3>
      <p class="at-server">
        <span class="hint">{text('server')}</span> <Address of={resource} />
      </p>
      <ul class="facts">
        {refusals.map((refusal) => (
          <RefusalLine key={`${refusal.kind} ${refusal.scopes.join(' ')}`} refusal={refusal} />
        ))}
      </ul>
      <button
        class="button button-small forgive"
        type="button"
        aria-label={text('askAgainLabel', origin, resource)}
        onClick={forgive}
      >
        {text('askAgain')}
      </button>
    </li>
  );
}

function RefusalLine({ refusal }: { refusal: RefusalView }) {
  const until = clockTime(refusal.until, Date.now(), language());
  return (
    <li>
      {text(KIND[refusal.kind])}, {text('refusalUntil', until)}
      {refusal.scopes.map((scope) =>
        scope === TOKEN_ITSELF ? (
          <span class="mark" key={scope}>
            {text('refusalHand')}
          </span>
        ) : (
          <code key={scope}>{scope}</code>
        ),
      )}
    </li>
  );
}
