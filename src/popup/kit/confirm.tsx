/** One more question in place, before something is taken away. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { text } from './text.ts';

interface ConfirmProps {
  question: string;
  /** What the button that does it says. */
  yes: string;
  confirm: () => void;
  keep: () => void;
}

/** Has the focus as soon as it is there; Escape keeps everything as it is. */
export function Confirm({ question, yes, confirm, keep }: ConfirmProps) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.repeat) event.preventDefault();
    if (event.key === 'Escape') {
      // Or the browser closes the whole popup.
      event.preventDefault();
      keep();
    }
  };
  // The second half of a double-click on the button before lands here; it was not meant for this one.
  const onConfirm = (event: MouseEvent) => {
    if (event.detail <= 1) confirm();
  };
  return (
    <div class="confirming" role="group" aria-label={question} onKeyDown={onKeyDown}>
      <p>{question}</p>
      <button
        class="button button-small button-grave confirm"
        type="button"
        ref={button}
        onClick={onConfirm}
      >
        {yes}
      </button>
      <button class="button button-small keep" type="button" onClick={keep}>
        {text('disconnectKeep')}
      </button>
    </div>
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
