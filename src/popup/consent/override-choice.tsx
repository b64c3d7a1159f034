/** What is missing at a server or its provider, each with a control that is off until the user sets it (Z53). */
import type { AskedOverride } from '../../shared/facts/override.ts';
import { useFaultFocus } from '../kit/field.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import type { Faults } from './answering.ts';

/** What goes on the screen for each: what it lets pass, what that risks, and for whom it holds. */
const WORDS: Record<AskedOverride, { label: PlainKey; risk: PlainKey; holds: PlainKey }> = {
  pkce: { label: 'askPkce', risk: 'askPkceRisk', holds: 'askPkceFor' },
  own_provider: {
    label: 'askOwnProvider',
    risk: 'askOwnProviderRisk',
    holds: 'askOwnProviderFor',
  },
};

interface OverrideChoiceProps {
  missing: readonly AskedOverride[];
  ticked: readonly AskedOverride[];
  tick: (ticked: AskedOverride[]) => void;
  /** `override` is set when Allow was pressed without all of them. */
  faults: Faults;
  attempt: number;
}

/** The controls. Allow alone sets none of them. */
export function OverrideChoice(props: OverrideChoiceProps) {
  const { missing, ticked, tick, attempt } = props;
  const { override: fault } = props.faults;
  const boxes = useFaultFocus<HTMLFieldSetElement>(attempt);
  return (
    <fieldset class="warning warning-grave overrides" id="overrides" ref={boxes}>
      <legend data-read="warning overrides">{text('overrideHeading')}</legend>
      {missing.map((kind) => {
        const isOn = ticked.includes(kind);
        const others = ticked.filter((one) => one !== kind);
        const isAtFault = fault !== undefined && !isOn;
        return (
          <div key={kind} data-read={`warning override ${kind}`}>
            <label class="pick-row">
              <input
                type="checkbox"
                id={`override-${kind}`}
                checked={isOn}
                aria-invalid={isAtFault}
                aria-describedby={`override-${kind}-note`}
                onChange={({ currentTarget: box }) =>
                  tick(box.checked ? [...others, kind] : others)
                }
              />
              <span>{text(WORDS[kind].label)}</span>
            </label>
            <p class="hint" id={`override-${kind}-note`}>
              {text(WORDS[kind].risk)} {text(WORDS[kind].holds)}
              {isAtFault && <span class="fault">{text(fault)}</span>}
            </p>
          </div>
        );
      })}
      <p class="hint">{text('overrideTakeBack')}</p>
    </fieldset>
  );
}
