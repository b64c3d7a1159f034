/** The extension door as seen from our own documents. */
import browser from 'webextension-polyfill';
import { BrokerError } from '../../shared/errors.ts';
import type {
  ExtensionCall,
  ExtensionCalls,
  ExtensionMessage,
  ExtensionReply,
} from '../../shared/document-contract.ts';

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
  if (!reply.ok) {
    const { code, reason } = reply.error;
    throw new BrokerError(code, { detail: reason ? { reason } : {} });
  }
  return reply.result;
}
