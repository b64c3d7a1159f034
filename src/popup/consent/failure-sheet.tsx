/** A failure in plain words: what, where, what next. Never a stack, never a server's own text. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import browser from 'webextension-polyfill';
import type { Failure } from '../../shared/prompt.ts';
import { Address } from '../kit/address.tsx';
import { Copy } from '../kit/copy.tsx';
import { failureWords } from '../kit/failure-words.ts';
import { text } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { HELP, recipeFor, settingsLink } from './failure-help.ts';
import { RecipeLine } from './recipe-line.tsx';
import { reportOf } from './report.ts';

interface FailureProps {
  failure: Failure;
  /** Runs the flow again; false when that is no longer possible. */
  retry: () => Promise<boolean>;
}

/** The end of a flow that did not work. */
export function FailureSheet({ failure, retry }: FailureProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const { what, help } = failureWords(failure);
  const recipe = recipeFor(failure);
  return (
    <>
      <div class="sheet" id="failure" data-code={failure.code} data-reason={failure.reason}>
        <div class="told" role="alert">
          <h1 tabIndex={-1} ref={heading}>
            {text(HELP[help].heading)}
          </h1>
          <p class="lead">{text(what)}</p>
          {failure.host !== undefined && (
            <p class="at-host">
              {text('failureAt')} <Address of={failure.host} />
            </p>
          )}
          <p class={help === 'careful' ? 'next next-careful' : 'next'}>{text(HELP[help].next)}</p>
        </div>
        {recipe && <RecipeLine name={recipe} />}
        <ReturnAddress failure={failure} />
        <Report failure={failure} />
      </div>
      <Actions failure={failure} retry={retry} />
    </>
  );
}

/** What would have to be allowed at the sign-in provider, where that may be the cause. */
function ReturnAddress({ failure }: { failure: Failure }) {
  const { redirectUri } = failure;
  if (redirectUri === undefined) return null;
  const { main } = HELP[failureWords(failure).help];
  return (
    <div class="return-address">
      <h2>{text('returnAddress')}</h2>
      <p class="to-copy">
        <code id="redirect-uri">{redirectUri}</code>{' '}
        <Copy of={redirectUri} fullLabel="copyRedirect" isMain={main === 'address'} />
      </p>
    </div>
  );
}

/** For the server's owner, or for us; open where only they can help. */
function Report({ failure }: { failure: Failure }) {
  const { owner, help } = failureWords(failure);
  const [at] = useState(Date.now);
  const { version } = browser.runtime.getManifest();
  const report = reportOf(failure, { owner: text(owner), at, version });
  const isMain = HELP[help].main === 'report';
  return (
    <details class="report" open={isMain}>
      <summary>{text(help === 'own' ? 'reportHeadingOwn' : 'reportHeading')}</summary>
      <Copy of={report} label="reportCopy" isMain={isMain} />
      <pre id="report" tabIndex={0} role="group" aria-label={text('reportLabel')}>
        {report}
      </pre>
    </details>
  );
}

function Actions({ failure, retry }: FailureProps) {
  const { retry: mayRetry, main, link: linkWords } = HELP[failureWords(failure).help];
  const { state, run } = useConfirmed<boolean>();
  const started = state.step === 'done' && state.result;
  const isGone = state.step === 'failed' || (state.step === 'done' && !started);
  // A flow that was started again takes the place of this screen.
  const isRunning = state.step === 'running' || started;
  const close = useRef<HTMLButtonElement>(null);
  // The button that had the focus is gone.
  useLayoutEffect(() => {
    if (isGone) close.current?.focus();
  }, [isGone]);
  const link = settingsLink(failure);
  const classOf = (name: typeof main) => (main === name ? 'button button-main' : 'button');
  return (
    <footer class="choice">
      <p class="arming" role="status">
        {isRunning && text('tryingAgain')}
        {isGone && text('retryGone')}
      </p>
      <div class="buttons">
        <button
          id="close"
          class={classOf('close')}
          type="button"
          ref={close}
          onClick={() => window.close()}
        >
          {text('close')}
        </button>
        {mayRetry && !isGone && (
          <button
            id="retry"
            class={classOf('retry')}
            type="button"
            aria-disabled={isRunning}
            onClick={() => state.step === 'idle' && run(retry)}
          >
            {text('tryAgain')}
          </button>
        )}
        {link !== undefined && linkWords !== undefined && (
          <a
            id="to-settings"
            class={classOf('settings')}
            href={link}
            target="_blank"
            rel="noreferrer"
          >
            {text(linkWords)}
          </a>
        )}
      </div>
    </footer>
  );
}
