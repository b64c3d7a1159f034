/** What goes on after Allow: one calm line that changes, read aloud when it does. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { PromptSnapshot, PromptView } from '../../shared/prompt.ts';
import { Address } from '../kit/address.tsx';
import { text, type PlainKey } from '../kit/text.ts';
import { Parties } from '../kit/parties.tsx';

/** The steps of the broker, and the two that happen in this window before it hears of the decision. */
type ProgressStep =
  Exclude<PromptView['step'], 'deciding' | 'failed'> | 'answering' | 'host-access';

const WORDS: Record<ProgressStep, PlainKey> = {
  answering: 'stepAnswering',
  'host-access': 'stepHostAccess',
  discovering: 'stepDiscovering',
  registering: 'stepRegistering',
  authorizing: 'stepAuthorizing',
  exchanging: 'stepExchanging',
};

/** In the order in which they happen; the ones before the broker's count as its first. */
const TRACK: readonly ProgressStep[] = ['discovering', 'registering', 'authorizing', 'exchanging'];

/** The step with its place on the track. */
export function Progress({ step, snapshot }: { step: ProgressStep; snapshot: PromptSnapshot }) {
  const place = Math.max(0, TRACK.indexOf(step));
  const line = useRef<HTMLHeadingElement>(null);
  // The buttons that had the focus are gone.
  useLayoutEffect(() => line.current?.focus({ preventScroll: true }), []);
  return (
    <div class="sheet progress">
      <ol class="track" aria-label={text('stepsLabel')}>
        {TRACK.map((name, index) => (
          <li
            key={name}
            class={index < place ? 'done' : index === place ? 'now' : ''}
            aria-current={index === place ? 'step' : undefined}
          >
            <span class="unseen">{text(WORDS[name])}</span>
          </li>
        ))}
      </ol>
      <div role="status">
        <h1 id="step" data-step={step} tabIndex={-1} ref={line}>
          {text(WORDS[step])}
        </h1>
      </div>
      {step === 'host-access' && <p class="lead">{text('stepHostAccessHint')}</p>}
      {step === 'authorizing' && snapshot.issuer !== undefined && (
        <p class="lead">
          {text('stepAuthorizingHint')} <Address of={snapshot.issuer} />
        </p>
      )}
      <Parties snapshot={snapshot} />
      {TRACK.includes(step) && <p class="aside">{text('stepMayClose')}</p>}
    </div>
  );
}
