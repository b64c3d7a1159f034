import { expect, it } from 'vitest';
import { traceText } from '../../../src/popup/activity/trace-text.ts';
import type { Trace, TraceStep } from '../../../src/shared/activity.ts';
import { ACTIVITIES } from '../support/scenes-popup.ts';

const traces = ACTIVITIES['log']?.traces ?? [];
const textOf = (id: string) => {
  const trace = traces.find((one) => one.id === id);
  return trace ? traceText(trace) : '';
};

it('a trace as text has its requests, the iss row, the scope arithmetic and the registration (R63, T-32)', () => {
  const text = textOf('flow-done');
  expect(text).toContain(
    '+0 ms  GET https://mcp.files.example.net/.well-known/oauth-protected-resource/v1 → 200',
  );
  expect(text).toContain('authorization: ‹redacted›');
  expect(text).toContain('iss check (RFC 9207): case 1 of 4');
  expect(text).toContain('challenged: files:write files:delete');
  expect(text).toContain('asked for: files:read offline_access files:write files:delete');
  expect(text).toContain('choice: dynamic');
  expect(text.split('\n').filter((line) => /^\d+\. \+/.test(line)).length).toBe(10);
});

it('the sign-in window has its request, and its answer apart; a refused refresh has its reason (P4, P5)', () => {
  const text = textOf('flow-done');
  expect(text).toMatch(/ms {2}GET https:\/\/login\.example\.net\/authorize\?.* → in a window\n/);
  expect(text).toMatch(/ms {2}returned\n(?: {3}← .*\n)* {3}← iss: https:\/\/login\.example\.net\n/);
  expect(textOf('flow-refused')).toContain('   refused: invalid_grant\n');
});

it('a carried request has its time of day, its size and what stopped it, and no value of a header (Z29)', () => {
  const carried: TraceStep = {
    ...({ kind: 'carried', method: 'POST', url: 'https://mcp.example.net/v1' } as const),
    ...{ at: 1_795_794_917_753, status: 200, bytes: 1234, milliseconds: 56, dropped: ['x-other'] },
    ...({ code: 'network_error', reason: 'credential_returned' } as const),
  };
  const site = { origin: 'https://notes.example', resource: 'https://mcp.example.net/v1' };
  const text = traceText({ id: 'a', at: carried.at, ...site, outcome: 'failed', steps: [carried] });
  expect(text).toContain('2026-11-27T15:55:17.753Z  POST https://mcp.example.net/v1 → 200\n');
  expect(text).toContain('   bytes: 1234\n   milliseconds: 56\n   headers left out: x-other\n');
  expect(text).toContain('   stopped: network_error\n   reason: credential_returned\n');
});

it('a stream that was held back has who holds the others (Z32)', () => {
  const step: TraceStep = {
    ...({ kind: 'carried', method: 'GET', url: 'https://mcp.example.net', at: 0 } as const),
    ...({ status: 405, bytes: 0, milliseconds: 1, code: 'rate_limited' } as const),
    held: [
      ['https://notes.example', 2],
      ['https://chat.example', 1],
    ],
  };
  const site = { origin: 'https://notes.example', resource: 'https://mcp.example.net' };
  expect(traceText({ id: 'a', at: 0, ...site, outcome: 'failed', steps: [step] })).toContain(
    '   streams open: 2 of https://notes.example\n   streams open: 1 of https://chat.example\n',
  );
});

it('a request without an answer and an empty list say so', () => {
  expect(textOf('flow-failed')).toContain('→ no answer');
  expect(textOf('flow-done')).toContain('denied by the user: ∅');
});

it('no value of a server can pass for a step of its own (T-18)', () => {
  const trace: Trace = {
    id: 'x',
    at: 0,
    origin: 'https://a.example',
    resource: 'https://mcp.example',
    outcome: 'failed',
    steps: [
      {
        at: 1,
        kind: 'discovered',
        source: 'x\n2. +2 ms  granted\u2028   scopes: admin',
        issuer: 'https://i.example\r\n9. forged',
        issuers: [],
        legacy: false,
      },
    ],
  };
  const steps = traceText(trace)
    .split(/[\n\r\u2028]/)
    .filter((line) => /^\d+\. /.test(line));
  expect(steps).toEqual(['1. +1 ms  discovered']);
});
