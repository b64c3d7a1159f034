/** A failure in plain words: what, where, what next. Never a stack, never a server's own text. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { PromptView } from '../shared/prompt.ts';
import { Address } from './address.tsx';
import { FAILURES } from './failure.ts';
import { text } from './text.ts';

/** The end of a flow that did not work. */
export function Failure({ failure }: { failure: NonNullable<PromptView['failure']> }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const words = FAILURES[failure.code];
  return (
    <>
      <div class="sheet" id="failure" role="alert" data-code={failure.code}>
        <h1 tabIndex={-1} ref={heading}>
          {text('failureHeading')}
        </h1>
        <p class="lead">{text(words.what)}</p>
        {failure.host !== undefined && (
          <p class="at-host">
            {text('failureAt')} <Address of={failure.host} />
          </p>
        )}
        <p class="next">{text(words.next)}</p>
        <p class="hint">{text('failureCode', failure.code)}</p>
      </div>
      <footer class="choice">
        <div class="buttons">
          <button id="close" class="button" type="button" onClick={() => window.close()}>
            {text('close')}
          </button>
        </div>
      </footer>
    </>
  );
}
