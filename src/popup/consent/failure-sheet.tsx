/** A failure in plain words: what, where, what next. Never a stack, never a server's own text. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import browser from 'webextension-polyfill';
import { cureOf } from '../../shared/override-cures.ts';
import type { Again, Failure } from '../../shared/prompt.ts';
import { Address } from '../kit/address.tsx';
import { Copy } from '../kit/copy.tsx';
import { failureWords } from '../kit/failure-words.ts';
import { text } from '../kit/text.ts';
import { useConfirmed } from '../kit/use-confirmed.ts';
import { helpFor, recipeFor, settingsLink } from './failure-help.ts';
import { LeaveOut } from './leave-out.tsx';
import { LoopbackWay, useLoopback } from './loopback-way.tsx';
import { RecipeLine } from './recipe-line.tsx';
import { reportOf } from './report.ts';

interface FailureProps {
  failure: Failure;
  /** What the sign-in asked for; nothing where there was none. */
  scopes?: readonly string[];
  /** Runs the flow again; false when that is no longer possible. */
  retry: (again?: Again) => Promise<boolean>;
}

/** The end of a flow that did not work. */
export function FailureSheet({ failure, scopes = [], retry }: FailureProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const { what, help } = failureWords(failure);
  const { heading: title, next } = helpFor(failure);
  const recipe = recipeFor(failure);
  const [without, setWithout] = useState<string[]>([]);
  const again = (other?: Again) =>
    retry({ ...(without.length > 0 && { leaveOut: without }), ...other });
  return (
    <>
      <div class="sheet" id="failure" data-code={failure.code} data-reason={failure.reason}>
        <div class="told" role="alert">
          <h1 tabIndex={-1} ref={heading}>
            {text(title)}
          </h1>
          <p class="lead">{text(what)}</p>
          {failure.host !== undefined && (
            <p class="at-host">
              {text('failureAt')} <Address of={failure.host} />
            </p>
          )}
          <p class={help === 'careful' ? 'next next-careful' : 'next'}>{text(next)}</p>
        </div>
        {recipe && <RecipeLine name={recipe} />}
        {mayLeaveOut(failure, scopes) && <LeaveOut {...{ scopes, without }} change={setWithout} />}
        <ReturnAddress failure={failure} retry={again} />
        <Report failure={failure} />
      </div>
      <Actions failure={failure} retry={again} />
    </>
  );
}

/** A window that was closed says nothing about scopes, unless it asked to stay signed in, which some don't allow. */
function mayLeaveOut({ reason }: Failure, scopes: readonly string[]): boolean {
  if (cureOf(reason) !== 'scopes' || scopes.length === 0) return false;
  return reason === 'scope_refused' || scopes.includes('offline_access');
}

/** What would have to be allowed at the sign-in provider, where that may be the cause. */
function ReturnAddress({ failure, retry }: Omit<FailureProps, 'scopes'>) {
  const { redirectUri, loopback } = failure;
  if (redirectUri === undefined) return null;
  const { main } = helpFor(failure);
  return (
    <div class="return-address">
      <h2>{text('returnAddress')}</h2>
      <p class="to-copy">
        <code id="redirect-uri">{redirectUri}</code>{' '}
        <Copy of={redirectUri} fullLabel="copyRedirect" isMain={main === 'address'} />
      </p>
      {loopback && <LoopbackWay {...{ redirectUri, loopback, retry }} />}
    </div>
  );
}

/** For the server's owner, or for us; open where only they can help. */
function Report({ failure }: { failure: Failure }) {
  const { owner, help } = failureWords(failure);
  const [at] = useState(Date.now);
  const { version } = browser.runtime.getManifest();
  const report = reportOf(failure, { owner: text(owner), at, version });
  const isMain = helpFor(failure).main === 'report';
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

function Actions({ failure, retry }: Omit<FailureProps, 'scopes'>) {
  const { retry: mayRetry, main, link: linkWords } = helpFor(failure);
  const { state, run } = useConfirmed<boolean>();
  const otherWay = useLoopback(failure, retry);
  const started = state.step === 'done' && state.result;
  const isGone = state.step === 'failed' || (state.step === 'done' && !started);
  // A flow that was started again takes the place of this screen.
  const isRunning = state.step === 'running' || started;
  const running = { isRunning, run: (work: Work) => state.step === 'idle' && run(work) };
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
          <RunButton id="retry" class={classOf('retry')} {...running} work={() => retry()}>
            {text('tryAgain')}
          </RunButton>
        )}
        {otherWay !== undefined && !isGone && (
          <RunButton id="use-loopback" class={classOf('loopback')} {...running} work={otherWay}>
            {text('useLoopback')}
          </RunButton>
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

type Work = () => Promise<boolean>;

interface RunButtonProps {
  id: string;
  class: string;
  isRunning: boolean;
  run: (work: Work) => void;
  work: Work;
  children: string;
}

/** Starts the flow anew, in one way or the other; only one of them at a time. */
function RunButton({ id, class: looks, isRunning, run, work, children }: RunButtonProps) {
  return (
    <button id={id} class={looks} type="button" aria-disabled={isRunning} onClick={() => run(work)}>
      {children}
    </button>
  );
}
