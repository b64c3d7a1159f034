/** The browser's own question whether we may contact a host (Z13). */
import browser from 'webextension-polyfill';

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
