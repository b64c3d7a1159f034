/** Keeps what a document shows equal to what the background holds. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asBrokerError, type FailureReason } from '../../shared/errors.ts';
import { onChanges } from './changes.ts';

/** The newest answer, whether the last call failed, and a way to ask again. */
export interface Live<T> {
  value: T | undefined;
  failed: boolean;
  /** Why, when the background said so. */
  reason?: FailureReason | undefined;
  reload: () => void;
}

/** Loads now and at every change. `load` has to be stable between renders. */
export function useLive<T>(load: () => Promise<T>): Live<T> {
  const [state, setState] = useState<Omit<Live<T>, 'reload'>>({ value: undefined, failed: false });
  const round = useRef(0);
  const reload = useCallback(() => {
    // Two calls may overtake each other; only the last one asked may speak.
    const mine = ++round.current;
    load().then(
      (value) => {
        if (mine === round.current) setState({ value, failed: false });
      },
      (error: unknown) => {
        const { reason } = asBrokerError(error).detail;
        if (mine === round.current) setState(({ value }) => ({ value, failed: true, reason }));
      },
    );
  }, [load]);
  useEffect(() => {
    reload();
    return onChanges(reload);
  }, [reload]);
  return { ...state, reload };
}
