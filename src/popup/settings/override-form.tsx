/** One exception being entered: which, for whom, and what it risks, before it can be saved. */
import { useLayoutEffect, useState } from 'preact/hooks';
import {
  SETTINGS_OVERRIDES,
  type OverrideEntry,
  type SettingsOverride,
} from '../../shared/facts/override.ts';
import type { ClientView } from '../../shared/settings.ts';
import { ask } from '../kit/ask.ts';
import { FormEnd } from '../kit/form-end.tsx';
import { Field, useFaultFocus } from '../kit/field.tsx';
import { text, type PlainKey } from '../kit/text.ts';

type Name = 'issuer' | 'called' | 'authorizationEndpoint' | 'tokenEndpoint' | 'resource';

/** What each kind is called, what it risks, and what has to be entered. */
const KINDS: Record<SettingsOverride, { label: PlainKey; risk: PlainKey; fields: Name[] }> = {
  issuer_pair: {
    label: 'overrideKindPair',
    risk: 'overrideRiskPair',
    fields: ['issuer', 'called'],
  },
  endpoints: {
    label: 'overrideKindEndpoints',
    risk: 'overrideRiskEndpoints',
    fields: ['issuer', 'authorizationEndpoint', 'tokenEndpoint'],
  },
  no_resource: {
    label: 'overrideKindNoResource',
    risk: 'overrideRiskNoResource',
    fields: ['resource'],
  },
};

const LABELS: Record<Name, PlainKey> = {
  issuer: 'termIssuer',
  called: 'overrideCalled',
  authorizationEndpoint: 'overrideAuthorization',
  tokenEndpoint: 'overrideToken',
  resource: 'overrideServer',
};

/** Compared byte for byte. */
const EXACT: readonly Name[] = ['issuer', 'called'];

interface OverrideFormProps {
  /** The last kind is for their providers only. */
  clients: readonly ClientView[];
  saved: () => void;
  cancel: () => void;
}

/** The fields, and saving them; a refusal leaves everything as it is on the screen. */
function useOverride({ clients, saved }: Omit<OverrideFormProps, 'cancel'>) {
  const [kind, setKind] = useState<SettingsOverride>('issuer_pair');
  const [values, setValues] = useState<Partial<Record<Name, string>>>({});
  const [faults, setFaults] = useState<Partial<Record<Name, PlainKey>>>({});
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<'idle' | 'saving' | 'failed'>('idle');
  const isOfClient = kind === 'no_resource';
  const provider = values.issuer ?? (isOfClient ? (clients[0]?.issuer ?? '') : '');
  const save = (event: Event) => {
    event.preventDefault();
    if (state === 'saving') return;
    const filled = KINDS[kind].fields.map((name) => [name, (values[name] ?? '').trim()] as const);
    const empty = filled.filter(([, value]) => value === '');
    const missing = 'overrideMissing' as const;
    setFaults(Object.fromEntries(empty.map(([name]) => [name, missing])));
    setAttempt((last) => last + 1);
    if (empty.length > 0 || (isOfClient && provider === '')) return;
    setState('saving');
    const entry: OverrideEntry = { issuer: provider, ...Object.fromEntries(filled), kind };
    ask('saveOverride', { ...entry, issuer: entry.issuer.trim() }).then(saved, () =>
      setState('failed'),
    );
  };
  const choose = (next: SettingsOverride) => {
    setKind(next);
    // What was typed for one kind may be the wrong thing for another.
    setValues({});
    setFaults({});
    setState('idle');
  };
  const change = (name: Name, value: string) => setValues({ ...values, [name]: value });
  return { kind, choose, values, change, provider, faults, attempt, state, save };
}

/** Enter saves, too. */
export function OverrideForm(props: OverrideFormProps) {
  const { clients, cancel } = props;
  const { kind, values, provider, faults, attempt, state, ...act } = useOverride(props);
  const form = useFaultFocus<HTMLFormElement>(attempt);
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>('select')?.focus(), []);
  const { risk, fields } = KINDS[kind];
  return (
    <form
      class="client-form"
      aria-label={text('overrideAdd')}
      ref={form}
      onSubmit={act.save}
      noValidate
    >
      <div class="field">
        <label for="override-kind">{text('overrideKind')}</label>
        <select
          id="override-kind"
          value={kind}
          onChange={({ currentTarget: { value } }) => act.choose(value as SettingsOverride)}
        >
          {SETTINGS_OVERRIDES.map((one) => (
            <option key={one} value={one}>
              {text(KINDS[one].label)}
            </option>
          ))}
        </select>
      </div>
      <p class="warning" id="override-risk" role="status">
        {text(risk)}
      </p>
      {kind === 'no_resource' && (
        <ProviderChoice
          {...{ clients, provider }}
          change={(value) => act.change('issuer', value)}
        />
      )}
      {fields.map((name) => (
        <Field
          key={`${kind} ${name}`}
          id={`override-${name}`}
          label={LABELS[name]}
          type="url"
          hint={EXACT.includes(name) ? 'clientIssuerHint' : undefined}
          value={values[name] ?? ''}
          fault={faults[name]}
          change={(value) => act.change(name, value)}
        />
      ))}
      <FormEnd {...{ state, cancel }} failure="overrideRefused" />
    </form>
  );
}

interface ProviderChoiceProps {
  clients: readonly ClientView[];
  provider: string;
  change: (issuer: string) => void;
}

/** Only providers that the user has set up by hand can be chosen. */
function ProviderChoice({ clients, provider, change }: ProviderChoiceProps) {
  if (clients.length === 0) return <p class="fault">{text('overrideNoProviders')}</p>;
  return (
    <div class="field">
      <label for="override-provider">{text('termIssuer')}</label>
      <select
        id="override-provider"
        value={provider}
        onChange={({ currentTarget: { value } }) => change(value)}
      >
        {clients.map(({ issuer }) => (
          <option key={issuer} value={issuer}>
            {issuer}
          </option>
        ))}
      </select>
    </div>
  );
}
