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
      <RefusedRows refusals={refusals} changed={changed} lead="site" />
    </section>
  );
}

/** One row for each site and server. `lead`: which address heads it; with `server` the site stands above already. */
export function RefusedRows({
  refusals,
  changed,
  lead,
}: RefusalsProps & { lead: 'site' | 'server' }) {
  return (
    <ul class="rows">
      {groupRefusals(refusals).map((refused) => (
        <RefusedRow
          key={`${refused.origin} ${refused.resource}`}
          {...{ refused, changed }}
          isShort={lead === 'server'}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  refused: Refused;
  changed: () => void;
  isShort: boolean;
}

function RefusedRow({ refused, changed, isShort }: RowProps) {
  const { origin, resource } = refused;
  const forgive = () => void ask('forgive', { origin, resource }).then(changed, changed);
  return (
    <li class="tag tag-refused" data-refusal={`${origin} ${resource}`}>
      <h3>
        <Address of={isShort ? resource : origin} />
      </h3>
      {!isShort && (
        <p class="at-server">
          <span class="hint">{text('server')}</span> <Address of={resource} />
        </p>
      )}
      <div class="foot">
        <RefusalLine refused={refused} />
        <button
          class="button button-small forgive"
          type="button"
          aria-label={text('askAgainLabel', origin, resource)}
          onClick={forgive}
        >
          {text('askAgain')}
        </button>
      </div>
    </li>
  );
}

function RefusalLine({ refused: { kind, until, scopes } }: { refused: Refused }) {
  const end = clockTime(until, Date.now(), language());
  return (
    <p class="refused">
      {text(KIND[kind])} <span class="clock">{text('refusalUntil', end)}</span>
      {scopes.map((scope) =>
        scope === TOKEN_ITSELF ? (
          <span class="mark" key={scope}>
            {text('refusalHand')}
          </span>
        ) : (
          <code key={scope}>{scope}</code>
        ),
      )}
    </p>
  );
}
