/**
 * Chrome's way: `externally_connectable` gives pages `chrome.runtime.connect`, and the browser itself
 * attests the page's origin to the extension.
 */
import { PAGE_PORT } from '../shared/page-contract.ts';
import type { Channel } from './channel.ts';
import type { PageGlobal, PageRuntime } from './platform.ts';

/** Finds `chrome.runtime`, by feature detection: absent in Firefox, and where no extension can be connected. */
export function findRuntime(): PageRuntime | undefined {
  const { chrome } = globalThis as PageGlobal;
  return chrome?.runtime?.connect ? (chrome.runtime as PageRuntime) : undefined;
}

/**
 * Opens a port to the extension with this id. For an unknown id Chrome hands out a port all the same and
 * closes it at once.
 * @param name which of the broker's doors it leads to
 * @throws TypeError when the id is not well-formed
 */
export function openRuntimeChannel(
  runtime: PageRuntime,
  extensionId: string,
  name = PAGE_PORT,
): Channel {
  const port = runtime.connect(extensionId, { name });
  const channel: Channel = {
    post: (message) => port.postMessage(message),
    onMessage: () => {},
    onClose: () => {},
    close: () => {
      window.removeEventListener('pageshow', comeBack);
      port.disconnect();
    },
  };
  const lose = (): void => {
    channel.close();
    channel.onClose();
  };
  // Chrome closes the port of a page that it keeps for the way back, and tells the extension alone.
  const comeBack = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) lose();
  };
  window.addEventListener('pageshow', comeBack);
  port.onMessage.addListener((message) => channel.onMessage(message));
  port.onDisconnect.addListener(() => {
    // An error that nobody looks at is written to the page's console.
    void runtime.lastError;
    lose();
  });
  return channel;
}
