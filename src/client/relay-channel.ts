/**
 * Firefox's way: pages have no runtime there, so the extension's content script (`src/content/relay.ts`)
 * takes one end of a MessageChannel and carries what comes through it. What passes is visible to every
 * script of this page, and to nobody else.
 */
import { RELAY_HANDSHAKE } from '../shared/page-contract.ts';
import type { Channel } from './channel.ts';
import type { RelayMessage } from './platform.ts';

/**
 * Hands a port to the relay.
 * @param name which of the broker's doors it leads to
 * @param timeout milliseconds to wait for the relay's word that it has the port
 * @returns undefined when no relay answers
 * @throws DOMException in a document with an opaque origin, which cannot be named to `postMessage`
 */
export function openRelayChannel(name: string, timeout: number): Promise<Channel | undefined> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      port1.close();
      resolve(undefined);
    }, timeout);
    port1.onmessage = ({ data }: MessageEvent<RelayMessage | null>) => {
      if (!data?.relay) return;
      clearTimeout(timer);
      resolve(relayChannel(port1));
    };
    window.postMessage({ [RELAY_HANDSHAKE]: name }, location.origin, [port2]);
  });
}

function relayChannel(port: MessagePort): Channel {
  const channel: Channel = {
    // Bytes are given away, which spares a copy: what is posted here is never needed again.
    post: (message) => port.postMessage(message, 'body' in message ? [message.body!.buffer] : []),
    onMessage: () => {},
    onClose: () => {},
    close: () => {
      // Not every browser tells the other end that a port was closed.
      port.postMessage({ closed: true } satisfies RelayMessage);
      port.close();
    },
  };
  port.onmessage = ({ data }: MessageEvent<RelayMessage | null>) => {
    if (!data?.closed) return channel.onMessage(data);
    port.close();
    channel.onClose();
  };
  return channel;
}
