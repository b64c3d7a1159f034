/** One more account at a server, and the names that tell accounts apart. Both are asked for in place. */
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { GrantView } from '../../shared/grant-view.ts';
import { ask } from '../kit/ask.ts';
import { AskingButton } from '../kit/confirm.tsx';
import { text } from '../kit/text.ts';
import { useConfirmed, type UseConfirmed } from '../kit/use-confirmed.ts';
import { accountLabel } from './account-label.ts';
import { Board } from './board.ts';
import { nameOf } from './grouping.ts';
import { MAX_ACCOUNT_NAME_LENGTH } from '../../shared/facts/limits.ts';

/** Asks for a name, then has the sign-in page opened; what it brings comes by itself. */
export function AddAccount({ grant }: { grant: GrantView }) {
  const naming = useConfirmed<boolean>();
  const connect = async (name: string) => {
    const { started } = await ask('connectAccount', { ...nameOf(grant), name });
    return started;
  };
  return (
    <NameStep
      class="add-account"
      button={text('accountAdd')}
      label={text('accountAddLabel', grant.origin, grant.resource)}
      save={text('accountSignIn')}
      hint={text('accountAddHint')}
      naming={naming}
      submit={(name) => naming.run(() => connect(name))}
      started={text('accountStarted')}
    />
  );
}

/** The name is the user's own and stays in this browser. */
export function RenameAccount({ grant }: { grant: GrantView }) {
  const { changed } = useContext(Board);
  const naming = useConfirmed<boolean>();
  const rename = async (name: string) => {
    const { renamed } = await ask('renameAccount', { ...nameOf(grant), name });
    changed();
    return renamed;
  };
  return (
    <NameStep
      class="rename-account"
      button={text('accountRename')}
      label={text('accountRenameLabel', accountLabel(grant))}
      save={text('saveSetting')}
      initial={accountLabel(grant)}
      naming={naming}
      submit={(name) => naming.run(() => rename(name))}
    />
  );
}

interface NameStepProps extends Omit<FormProps, 'cancel'> {
  class: string;
  button: string;
  label: string;
  /** What is said once it is under way; without it the new name says enough, and the focus comes back. */
  started?: string;
  /** False as a result: the background did not do it. */
  naming: UseConfirmed<boolean>;
}

function NameStep({ naming, ...props }: NameStepProps) {
  const { state, open, keep } = naming;
  if (state.step === 'asking') return <NameForm {...props} cancel={keep} />;
  const isDone = state.step === 'done' && state.result;
  const hasFailed = state.step === 'failed' || (state.step === 'done' && !state.result);
  return (
    <>
      <AskingButton
        class={`button-quiet ${props.class}`}
        label={props.label}
        returned={state.step === 'kept' || (isDone && props.started === undefined)}
        disabled={state.step === 'running'}
        open={open}
      >
        {props.button}
      </AskingButton>
      {isDone && props.started !== undefined && <p role="status">{props.started}</p>}
      {hasFailed && (
        <p class="warning" role="alert">
          {text('accountFailed')}
        </p>
      )}
    </>
  );
}

interface FormProps {
  save: string;
  hint?: string;
  initial?: string;
  submit: (name: string) => void;
  cancel: () => void;
}

function NameForm({ save, hint, initial = '', submit, cancel }: FormProps) {
  const field = useRef<HTMLInputElement>(null);
  const [isMissing, setMissing] = useState(false);
  useLayoutEffect(() => field.current?.select(), []);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const name = field.current?.value.trim() ?? '';
    if (name !== '') return submit(name);
    setMissing(true);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // Or the browser closes the whole popup.
    event.preventDefault();
    cancel();
  };
  return (
    <form class="naming" onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate>
      <label>
        {text('accountName')}
        <input
          class="typed"
          type="text"
          ref={field}
          defaultValue={initial}
          maxLength={MAX_ACCOUNT_NAME_LENGTH}
          autocomplete="off"
          aria-invalid={isMissing}
        />
      </label>
      {isMissing && (
        <p class="warning" role="alert">
          {text('accountNameMissing')}
        </p>
      )}
      {hint !== undefined && <p class="hint">{hint}</p>}
      <button class="button button-small button-main save" type="submit">
        {save}
      </button>
      <button class="button button-small cancel" type="button" onClick={cancel}>
        {text('cancel')}
      </button>
    </form>
  );
}
