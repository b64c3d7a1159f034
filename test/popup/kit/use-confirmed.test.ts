/** The action that is asked for once more: every event in every state. */
import { describe, expect, it } from 'vitest';
import {
  confirmedStep,
  type Confirmed,
  type ConfirmedEvent,
} from '../../../src/popup/kit/use-confirmed.ts';

type State = Confirmed<number>;
type Event = ConfirmedEvent<number>;

const EVENTS: Event[] = [
  { type: 'open' },
  { type: 'keep' },
  { type: 'run' },
  { type: 'failed' },
  { type: 'done', result: 7 },
];

/** Where each of the events leads, in the order of EVENTS; a dot where nothing changes. */
const TABLE: { from: State; to: string }[] = [
  { from: { step: 'idle' }, to: 'asking . running . .' },
  { from: { step: 'asking' }, to: 'asking kept running . .' },
  { from: { step: 'kept' }, to: 'asking . running . .' },
  { from: { step: 'running' }, to: '. . . failed done' },
  { from: { step: 'failed' }, to: 'asking . running . .' },
  { from: { step: 'done', result: 1 }, to: 'asking . running . .' },
];

const run = (...events: Event[]) =>
  events.reduce<State>((state, event) => confirmedStep(state, event), { step: 'idle' });

describe('confirmedStep', () => {
  it.each(TABLE)('leads from $from.step to: $to', ({ from, to }) => {
    const steps = EVENTS.map((event) => {
      const next = confirmedStep(from, event);
      return next === from ? '.' : next.step;
    });
    expect(steps.join(' ')).toBe(to);
  });

  it('keeps what the work brought', () => {
    expect(run({ type: 'open' }, { type: 'run' }, { type: 'done', result: 7 })).toEqual({
      step: 'done',
      result: 7,
    });
  });

  it('forgets a result when the question is asked anew', () => {
    expect(run({ type: 'run' }, { type: 'done', result: 7 }, { type: 'open' })).toEqual({
      step: 'asking',
    });
  });

  it('lets no answer speak twice', () => {
    const done: Event = { type: 'done', result: 7 };
    expect(run({ type: 'run' }, { type: 'failed' }, done)).toEqual({ step: 'failed' });
  });
});
