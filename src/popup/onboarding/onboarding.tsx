/** The first two pages after the install: when it matters, and what to set up. Nothing is asked for unasked (Z13). */
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
import { ExamplePrompt } from './example-prompt.tsx';
import { SetUp, type HostAccessChoice } from './set-up.tsx';
import { When } from './when.tsx';

const STEPS = 2;

/** Where the user is: on one of the pages, or through with the second. */
type Place = 1 | 2 | 'done';

function Onboarding() {
  const [place, setPlace] = useState<Place>(1);
  const [choice, setChoice] = useState<HostAccessChoice>('each');
  const load = useCallback(() => listHostAccess(), []);
  const { value: hosts = [], reload } = useLive(load);
  useEffect(() => onHostAccess(reload), [reload]);
  const heading = useHeading(place);
  const hasAll = ALL_SERVERS.every((pattern) => hosts.includes(pattern));
  // Synchronously inside the click, or the browser does not ask. Declining is an answer like the other.
  const give = () => void requestHostAccess([...ALL_SERVERS])?.then(reload);
  const finish = () => {
    const asked = choice === 'all' && !hasAll ? requestHostAccess([...ALL_SERVERS]) : undefined;
    void Promise.resolve(asked).then(() => {
      reload();
      setPlace('done');
    });
  };
  return (
    <>
      <Masthead />
      <main id="welcome" data-step={place}>
        <div class="page">
          {place !== 'done' && <StepPlace step={place} />}
          {place === 1 ? (
            <When heading={heading} />
          ) : (
            <SetUp
              {...{ heading, hasAll, choice, give }}
              choose={setChoice}
              hasRelay={isReachedByRelay()}
              isDone={place === 'done'}
            />
          )}
          <Steps {...{ place, finish }} go={setPlace} />
        </div>
        {place !== 1 && <ExamplePrompt />}
      </main>
    </>
  );
}

/** The heading of the page takes the focus, so that a screen reader begins there; not on the first one. */
function useHeading(place: Place) {
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(place);
  useLayoutEffect(() => {
    if (last.current !== place) heading.current?.focus();
    last.current = place;
  }, [place]);
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
  place: Place;
  go: (place: Place) => void;
  finish: () => void;
}

function Steps({ place, go, finish }: StepsProps) {
  return (
    <div class="steps">
      {place === 1 && (
        <button id="next" class="button button-main" type="button" onClick={() => go(2)}>
          {text('welcomeNext')}
        </button>
      )}
      {place === 2 && (
        <>
          <button id="back" class="button" type="button" onClick={() => go(1)}>
            {text('back')}
          </button>
          <button id="finish" class="button button-main" type="button" onClick={finish}>
            {text('welcomeFinish')}
          </button>
        </>
      )}
      {place === 'done' && (
        <button id="close" class="button button-main" type="button" onClick={() => window.close()}>
          {text('welcomeClose')}
        </button>
      )}
    </div>
  );
}

mount('welcomeTitle', () => <Onboarding />);
