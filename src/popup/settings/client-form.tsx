/** One client being entered or changed. What was typed stays until it is saved or given up. */
import { useLayoutEffect, useState } from 'preact/hooks';
import type { ClientView } from '../../shared/settings.ts';
import { ask } from '../kit/ask.ts';
import {
  checkDraft,
  checkIssuer,
  clientOf,
  EMPTY_DRAFT,
  type ClientFaults,
} from '../kit/client-draft.ts';
import { ClientFields } from '../kit/client-fields.tsx';
import { FormEnd } from '../kit/form-end.tsx';
import { Field, useFaultFocus } from '../kit/field.tsx';
import { text, type PlainKey } from '../kit/text.ts';

interface ClientFormProps {
  /** The issuer to begin with; its field is shown unless the client is being changed. */
  issuer: string;
  /** The client that is being changed. */
  held: ClientView | undefined;
  taken: readonly string[];
  saved: () => void;
  cancel: () => void;
}

type Faults = ClientFaults & { issuer?: PlainKey };

/** The fields, and saving them; a refusal leaves everything as it is on the screen. */
function useClient({ issuer: first, held, taken, saved }: Omit<ClientFormProps, 'cancel'>) {
  const [issuer, setIssuer] = useState(first);
  const [draft, setDraft] = useState({
    ...EMPTY_DRAFT,
    ...(held && {
      clientId: held.clientId,
      authMethod: held.authMethod,
      redirectUri: held.redirectUri ?? '',
    }),
  });
  const [faults, setFaults] = useState<Faults>({});
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<'idle' | 'saving' | 'failed'>('idle');
  // A secret belongs to its client id: another id needs another secret.
  const keepsSecret = held?.hasSecret === true && held.clientId === draft.clientId.trim();
  const save = (event: Event) => {
    event.preventDefault();
    if (state === 'saving') return;
    const wrongIssuer = held ? undefined : checkIssuer(issuer, taken);
    const found: Faults = {
      ...checkDraft(draft, keepsSecret),
      ...(wrongIssuer && { issuer: wrongIssuer }),
    };
    setFaults(found);
    setAttempt((last) => last + 1);
    if (Object.keys(found).length > 0) return;
    setState('saving');
    ask('saveClient', { issuer: issuer.trim(), ...clientOf(draft) }).then(saved, () =>
      setState('failed'),
    );
  };
  return { issuer, setIssuer, draft, setDraft, keepsSecret, faults, attempt, state, save };
}

/** Enter saves, too. */
export function ClientForm(props: ClientFormProps) {
  const { issuer: first, held, cancel } = props;
  const { issuer, draft, keepsSecret, faults, attempt, state, ...act } = useClient(props);
  const form = useFaultFocus<HTMLFormElement>(attempt);
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLInputElement>(first === '' ? '#issuer' : '#client-id')?.focus();
  }, []);
  return (
    <form
      class="client-form"
      aria-label={held ? text('clientEditLabel', held.issuer) : text('clientAdd')}
      ref={form}
      onSubmit={act.save}
      noValidate
    >
      {!held && (
        <Field
          id="issuer"
          label="termIssuer"
          type="url"
          hint="clientIssuerHint"
          value={issuer}
          fault={faults.issuer}
          change={act.setIssuer}
        />
      )}
      <ClientFields draft={draft} faults={faults} change={act.setDraft} hasSecret={keepsSecret} />
      <FormEnd {...{ state, cancel }} />
    </form>
  );
}
