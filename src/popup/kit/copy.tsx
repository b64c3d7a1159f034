/** A button that puts a text on the clipboard, and says whether it did. */
import { useState } from 'preact/hooks';
import { text, type PlainKey } from './text.ts';

interface CopyProps {
  /** What is copied. */
  of: string;
  /** What the button says. */
  label?: PlainKey;
  /** What it says to a screen reader, where `label` alone would not tell what is copied. */
  fullLabel?: PlainKey;
  /** True where copying is what the user is asked to do. */
  isMain?: boolean;
}

/** The text has to be on screen too: the browser may say no. */
export function Copy({ of, label = 'copy', fullLabel, isMain = false }: CopyProps) {
  const [said, setSaid] = useState<'copied' | 'copyFailed'>();
  const copy = () => {
    navigator.clipboard.writeText(of).then(
      () => setSaid('copied'),
      () => setSaid('copyFailed'),
    );
  };
  return (
    <span class="copy">
      <button
        class={isMain ? 'button button-small button-main' : 'button button-small'}
        type="button"
        aria-label={fullLabel && text(fullLabel)}
        onClick={copy}
      >
        {text(label)}
      </button>{' '}
      <span class="hint" role="status">
        {said && text(said)}
      </span>
    </span>
  );
}
