/** Where the answer to one question is, event by event. */
import { describe, expect, it } from 'vitest';
import {
  answeringStep,
  unanswered,
  type Answering,
  type AnsweringEvent,
} from '../../../src/popup/consent/answering.ts';

const FAULTS = { clientId: 'clientIdMissing' } as const;
const run = (...events: AnsweringEvent[]): Answering =>
  events.reduce(answeringStep, unanswered('n1'));

const sent: AnsweringEvent = { nonce: 'n1', type: 'sent', at: 'host-access' };
const told: AnsweringEvent = { nonce: 'n1', type: 'host-access-answered' };
const lost: AnsweringEvent = { nonce: 'n1', type: 'not-taken', decision: 'allow' };
const wrong: AnsweringEvent = { nonce: 'n1', type: 'checked', faults: FAULTS };

describe('answeringStep', () => {
  it('goes from the question over the browser’s own question to the background', () => {
    expect(unanswered('n1').at).toBe('open');
    expect(run(sent).at).toBe('host-access');
    expect(run(sent, told).at).toBe('answering');
  });

  it('opens the question again when the answer was not taken, and Allow waits again', () => {
    expect(run(sent, told, lost)).toEqual({
      nonce: 'n1',
      at: 'open',
      attempt: 1,
      lost: 'allow',
      faults: {},
    });
    expect(run(sent, lost, sent, lost).attempt).toBe(2);
  });

  it('has Allow wait again after a fault, and not after a check that found none', () => {
    expect(run(wrong)).toEqual({ nonce: 'n1', at: 'open', attempt: 1, faults: FAULTS });
    expect(run(wrong, { ...wrong, faults: {} })).toMatchObject({ attempt: 1, faults: {} });
  });

  it('begins anew with another question', () => {
    const other = run(wrong, lost, { ...sent, nonce: 'n2' });
    expect(other).toEqual({ nonce: 'n2', at: 'host-access', attempt: 0, faults: {} });
  });

  it.each([told, lost])('ignores $type of a question that is gone', (late) => {
    const state = run({ ...sent, nonce: 'n2' });
    expect(answeringStep(state, late)).toBe(state);
  });
});
