/** The browser's own question whether we may contact a host (Z13). */
import browser from 'webextension-polyfill';

/** Every server that is not on this computer. Loopback is asked for host by host: it is for developers. */
export const ALL_SERVERS: readonly string[] = ['https://*/*'];

/**
 * Asks the browser for access to hosts. Must be called synchronously inside a click. Undefined when there
 * is nothing to ask for. The promise tells only that the user has answered: declining is not a refusal,
 * and what was given the background learns from `permissions.onAdded`.
 */
export function requestHostAccess(origins: string[]): Promise<void> | undefined {
  if (origins.length === 0) return undefined;
  return browser.permissions.request({ origins }).then(
    () => undefined,
    () => undefined,
  );
}

/** The match patterns that the browser lets us read. */
export async function listHostAccess(): Promise<string[]> {
  const { origins = [] } = await browser.permissions.getAll();
  return [...origins].sort();
}

/** Gives access back. False when the browser keeps it. */
export async function dropHostAccess(origins: readonly string[]): Promise<boolean> {
  try {
    return await browser.permissions.remove({ origins: [...origins] });
  } catch {
    return false;
  }
}

/** Calls `changed` whenever access comes or goes, here or on the browser's own pages. Returns its undo. */
export function onHostAccess(changed: () => void): () => void {
  browser.permissions.onAdded.addListener(changed);
  browser.permissions.onRemoved.addListener(changed);
  return () => {
    browser.permissions.onAdded.removeListener(changed);
    browser.permissions.onRemoved.removeListener(changed);
  };
}

/** Whether sites reach us by a content script, which works only where host access is held (Firefox, Z12). */
export function isReachedByRelay(): boolean {
  return browser.runtime.getManifest().content_scripts !== undefined;
}
