/** The bell that the background rings when something has changed. */
import { CHANGES } from '../../shared/document-contract.ts';

/** Calls `changed` whenever what we show may be stale. Returns its undo. */
export function onChanges(changed: () => void): () => void {
  const channel = new BroadcastChannel(CHANGES);
  channel.onmessage = changed;
  // A page that was frozen in the background may have missed the bell.
  window.addEventListener('focus', changed);
  return () => {
    channel.close();
    window.removeEventListener('focus', changed);
  };
}
