/**
 * The prompt window: `consent.html?flow=<id>`. The one document in which an access is decided. It shows the
 * background's frozen snapshot and trusts nothing in it to be well-meant: all of it is rendered as text.
 */
import '../../shared/frozen.ts';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Again, PromptView } from '../../shared/prompt.ts';
import { ask } from '../kit/ask.ts';
import { Masthead } from '../kit/mark.tsx';
import { mount } from '../kit/mount.tsx';
import { text } from '../kit/text.ts';
import { useLive } from '../kit/use-live.ts';
import { FailureSheet } from './failure-sheet.tsx';
import { KeyQuestion } from './key-question.tsx';
import { Progress } from './progress.tsx';
import { Question } from './question.tsx';
import type { Chosen } from './wishes.ts';

function Consent({ flow }: { flow: string }) {
  const load = useCallback(() => ask('prompt', { flow }), [flow]);
  const { value: view, failed, reload } = useLive(load);
  const [chosen, setChosen] = useState<Chosen>({});
  useEffect(() => {
    if (view === null) window.close();
  }, [view]);

  const retry = async (again: Again = {}) => {
    const { started } = await ask('retry', { flow, ...again });
    if (started) reload();
    return started;
  };
  const retryReading = () => {
    reload();
    return Promise.resolve(true);
  };

  if (view === null) {
    return (
      <main>
        <Masthead isHeading />
        <p class="sheet">{text('gone')}</p>
      </main>
    );
  }
  if (failed) {
    return (
      <main>
        <Masthead />
        <FailureSheet failure={{ code: 'broker_unavailable' }} retry={retryReading} />
      </main>
    );
  }
  if (view === undefined) return <main aria-busy="true" />;
  const { stage, credential, keyHeld } = view.snapshot;
  const Asked = credential === 'key' && !keyHeld ? KeyQuestion : Question;
  return (
    <main id="stage" data-stage={stage} data-step={view.step}>
      <Masthead />
      {view.step === 'deciding' && (
        // What was typed for one provider is not for another.
        <Asked
          key={view.snapshot.issuer}
          view={view}
          chosen={chosen}
          choose={(part) => setChosen((last) => ({ ...last, ...part }))}
          settled={reload}
        />
      )}
      {view.step === 'failed' && <Failed view={view} retry={retry} />}
      {view.step !== 'deciding' && view.step !== 'failed' && (
        <Progress step={view.step} snapshot={view.snapshot} />
      )}
    </main>
  );
}

interface FailedProps {
  view: PromptView;
  retry: (again?: Again) => Promise<boolean>;
}

function Failed({ view, retry }: FailedProps) {
  const { failure = { code: 'internal_error' } } = view;
  return <FailureSheet failure={failure} view={view} retry={retry} />;
}

mount('consentTitle', () => (
  <Consent flow={new URLSearchParams(location.search).get('flow') ?? ''} />
));
