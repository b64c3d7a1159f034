/** How every form of ours ends: what went wrong with the last try, Save, and the way out. */
import { text, type PlainKey } from './text.ts';

interface FormEndProps {
  state: 'idle' | 'saving' | 'failed';
  /** Said once saving has failed. Default: that nothing was saved. */
  failure?: PlainKey;
  cancel: () => void;
}

/** The line and the two buttons; Save submits the form that it stands in. */
export function FormEnd({ state, failure = 'notSaved', cancel }: FormEndProps) {
  return (
    <>
      {state === 'failed' && (
        <p class="fault" role="alert">
          {text(failure)}
        </p>
      )}
      <div class="row-of-buttons">
        <button class="button button-main" type="submit" aria-disabled={state === 'saving'}>
          {text('saveSetting')}
        </button>
        <button class="button" type="button" onClick={cancel}>
          {text('cancel')}
        </button>
      </div>
    </>
  );
}
