/** Keeps what a document shows equal to what the background holds. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { onChanges } from './changes.ts';

/** The newest answer, whether the last call failed, and a way to ask again. */
export interface Live<T> {
  value: T | undefined;
  failed: boolean;
  reload: () => void;
}

/** Loads now and at every change. `load` has to be stable between renders. */
export function useLive<T>(load: () => Promise<T>): Live<T> {
  const [state, setState] = useState<{ value: T | undefined; failed: boolean }>({
    value: undefined,
    failed: false,
  });
  const round = useRef(0);
  const reload = useCallback(() => {
    // Two calls may overtake each other; only the last one asked may speak.
    const mine = ++round.current;
    load().then(
      (value) => {
        if (mine === round.current) setState({ value, failed: false });
      },
      () => {
        if (mine === round.current) setState((last) => ({ value: last.value, failed: true }));
      },
    );
  }, [load]);
  useEffect(() => {
    reload();
    return onChanges(reload);
  }, [reload]);
  return { ...state, reload };
}
