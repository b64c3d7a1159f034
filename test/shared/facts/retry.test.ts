/** The judgement about sending again, row by row (Z28, ADR 0026). */
import { describe, expect, it } from 'vitest';
import { planRetry, type Situation, type Verdict } from '../../../src/shared/facts/retry.ts';

const CALL: Situation = {
  status: 401,
  scope: 'enough',
  onlyAsks: false,
  isStreamableHttp: true,
  isGivenUp: false,
  age: 0,
  tries: 0,
  limits: { stepUps: 1, age: 60_000 },
  isHopeless: false,
  outcome: undefined,
};
const FORBIDDEN: Situation = { ...CALL, status: 403, scope: 'missing' };
const FAULT: Situation = { ...CALL, status: undefined };
const FOUND = { outcome: 'another token' } as const;
const OLD = { age: 60_000 };

type Row = [title: string, situation: Situation, verdict: Verdict];

const ANSWERS: Row[] = [
  ['200', { ...CALL, status: 200 }, 'return'],
  ['500', { ...CALL, status: 500 }, 'return'],
  ['401', CALL, 'renew'],
  ['a second 401', { ...CALL, tries: 1 }, 'renew'],
  ['a third 401', { ...CALL, tries: 2 }, 'return'],
  ['401 where asking is in vain', { ...CALL, isHopeless: true }, 'return'],
  ['403 that asks for scope', FORBIDDEN, 'step up'],
  ['a second one', { ...FORBIDDEN, tries: 1 }, 'return'],
  [
    'a second one where two are allowed',
    { ...FORBIDDEN, tries: 1, limits: { stepUps: 2, age: 0 } },
    'step up',
  ],
  ['403 that asks for scope in vain', { ...FORBIDDEN, isHopeless: true }, 'return'],
  ['403 that asks for nothing', { ...FORBIDDEN, scope: 'enough' }, 'return'],
  ['403 with a hidden challenge', { ...FORBIDDEN, scope: 'hidden' }, 'return'],
  ["403 for scope with 'throw'", { ...FORBIDDEN, limits: { stepUps: 0, age: 60_000 } }, 'reject'],
  [
    "hidden 403 with 'throw'",
    { ...FORBIDDEN, scope: 'hidden', limits: { stepUps: 0, age: 60_000 } },
    'reject',
  ],
  ['a TypeError', FAULT, 'renew'],
  ['a second TypeError', { ...FAULT, tries: 1 }, 'reject'],
  ['a TypeError of another kind of request', { ...FAULT, isStreamableHttp: false }, 'reject'],
  ['a TypeError where asking is in vain', { ...FAULT, isHopeless: true }, 'reject'],
];

const ASKED: Row[] = [
  ['401, nothing', { ...CALL, outcome: 'nothing' }, 'return'],
  ['401, another token', { ...CALL, ...FOUND }, 'send again'],
  ['401, another token, too late', { ...CALL, ...FOUND, ...OLD }, 'return'],
  [
    '401, another token, late, only asks',
    { ...CALL, ...FOUND, ...OLD, onlyAsks: true },
    'send again',
  ],
  ['401, another token, clock put back', { ...CALL, ...FOUND, age: -1 }, 'return'],
  [
    '401, another token, none sent again',
    { ...CALL, ...FOUND, limits: { stepUps: 1, age: 0 } },
    'return',
  ],
  ['401, another token for the third time', { ...CALL, ...FOUND, tries: 2 }, 'return'],
  ['403, nothing', { ...FORBIDDEN, outcome: 'nothing' }, 'return'],
  ['403, another token', { ...FORBIDDEN, ...FOUND }, 'send again'],
  ['403, another token, too late', { ...FORBIDDEN, ...FOUND, ...OLD }, 'return'],
  ['TypeError, nothing', { ...FAULT, outcome: 'nothing' }, 'reject'],
  ['TypeError, another token: it may have run', { ...FAULT, ...FOUND }, 'reject'],
  ['TypeError, another token, only asks', { ...FAULT, ...FOUND, onlyAsks: true }, 'send again'],
];

describe('planRetry', () => {
  it.each(ANSWERS)('at first: %s', (_, situation, verdict) => {
    expect(planRetry(situation)).toBe(verdict);
  });

  it.each(ASKED)('once the broker was asked: %s', (_, situation, verdict) => {
    expect(planRetry(situation)).toBe(verdict);
  });

  it.each(ASKED)('given up meanwhile, never sent again: %s', (_, situation) => {
    const end = situation.status === undefined ? 'reject' : 'return';
    expect(planRetry({ ...situation, isGivenUp: true })).toBe(end);
  });
});
