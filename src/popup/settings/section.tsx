/** One part of the settings, with its heading and what it is about. */
import type { ComponentChildren } from 'preact';
import { text, type PlainKey } from '../kit/text.ts';

interface SectionProps {
  id: string;
  heading: PlainKey;
  explained?: PlainKey;
  /** Nothing is in it, and nothing can be done there: it takes one line. */
  isEmpty?: boolean;
  class?: string;
  children?: ComponentChildren;
}

/** Can be led to by `#id`: the heading then takes the focus. */
export function Section(props: SectionProps) {
  const { id, heading, explained, isEmpty = false, class: name = '', children } = props;
  const kind = isEmpty ? 'part part-empty' : 'part';
  return (
    <section class={`${kind} ${name}`.trim()} id={id} aria-labelledby={`${id}-heading`}>
      <h2 id={`${id}-heading`} tabIndex={-1}>
        {text(heading)}
      </h2>
      {explained && <p class="hint">{text(explained)}</p>}
      {children}
    </section>
  );
}

/** What came of the last action, read aloud; a fault looks like one. */
export function StatusLine({ said, bad = false }: { said: string | undefined; bad?: boolean }) {
  return (
    <p class={bad ? 'fault said' : 'hint said'} role={bad ? 'alert' : 'status'}>
      {said}
    </p>
  );
}
