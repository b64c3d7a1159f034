/** One key that is stored: the sites that may use it, replacing it, removing it. Its value is never shown. */
import { useState } from 'preact/hooks';
import type { KeyView } from '../../shared/grant-view.ts';
import { ask } from './ask.ts';
import { AskingButton, Confirm } from './confirm.tsx';
import { useFaultFocus } from './field.tsx';
import { checkKey, EMPTY_KEY, keyOf, type KeyFaults } from './key-draft.ts';
import { FormEnd } from './form-end.tsx';
import { KeyFields } from './key-fields.tsx';
import { text } from './text.ts';
import { useConfirmed } from './use-confirmed.ts';

/** The key, with its buttons; while it is being replaced, the fields. */
export function KeyCard({ of: key }: { of: KeyView }) {
  const [said, setSaid] = useState<'idle' | 'replacing' | 'replaced'>('idle');
  const { resource, account, header, sites } = key;
  const { state, open, keep, run } = useConfirmed();
  if (said === 'replacing') {
    return <KeyForm of={key} saved={() => setSaid('replaced')} cancel={() => setSaid('idle')} />;
  }
  return (
    <div class="key-card" data-key={resource}>
      <p>
        {text('keyStored')} <code>{header}</code>
      </p>
      <p class="hint">
        {sites.length === 0 ? text('keySitesNone') : text('keySites', sites.join(', '))}{' '}
        {text('keyStays')}
      </p>
      {said === 'replaced' && <p role="status">{text('keyReplaced')}</p>}
      {state.step === 'failed' && (
        <p class="fault" role="alert">
          {text('notSaved')}
        </p>
      )}
      {state.step === 'asking' ? (
        <Confirm
          question={text('keyRemoveAsk')}
          yes={text('removeConfirm')}
          confirm={() => run(() => ask('removeKey', { resource, account }).then(() => undefined))}
          keep={keep}
          isGrave
        />
      ) : (
        <div class="row-of-buttons">
          <button
            class="button button-small replace-key"
            type="button"
            onClick={() => setSaid('replacing')}
          >
            {text('keyReplace')}
          </button>
          <AskingButton class="remove-key" returned={state.step === 'kept'} open={open}>
            {text('keyRemove')}
          </AskingButton>
        </div>
      )}
    </div>
  );
}

interface FormProps {
  of: KeyView;
  saved: () => void;
  cancel: () => void;
}

function KeyForm({ of: { resource, account, header }, saved, cancel }: FormProps) {
  const isUsual = header.toLowerCase() === 'authorization';
  const [draft, setDraft] = useState(isUsual ? EMPTY_KEY : { ...EMPTY_KEY, header });
  const [faults, setFaults] = useState<KeyFaults>({});
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<'idle' | 'saving' | 'failed'>('idle');
  const form = useFaultFocus<HTMLFormElement>(attempt);
  const save = (event: Event) => {
    event.preventDefault();
    if (state === 'saving') return;
    const found = checkKey(draft, resource);
    setFaults(found);
    setAttempt((last) => last + 1);
    if (Object.keys(found).length > 0) return;
    setState('saving');
    ask('replaceKey', { resource, account, key: keyOf(draft) }).then(
      ({ replaced }) => (replaced ? saved() : setState('failed')),
      () => setState('failed'),
    );
  };
  return (
    <form class="key-form" aria-label={text('keyReplace')} ref={form} onSubmit={save} noValidate>
      <KeyFields host={new URL(resource).host} {...{ draft, faults }} change={setDraft} />
      <FormEnd {...{ state, cancel }} />
    </form>
  );
}
