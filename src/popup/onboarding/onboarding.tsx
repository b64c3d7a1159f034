/** The first screens after the install: what it does, what it keeps, and the one choice about host access (Z13). */
import '../../shared/frozen.ts';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import {
  ALL_SERVERS,
  isReachedByRelay,
  listHostAccess,
  onHostAccess,
  requestHostAccess,
} from '../kit/host-access.ts';
import { Masthead } from '../kit/mark.tsx';
import { mount } from '../kit/mount.tsx';
import { text } from '../kit/text.ts';
import { useLive } from '../kit/use-live.ts';
import { Done, Keeps, Reach, What, type HostAccessChoice } from './welcome.tsx';

const STEPS = 3;

function Onboarding() {
  const [step, setStep] = useState(1);
  const [choice, setChoice] = useState<HostAccessChoice>('each');
  const load = useCallback(() => listHostAccess(), []);
  const { value: hosts = [], reload } = useLive(load);
  useEffect(() => onHostAccess(reload), [reload]);
  const heading = useHeading(step);
  const hasAll = ALL_SERVERS.every((pattern) => hosts.includes(pattern));
  const finish = () => {
    // Synchronously inside the click, or the browser does not ask. Declining is an answer like the other.
    const asked = choice === 'all' && !hasAll ? requestHostAccess([...ALL_SERVERS]) : undefined;
    void Promise.resolve(asked).then(() => {
      reload();
      setStep(STEPS + 1);
    });
  };
  return (
    <>
      <Masthead />
      <main id="welcome" data-step={step}>
        {step <= STEPS && <StepPlace step={step} />}
        {step === 1 && <What heading={heading} />}
        {step === 2 && <Keeps heading={heading} />}
        {step === 3 && (
          <Reach
            {...{ heading, hasAll, choice, choose: setChoice }}
            hasRelay={isReachedByRelay()}
          />
        )}
        {step > STEPS && <Done heading={heading} hasAll={hasAll} />}
        {step <= STEPS && <Steps step={step} go={setStep} finish={finish} />}
      </main>
    </>
  );
}

/** The heading of the screen takes the focus, so that a screen reader begins there; not on the first one. */
function useHeading(step: number) {
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(step);
  useLayoutEffect(() => {
    if (last.current !== step) heading.current?.focus();
    last.current = step;
  }, [step]);
  return heading;
}

function StepPlace({ step }: { step: number }) {
  return (
    <p class="place">
      <span class="hint">{text('welcomeStep', String(step), String(STEPS))}</span>
      <span class="dots" aria-hidden="true">
        {Array.from({ length: STEPS }, (_, at) => (
          <span key={at} class={at < step ? 'dot dot-done' : 'dot'} />
        ))}
      </span>
    </p>
  );
}

interface StepsProps {
  step: number;
  go: (step: number) => void;
  finish: () => void;
}

function Steps({ step, go, finish }: StepsProps) {
  return (
    <div class="steps">
      {step > 1 && (
        <button id="back" class="button" type="button" onClick={() => go(step - 1)}>
          {text('welcomeBack')}
        </button>
      )}
      {step < STEPS ? (
        <button id="next" class="button button-main" type="button" onClick={() => go(step + 1)}>
          {text('welcomeNext')}
        </button>
      ) : (
        <button id="finish" class="button button-main" type="button" onClick={finish}>
          {text('welcomeFinish')}
        </button>
      )}
    </div>
  );
}

mount('welcomeTitle', () => <Onboarding />);
