/** For developers: one flow, step by step. Everything from servers is rendered as text. */
import { useCallback } from 'preact/hooks';
import type { RegistrationChoice, Trace, TraceStep } from '../../shared/activity.ts';
import { Address } from '../kit/address.tsx';
import { ask } from '../kit/ask.ts';
import { Copy } from '../kit/copy.tsx';
import { failureWords } from '../kit/failure-words.ts';
import { language, text, type PlainKey } from '../kit/text.ts';
import { useLive } from '../kit/use-live.ts';
import { PageHeading } from './page-heading.tsx';
import { TRACE_OUTCOME } from './trace-list.tsx';
import { membersOf, traceText } from './trace-text.ts';

const STEP: Record<TraceStep['kind'], PlainKey> = {
  request: 'traceRequest',
  carried: 'traceCarried',
  returned: 'traceReturned',
  discovered: 'traceDiscovered',
  scopes: 'traceScopes',
  registration: 'traceRegistration',
  overrides: 'traceOverrides',
  prompt: 'tracePrompt',
  response: 'traceResponse',
  granted: 'traceGranted',
  failed: 'traceStopped',
};

/** The four cases in which an answer can be, by what was announced and what came of `iss` (RFC 9207). */
const ISS_ROW: Record<1 | 2 | 3 | 4, PlainKey> = {
  1: 'traceIss1',
  2: 'traceIss2',
  3: 'traceIss3',
  4: 'traceIss4',
};

const REGISTRATION: Record<RegistrationChoice, PlainKey> = {
  'pre-registered': 'traceClientEntered',
  document: 'traceClientDocument',
  held: 'traceClientHeld',
  dynamic: 'traceClientDynamic',
  asked: 'traceClientAsked',
};

/** Says so when the trace is gone: only the last ones are kept. */
export function TraceView({ id }: { id: string }) {
  const load = useCallback(() => ask('trace', { id }), [id]);
  const { value, failed } = useLive(load);
  return (
    <>
      <PageHeading>{text('traceHeading')}</PageHeading>
      <p>
        <a href="#traces">{text('traceBack')}</a>
      </p>
      {failed && (
        <p class="warning" role="alert">
          {text('failSilent')} {text('nextReopen')}
        </p>
      )}
      {value === null && (
        <p class="nothing" role="status">
          {text('traceMissing')}
        </p>
      )}
      {value && <Steps trace={value} />}
    </>
  );
}

function Steps({ trace }: { trace: Trace }) {
  return (
    <>
      <dl class="members trace-head">
        <dt>{text('site')}</dt>
        <dd>
          <Address of={trace.origin} />
        </dd>
        <dt>{text('server')}</dt>
        <dd>
          <Address of={trace.resource} />
        </dd>
        <dt>{text('traceOutcome')}</dt>
        <dd>{text(TRACE_OUTCOME[trace.outcome])}</dd>
      </dl>
      <Copy of={traceText(trace)} label="traceCopy" />
      <ol id="steps" class="steps">
        {trace.steps.map((step, index) => (
          <Step key={index} step={step} since={step.at - trace.at} />
        ))}
      </ol>
    </>
  );
}

function Step({ step, since }: { step: TraceStep; since: number }) {
  const members = membersOf(step);
  const isStopped = step.kind === 'carried' && step.code !== undefined;
  const isBad = isStopped || step.kind === 'failed' || (step.kind === 'response' && !step.accepted);
  return (
    <li class={isBad ? 'step step-bad' : 'step'} data-step={step.kind}>
      <h2>
        <span>
          {text(STEP[step.kind])}{' '}
          {isBad && <span class="mark mark-grave">{text('traceFailed')}</span>}
        </span>{' '}
        <span class="since">
          {step.kind === 'carried' ? clockTime(step.at) : `+${String(since)} ms`}
        </span>
      </h2>
      {(step.kind === 'request' || step.kind === 'carried') && <RequestLine request={step} />}
      <Meaning step={step} />
      {step.kind === 'request' && members.length > 0 ? (
        <details>
          <summary>{text('traceMembers', String(members.length))}</summary>
          <Members members={members} />
        </details>
      ) : (
        <Members members={members} />
      )}
    </li>
  );
}

function RequestLine({
  request,
}: {
  request: Extract<TraceStep, { kind: 'request' | 'carried' }>;
}) {
  const { method, url, status } = request;
  const isWindow = request.kind === 'request' && request.window === true;
  const isGood = isWindow || (status ?? 500) < 400;
  return (
    <p class="request-line">
      <code>
        {method} {url}
      </code>{' '}
      <span class={isGood ? 'mark' : 'mark mark-warn'}>
        {status ?? text(isWindow ? 'traceWindow' : 'traceNoAnswer')}
      </span>
    </p>
  );
}

/** What the fields below come to, in words. */
function Meaning({ step }: { step: TraceStep }) {
  switch (step.kind) {
    case 'response':
      return (
        <p class="meaning" data-row={step.row}>
          {text(ISS_ROW[step.row])} {text(step.accepted ? 'traceAccepted' : 'traceRejected')}
        </p>
      );
    case 'registration':
      return <p class="meaning">{text(REGISTRATION[step.choice])}</p>;
    case 'scopes':
      return <p class="meaning">{text('traceScopesSum')}</p>;
    case 'granted':
      return step.assumed ? <p class="meaning">{text('traceAssumed')}</p> : null;
    case 'discovered':
      return step.legacy ? <p class="meaning">{text('traceLegacy')}</p> : null;
    case 'failed': {
      const { code, reason, refused } = step;
      if (refused !== undefined) return <p class="meaning">{text('traceRefused')}</p>;
      const words = failureWords(reason === undefined ? { code } : { code, reason });
      return <p class="meaning">{text(words.what)}</p>;
    }
    case 'carried': {
      const { code, reason } = step;
      if (code === undefined) return null;
      // Of a site as a whole it would mean something else.
      if (code === 'rate_limited') return <p class="meaning">{text('traceHeldBack')}</p>;
      const words = failureWords(reason === undefined ? { code } : { code, reason });
      return <p class="meaning">{text(words.what)}</p>;
    }
    case 'request':
    case 'returned':
    case 'overrides':
    case 'prompt':
      return null;
  }
}

function clockTime(at: number): string {
  return new Intl.DateTimeFormat(language(), { timeStyle: 'medium' }).format(at);
}

function Members({ members }: { members: [string, string][] }) {
  return (
    <dl class="members">
      {members.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{value}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
