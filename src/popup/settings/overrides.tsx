/** Exceptions (Z53): every one that holds, how to take it back, and the kinds that only this page can set. */
import { useRef, useState } from 'preact/hooks';
import type { Override } from '../../shared/facts/override.ts';
import type { ClientView } from '../../shared/settings.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { AskingButton, Confirm } from '../kit/confirm.tsx';
import { saidWords } from '../kit/said.tsx';
import { plural, text } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { useLive } from '../kit/use-live.ts';
import { OverrideForm } from './override-form.tsx';
import { Section, StatusLine } from './section.tsx';

const loadOverrides = () => ask('overrides', {});

/** The list, and the form for a new one. */
export function Overrides({ clients }: { clients: readonly ClientView[] }) {
  const { value = [], reload } = useLive(loadOverrides);
  const [isAdding, setIsAdding] = useState(false);
  const [said, setSaid] = useState<string>();
  const section = useRef<HTMLDivElement>(null);
  const close = (outcome?: string) => {
    setSaid(outcome);
    setIsAdding(false);
    reload();
    // What had the focus is gone; the button is there again after the next paint.
    requestAnimationFrame(() =>
      section.current?.querySelector<HTMLElement>('#add-override')?.focus(),
    );
  };
  const open = () => {
    setSaid(undefined);
    setIsAdding(true);
  };
  return (
    <Section id="overrides" heading="overridesHeading" explained="overridesExplained">
      <div class="parts" ref={section}>
        {value.length === 0 && !isAdding && <p>{text('overridesNone')}</p>}
        <ul class="rows" id="override-list">
          {value.map((one) => (
            <OverrideRow
              key={`${one.kind} ${one.issuer} ${one.resource}`}
              override={one}
              removed={(ended) => close(plural(ended, 'overrideRemovedOne', 'overrideRemoved'))}
            />
          ))}
        </ul>
        <StatusLine said={said} />
        {isAdding ? (
          <OverrideForm
            clients={clients}
            saved={() => close(text('settingSaved'))}
            cancel={() => close()}
          />
        ) : (
          <button class="button" id="add-override" type="button" onClick={open}>
            {text('overrideAdd')}
          </button>
        )}
      </div>
    </Section>
  );
}

interface RowProps {
  override: Override;
  removed: (ended: number) => void;
}

function OverrideRow({ override, removed }: RowProps) {
  const { kind, issuer, resource } = override;
  const places = [issuer, resource].filter((one) => one !== '');
  const { state, open, keep, run } = useConfirmed();
  const remove = () => ask('removeOverride', { kind, issuer, resource });
  return (
    <li class="tag" data-override={kind}>
      <h3>
        {places.map((place) => (
          <div key={place}>
            <Address of={place} />
          </div>
        ))}
      </h3>
      <p>{saidWords(shown(override))}</p>
      {state.step === 'failed' && (
        <p class="fault" role="alert">
          {text('notSaved')}
        </p>
      )}
      {state.step === 'asking' ? (
        <Confirm
          question={text('overrideRemoveAsk')}
          yes={text('removeConfirm')}
          confirm={() => run(() => remove().then(({ ended }) => removed(ended)))}
          keep={keep}
          isGrave
        />
      ) : (
        <AskingButton
          class="remove-override"
          label={text('overrideRemoveLabel', places.join(' '))}
          returned={state.step === 'kept'}
          open={open}
        >
          {text('overrideRemove')}
        </AskingButton>
      )}
    </li>
  );
}

function shown({ kind, at, called, authorizationEndpoint, tokenEndpoint, scopes }: Override) {
  const all = [called, authorizationEndpoint, tokenEndpoint, ...(scopes ?? [])];
  return { kind, at, says: all.filter((one) => one !== undefined).join(' ') };
}
