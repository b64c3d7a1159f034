/** One more account at a server, and the names that tell accounts apart. Both are asked for in place. */
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { GrantView } from '../../shared/grant.ts';
import { ask } from '../kit/ask.ts';
import { text } from '../kit/text.ts';
import { Board } from './board.ts';
import { nameOf } from './grouping.ts';

/** As the contract bounds it. */
const LONGEST_NAME = 60;

type Step = 'idle' | 'open' | 'kept' | 'running' | 'started' | 'failed';

/** The account until the user has named it. */
export function accountLabel({ account, accountName }: GrantView): string {
  if (accountName !== undefined) return accountName;
  return account === 'default' ? text('accountFirst') : account;
}

/** Asks for a name, then has the sign-in page opened; what it brings comes by itself. */
export function AddAccount({ grant }: { grant: GrantView }) {
  const [step, setStep] = useState<Step>('idle');
  const connect = (name: string) => {
    setStep('running');
    ask('connectAccount', { ...nameOf(grant), name }).then(
      ({ started }) => setStep(started ? 'started' : 'failed'),
      () => setStep('failed'),
    );
  };
  return (
    <NameStep
      class="add-account"
      button={text('accountAdd')}
      label={text('accountAddLabel', grant.origin, grant.resource)}
      save={text('accountSignIn')}
      hint={text('accountAddHint')}
      step={step}
      setStep={setStep}
      submit={connect}
      started={text('accountStarted')}
    />
  );
}

/** The name is the user's own and stays in this browser. */
export function RenameAccount({ grant }: { grant: GrantView }) {
  const { changed } = useContext(Board);
  const [step, setStep] = useState<Step>('idle');
  const rename = (name: string) => {
    setStep('running');
    ask('renameAccount', { ...nameOf(grant), name }).then(
      ({ renamed }) => {
        setStep(renamed ? 'kept' : 'failed');
        changed();
      },
      () => setStep('failed'),
    );
  };
  return (
    <NameStep
      class="rename-account"
      button={text('accountRename')}
      label={text('accountRenameLabel', accountLabel(grant))}
      save={text('accountSave')}
      initial={accountLabel(grant)}
      step={step}
      setStep={setStep}
      submit={rename}
    />
  );
}

interface NameStepProps extends Omit<FormProps, 'cancel'> {
  class: string;
  button: string;
  label: string;
  started?: string;
  step: Step;
  setStep: (step: Step) => void;
}

function NameStep({ step, setStep, ...props }: NameStepProps) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (step === 'kept') button.current?.focus();
  }, [step]);
  if (step === 'open') return <NameForm {...props} cancel={() => setStep('kept')} />;
  return (
    <>
      <button
        class={`button button-small button-quiet ${props.class}`}
        type="button"
        ref={button}
        aria-label={props.label}
        disabled={step === 'running'}
        onClick={() => setStep('open')}
      >
        {props.button}
      </button>
      {step === 'started' && <p role="status">{props.started}</p>}
      {step === 'failed' && (
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
          maxLength={LONGEST_NAME}
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
