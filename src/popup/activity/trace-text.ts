/**
 * A trace as plain text, to be pasted into a report. Names are those of the fields, in English whatever the
 * user's language is: the reader is the server's owner. Pure.
 */
import type { Trace, TraceStep } from '../../shared/activity.ts';

/** One line for each step, and its members below it. */
export function traceText(trace: Trace): string {
  const head = [
    `Grantkeeper trace ${line(trace.id)}`,
    `time: ${new Date(trace.at).toISOString()}`,
    `site: ${line(trace.origin)}`,
    `resource: ${line(trace.resource)}`,
    `outcome: ${trace.outcome}`,
  ];
  const steps = trace.steps.map((step, index) => {
    const since =
      step.kind === 'carried'
        ? new Date(step.at).toISOString()
        : `+${String(step.at - trace.at)} ms`;
    return [
      `${String(index + 1)}. ${since}  ${titleOf(step)}`,
      ...membersOf(step).map(([name, value]) => `   ${name}: ${line(value)}`),
    ].join('\n');
  });
  return `${[...head, '', ...steps].join('\n')}\n`;
}

type Members = [name: string, value: string][];

/** What a step of each kind holds; what is absent is left out. */
const MEMBERS: {
  [K in TraceStep['kind']]: (step: Extract<TraceStep, { kind: K }>) => Members;
} = {
  request: ({ headers, body, answer = {} }) => [
    ...Object.entries(headers),
    ...optional('body', body),
    ...Object.entries(answer).map(([name, value]): Members[number] => [`← ${name}`, value]),
  ],
  carried: ({ bytes, milliseconds, dropped = [], code, reason, held = [] }) => [
    ['bytes', String(bytes)],
    ['milliseconds', String(milliseconds)],
    ...optional('headers left out', dropped.length === 0 ? undefined : dropped.join(' ')),
    ...optional('stopped', code),
    ...optional('reason', reason),
    ...held.map(([site, streams]): Members[number] => [
      'streams open',
      `${String(streams)} of ${site}`,
    ]),
  ],
  returned: ({ answer }) =>
    Object.entries(answer).map(([name, value]): Members[number] => [`← ${name}`, value]),
  discovered: ({ source, issuer, issuers, legacy }) => [
    ['source', source],
    ['issuer', issuer],
    ...optional('authorization_servers', issuers.length > 1 ? issuers.join(' ') : undefined),
    ['legacy', yes(legacy)],
  ],
  scopes: ({ requested, challenged, held, refused, asked }) => [
    ['requested so far', list(requested)],
    ['challenged', list(challenged)],
    ['held', list(held)],
    ['denied by the user', list(refused)],
    ['asked for', list(asked)],
  ],
  registration: ({ choice, issuer }) => [
    ['choice', choice],
    ['issuer', issuer],
  ],
  overrides: ({ set, missing }) => [
    ['set', list(set)],
    ['missing', list(missing)],
  ],
  prompt: ({ stage, decision }) => [['stage', stage], ...optional('decision', decision)],
  response: ({ row, advertised, present, accepted, error }) => [
    ['iss check (RFC 9207)', `case ${String(row)} of 4`],
    ['iss advertised', yes(advertised)],
    ['iss present', yes(present)],
    ['accepted', yes(accepted)],
    ...optional('error', error),
  ],
  granted: ({ scopes, assumed, renewable }) => [
    ['scopes', list(scopes)],
    ['assumed', yes(assumed)],
    ['renewable', yes(renewable)],
  ],
  failed: ({ code, reason, host, refused }) => [
    ['code', code],
    ...optional('reason', reason),
    ...optional('refused', refused),
    ...optional('host', host),
  ],
};

/** The members of a step, in order, as name and value. */
export function membersOf<K extends TraceStep['kind']>(
  step: Extract<TraceStep, { kind: K }>,
): Members {
  return MEMBERS[step.kind as K](step);
}

function optional(name: string, value: string | undefined): Members {
  return value === undefined ? [] : [[name, value]];
}

function titleOf(step: TraceStep): string {
  if (step.kind !== 'request' && step.kind !== 'carried') return step.kind;
  const none = step.kind === 'request' && step.window ? 'in a window' : 'no answer';
  return `${line(step.method)} ${line(step.url)} → ${String(step.status ?? none)}`;
}

function list(scopes: string[]): string {
  return scopes.length === 0 ? '∅' : scopes.join(' ');
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** No value may begin a line of its own, or it could pass for a step. */
function line(value: string): string {
  return value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
