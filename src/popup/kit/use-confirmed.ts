/**
 * An action that is asked for once more before it runs: the button, the question in its place, the work, and what came
 * of it. All of these are one state, so no two of them are ever on screen together.
 */
import { useReducer, useRef } from 'preact/hooks';

/** Where the action is. `kept`: the user has said no, and the focus goes back to the button. */
export type Confirmed<T> =
  { step: 'idle' | 'asking' | 'kept' | 'running' | 'failed' } | { step: 'done'; result: T };

/** What happens to it. */
export type ConfirmedEvent<T> =
  { type: 'open' | 'keep' | 'run' | 'failed' } | { type: 'done'; result: T };

/** The next state. What does not fit the state changes nothing: while it runs, it can be neither asked nor run again. */
export function confirmedStep<T>(state: Confirmed<T>, event: ConfirmedEvent<T>): Confirmed<T> {
  const isRunning = state.step === 'running';
  switch (event.type) {
    case 'open':
      return isRunning ? state : { step: 'asking' };
    case 'keep':
      return state.step === 'asking' ? { step: 'kept' } : state;
    case 'run':
      return isRunning ? state : { step: 'running' };
    case 'failed':
      return isRunning ? { step: 'failed' } : state;
    case 'done':
      return isRunning ? { step: 'done', result: event.result } : state;
  }
}

/** The state of one action, and what the buttons do with it. */
export interface UseConfirmed<T> {
  state: Confirmed<T>;
  /** Asks the question. */
  open: () => void;
  /** Leaves everything as it is. */
  keep: () => void;
  /** Starts the work in this very click, unless it runs already; also where nothing has to be asked. */
  run: (work: () => Promise<T>) => void;
}

/** The state lives as long as the component that shows it. */
export function useConfirmed<T = void>(): UseConfirmed<T> {
  const [state, happen] = useReducer<Confirmed<T>, ConfirmedEvent<T>>(confirmedStep, {
    step: 'idle',
  });
  // Two clicks may come before the next render.
  const isBusy = useRef(false);
  const run = (work: () => Promise<T>) => {
    if (isBusy.current) return;
    isBusy.current = true;
    happen({ type: 'run' });
    work()
      .then(
        (result) => happen({ type: 'done', result }),
        () => happen({ type: 'failed' }),
      )
      .finally(() => (isBusy.current = false));
  };
  return { state, run, open: () => happen({ type: 'open' }), keep: () => happen({ type: 'keep' }) };
}
