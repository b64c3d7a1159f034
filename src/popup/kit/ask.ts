/** The extension door as seen from our own documents, and the bell that rings when something has changed. */
import browser from 'webextension-polyfill';
import { BrokerError } from '../../shared/errors.ts';
import {
  CHANGES,
  type ExtensionCall,
  type ExtensionCalls,
  type ExtensionMessage,
  type ExtensionReply,
} from '../../shared/messages.ts';

/**
 * Calls the background.
 * @throws {BrokerError} with the code of the answer, or `broker_unavailable` when there is none
 */
export async function ask<C extends ExtensionCall>(
  call: C,
  params: ExtensionCalls[C]['params'],
): Promise<ExtensionCalls[C]['result']> {
  const message: ExtensionMessage<C> = { door: 'extension', call, params };
  const reply = await browser.runtime
    .sendMessage<ExtensionMessage<C>, ExtensionReply<C> | undefined>(message)
    .catch((cause: unknown) => {
      throw new BrokerError('broker_unavailable', { cause });
    });
  if (!reply) throw new BrokerError('broker_unavailable');
  if (!reply.ok) throw new BrokerError(reply.error.code);
  return reply.result;
}

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
