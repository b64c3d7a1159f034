/** One more question in place, before something is taken away. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { text } from './text.ts';

interface ConfirmProps {
  question: string;
  /** Each thing that goes, where the question itself can't name them. */
  names?: readonly string[];
  /** What the button that does it says. */
  yes: string;
  confirm: () => void;
  /** Another way to do what the user is after. */
  instead?: { says: string; act: () => void };
  keep: () => void;
  /** What can't be undone, or ends many things: Keep has the focus, so that Enter twice does no harm. */
  isGrave?: boolean;
}

/** Has the focus as soon as it is there; Escape keeps everything as it is. */
export function Confirm(props: ConfirmProps) {
  const { question, names = [], yes, confirm, instead, keep, isGrave = false } = props;
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.repeat) event.preventDefault();
    if (event.key === 'Escape') {
      // Or the browser closes the whole popup.
      event.preventDefault();
      keep();
    }
  };
  // The second half of a double-click on the button before lands here; it was not meant for this one.
  const once = (act: () => void) => (event: MouseEvent) => {
    if (event.detail <= 1) act();
  };
  return (
    <div class="confirming" role="group" aria-label={question} onKeyDown={onKeyDown}>
      <p>{question}</p>
      {names.length > 0 && <Names names={names} />}
      <button
        class="button button-small button-grave confirm"
        type="button"
        {...(!isGrave && { ref: first })}
        onClick={once(confirm)}
      >
        {yes}
      </button>
      {instead && (
        <button class="button button-small instead" type="button" onClick={once(instead.act)}>
          {instead.says}
        </button>
      )}
      <button
        class="button button-small keep"
        type="button"
        {...(isGrave && { ref: first })}
        onClick={keep}
      >
        {text('disconnectKeep')}
      </button>
    </div>
  );
}

/** All of them; a long list scrolls, also by keyboard. */
function Names({ names }: { names: readonly string[] }) {
  return (
    <ul class="names" tabIndex={0} aria-label={text('namesLabel')}>
      {names.map((name) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  );
}

interface AskingProps {
  /** Class of the button, and what it says. */
  class: string;
  children: string;
  /** What it says to those who do not see where it stands. */
  label?: string;
  /** True when the user has just declined: the focus comes back here. */
  returned: boolean;
  disabled?: boolean;
  open: () => void;
}

/** The button that a {@link Confirm} takes the place of. */
export function AskingButton(props: AskingProps) {
  const { class: name, children, label, returned, disabled = false, open } = props;
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (returned) button.current?.focus();
  }, [returned]);
  return (
    <button
      class={`button button-small ${name}`}
      type="button"
      ref={button}
      {...(label !== undefined && { 'aria-label': label })}
      disabled={disabled}
      onClick={open}
    >
      {children}
    </button>
  );
}
