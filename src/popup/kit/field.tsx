/** One labelled field with its hint and, when it was filled in wrongly, its fault. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { text, type PlainKey } from './text.ts';

interface FieldProps {
  id: string;
  label: PlainKey;
  value: string;
  change: (value: string) => void;
  hint?: PlainKey | undefined;
  fault?: PlainKey | undefined;
  /** `password` hides what is typed from onlookers. */
  type?: 'text' | 'url' | 'password';
}

/** A text field. Nothing in it is sent to a spelling service or remembered by the browser. */
export function Field({ id, label, value, change, hint, fault, type = 'text' }: FieldProps) {
  const notes = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  const own = {
    id,
    value,
    inputMode: type === 'url' ? ('url' as const) : ('text' as const),
    dir: 'ltr' as const,
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: false,
    'aria-invalid': fault !== undefined,
    'aria-describedby': notes || undefined,
    onInput: (event: Event & { currentTarget: HTMLInputElement }) =>
      change(event.currentTarget.value),
  } as const;
  return (
    <div class="field">
      <label for={id}>{text(label)}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {text(hint)}
        </p>
      )}
      {type === 'password' ? <input type="password" {...own} /> : <input type="text" {...own} />}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {text(fault)}
        </p>
      )}
    </div>
  );
}

/** After each failed attempt, moves the focus to the first field at fault inside the returned ref. */
export function useFaultFocus<E extends HTMLElement>(attempt: number): { current: E | null } {
  const within = useRef<E | null>(null);
  useLayoutEffect(() => {
    if (attempt === 0) return;
    within.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempt]);
  return within;
}
