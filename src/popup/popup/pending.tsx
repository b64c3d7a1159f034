/** Requests that wait. They are decided in the prompt window only; from here one gets there. */
import type { PromptView } from '../../shared/prompt.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { failureWords } from '../kit/failure-words.ts';
import { text, type PlainKey } from '../kit/text.ts';

const WORDS: Record<PromptView['step'], PlainKey> = {
  deciding: 'pendingDeciding',
  discovering: 'pendingRunning',
  registering: 'pendingRunning',
  authorizing: 'pendingRunning',
  exchanging: 'pendingRunning',
  failed: 'pendingFailed',
};

/** Nothing when nothing waits. */
export function Pending({ views }: { views: PromptView[] }) {
  if (views.length === 0) return null;
  return (
    <section id="pending" class="pending" aria-labelledby="pending-label">
      <h2 id="pending-label">{text('pendingHeading')}</h2>
      <ul>
        {views.map((view) => (
          <PendingRow key={view.flow} view={view} />
        ))}
      </ul>
    </section>
  );
}

function PendingRow({ view }: { view: PromptView }) {
  // The prompt window takes the focus, and with it the browser closes this popup.
  const review = () => void ask('review', { flow: view.flow }).catch(() => undefined);
  return (
    <li data-flow={view.flow} data-step={view.step}>
      <p>
        <Address of={view.snapshot.origin} /> <span class="hint">{text(WORDS[view.step])}</span>{' '}
        <Address of={view.snapshot.asked} />
      </p>
      {view.failure && <p class="why">{text(failureWords(view.failure).what)}</p>}
      <button class="button button-main review" type="button" onClick={review}>
        {text('review')}
      </button>
    </li>
  );
}
