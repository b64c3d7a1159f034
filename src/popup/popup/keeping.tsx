/** How a site's requests reach a server: whether it has the key, what the browser has to allow, which headers go along. */
import { useContext, useState } from 'preact/hooks';
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import { NO_KNOWN_END } from '../../shared/facts/duration.ts';
import type { GrantView } from '../../shared/grant-view.ts';
import { patternAddress } from '../kit/address-parts.ts';
import { ask } from '../kit/ask.ts';
import { Field } from '../kit/field.tsx';
import { requestHostAccess } from '../kit/host-access.ts';
import { Switch } from '../kit/switch.tsx';
import { language, text } from '../kit/text.ts';
import { nearTime } from '../kit/time.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { Board } from './board.ts';
import { grantKey, nameOf } from './grouping.ts';

type Sealing = ExtensionCalls['seal']['result'];

/** The browser was told no, or told no later: only a click brings that up again (Z33). */
export function HostAccess({ grant: { missingAccess: pattern } }: { grant: GrantView }) {
  const { changed } = useContext(Board);
  if (pattern === undefined) return null;
  const host = new URL(patternAddress(pattern)).hostname;
  return (
    <div class="warning no-access">
      <p>
        <strong>{text('noHostAccess', host)}</strong> {text('noHostAccessHow')}
      </p>
      <button
        class="button button-small give-access"
        type="button"
        onClick={() => void requestHostAccess([pattern])?.then(changed)}
      >
        {text('giveHostAccess')}
      </button>
    </div>
  );
}

/** Folded away: most people never need it. */
export function Keeping({ grant }: { grant: GrantView }) {
  return (
    <details class="keeping">
      <summary>{text('requestsHeading')}</summary>
      {grant.credential === undefined ? (
        <SealSwitch grant={grant} />
      ) : (
        <p class="hint">{text('sealAlways')}</p>
      )}
      <Headers grant={grant} />
    </details>
  );
}

/** Shows what the background took, not what was clicked. */
function SealSwitch({ grant }: { grant: GrantView }) {
  const { changed } = useContext(Board);
  const { state, run } = useConfirmed<Sealing>();
  const isSealed = grant.sealedOnly === true;
  const toggle = (sealed: boolean, box: HTMLInputElement) => {
    run(async () => {
      try {
        return await ask('seal', { ...nameOf(grant), sealed });
      } catch (error) {
        box.checked = isSealed;
        throw error;
      } finally {
        changed();
      }
    });
  };
  const words = state.step === 'done' ? outcomeWords(state.result) : '';
  return (
    <>
      <Switch
        id={`seal ${grantKey(grant)}`.replaceAll(' ', '_')}
        label={text('sealLabel')}
        note={text('sealHint')}
        checked={isSealed}
        busy={state.step === 'running'}
        change={toggle}
      />
      <p class="seal-outcome" role="status">
        {words}
      </p>
      {state.step === 'failed' && (
        <p class="warning" role="alert">
          {text('notSaved')}
        </p>
      )}
    </>
  );
}

function outcomeWords(result: Sealing): string {
  if (result.outcome === 'ended') return text('sealEnded');
  if (result.outcome !== 'lingers') return '';
  if (result.endsAt >= NO_KNOWN_END) return text('sealLingersOpen');
  return text('sealLingers', nearTime(result.endsAt, Date.now(), language()));
}

/** Names that the background has left out of the site's requests so far. */
function Headers({ grant }: { grant: GrantView }) {
  const { changed } = useContext(Board);
  const { state, run } = useConfirmed<boolean>();
  const [names, setNames] = useState((grant.headers ?? []).join(', '));
  const id = `headers ${grantKey(grant)}`.replaceAll(' ', '_');
  const save = async () => {
    const list = names.split(/[\s,]+/).filter((name) => name !== '');
    const { saved } = await ask('allowHeaders', { ...nameOf(grant), names: list });
    changed();
    return saved;
  };
  const hasFailed = state.step === 'failed' || (state.step === 'done' && !state.result);
  return (
    <form
      class="headers"
      onSubmit={(event) => {
        event.preventDefault();
        run(save);
      }}
    >
      <Field id={id} label="headersHeading" hint="headersHint" value={names} change={setNames} />
      <button class="button button-small" type="submit">
        {text('headersSave')}
      </button>
      <p role="status">{state.step === 'done' && state.result ? text('settingSaved') : ''}</p>
      {hasFailed && (
        <p class="warning" role="alert">
          {text('headersRefused')}
        </p>
      )}
    </form>
  );
}
