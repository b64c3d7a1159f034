/** A failure in plain words: which site and server, what happened, what next. Never a stack, never a server's own text. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import browser from 'webextension-polyfill';
import { lookOf, type FailureLook } from '../../shared/failure-look.ts';
import { cureOf } from '../../shared/override-cures.ts';
import type { Again, Failure, PromptView } from '../../shared/prompt.ts';
import { Address } from '../kit/address.tsx';
import { Copy } from '../kit/copy.tsx';
import { failureSentence } from '../kit/failure-sentence.ts';
import { failureWords } from '../kit/failure-words.ts';
import { text, type PlainKey } from '../kit/text.ts';
import { FailureActions, type Retry } from './failure-actions.tsx';
import { addresseeOf, helpFor, recipeFor } from './failure-help.ts';
import { FailureIcon } from './failure-icon.tsx';
import { FailedParties } from './failed-parties.tsx';
import { useFittedWindow } from './fit-window.ts';
import { LeaveOut, scopesOf } from './leave-out.tsx';
import { LoopbackWay } from './loopback-way.tsx';
import { RecipeLine } from './recipe-line.tsx';
import { reportOf } from './report.ts';
import { TraceLink } from './trace-link.tsx';

interface FailureProps {
  failure: Failure;
  /** The flow that failed; absent where Grantkeeper could not be asked about it. */
  view?: PromptView;
  /** Runs the flow again; false when that is no longer possible. */
  retry: Retry;
}

const HEADING: Record<FailureLook, PlainKey> = {
  calm: 'failureHeadingCalm',
  fault: 'failureHeading',
  danger: 'failureHeadingSafety',
};

/** The end of a flow that did not work. */
export function FailureSheet({ failure, view, retry }: FailureProps) {
  useFittedWindow(`failure ${failure.code} ${failure.reason ?? ''}`);
  const look = lookOf(failure);
  const recipe = recipeFor(failure);
  const scopes = view ? scopesOf(view.snapshot) : [];
  const [without, setWithout] = useState<string[]>([]);
  const report = useReport(failure);
  const again = (other?: Again) =>
    retry({ ...(without.length > 0 && { leaveOut: without }), ...other });
  return (
    <>
      <div
        class="sheet"
        id="failure"
        data-code={failure.code}
        data-reason={failure.reason}
        data-look={look}
      >
        <Told failure={failure} look={look} view={view} />
        {recipe && <RecipeLine name={recipe} />}
        {mayLeaveOut(failure, scopes) && <LeaveOut {...{ scopes, without }} change={setWithout} />}
        <ReturnAddress failure={failure} retry={again} />
        {view && <TraceLink flow={view.flow} />}
        {report !== undefined && <Report failure={failure} report={report} />}
      </div>
      <FailureActions failure={failure} report={report} retry={again} />
    </>
  );
}

interface ToldProps {
  failure: Failure;
  look: FailureLook;
  view: PromptView | undefined;
}

/** What happened, read aloud at once. */
function Told({ failure, look, view }: ToldProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const { words, namesHost } = failureSentence(failure);
  const { host } = failure;
  const isServer = host === URL.parse(view?.snapshot.asked ?? '')?.host;
  return (
    <div class="told" role="alert">
      {view && <FailedParties snapshot={view.snapshot} />}
      <h1 tabIndex={-1} ref={heading}>
        <FailureIcon look={look} />
        {text(HEADING[look])}
      </h1>
      <p class="lead">
        {words}
        {look === 'danger' && ` ${text('carefulUnused')}`}
      </p>
      {host !== undefined && !namesHost && !isServer && (
        <p class="at-host">
          {text('failureAt')} <Address of={host} />
        </p>
      )}
      <Next failure={failure} look={look} />
    </div>
  );
}

/** One thing to do; after what may be an attack also what to do about a password. */
function Next({ failure, look }: { failure: Failure; look: FailureLook }) {
  const { next } = helpFor(failure);
  if (look !== 'danger') return <p class="next">{text(next)}</p>;
  return (
    <div class="next">
      <h2>{text('carefulHeading')}</h2>
      <ul>
        <li>{text('carefulPassword')}</li>
        <li>{text(next)}</li>
      </ul>
    </div>
  );
}

/** A window that was closed says nothing about scopes, unless it asked to stay signed in, which some don't allow. */
function mayLeaveOut({ reason }: Failure, scopes: readonly string[]): boolean {
  if (cureOf(reason) !== 'scopes' || scopes.length === 0) return false;
  return reason === 'scope_refused' || scopes.includes('offline_access');
}

/** What would have to be allowed at the sign-in provider, where that may be the cause. */
function ReturnAddress({ failure, retry }: Pick<FailureProps, 'failure' | 'retry'>) {
  const { redirectUri, loopback } = failure;
  if (redirectUri === undefined) return null;
  return (
    <div class="return-address">
      <h2>{text('returnAddress')}</h2>
      <p class="to-copy">
        <code id="redirect-uri">{redirectUri}</code>{' '}
        <Copy of={redirectUri} fullLabel="copyRedirect" />
      </p>
      {loopback && <LoopbackWay {...{ redirectUri, loopback, retry }} />}
    </div>
  );
}

/** For those who can change something; undefined where nobody has to. */
function useReport(failure: Failure): string | undefined {
  const [at] = useState(Date.now);
  const { owner } = failureWords(failure);
  if (owner === undefined) return undefined;
  const { version } = browser.runtime.getManifest();
  return reportOf(failure, { owner: text(owner), at, version });
}

/** What is copied, to be read before it is sent; open where sending it is what helps. */
function Report({ failure, report }: { failure: Failure; report: string }) {
  const isMain = helpFor(failure).main === 'report';
  const isOurs = addresseeOf(failure) === 'makers';
  return (
    <details class="report" open={isMain}>
      <summary>{text(isOurs ? 'reportHeadingOwn' : 'reportHeading')}</summary>
      {!isMain && <Copy of={report} label="reportCopy" />}
      <pre id="report" tabIndex={0} role="group" aria-label={text('reportLabel')}>
        {report}
      </pre>
    </details>
  );
}
