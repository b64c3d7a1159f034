/** Host access (Z13) and what the user has before their eyes (Z24), as the browser tells it. */
import browser from 'webextension-polyfill';

/** True when access to every pattern is held. A pattern that the browser does not know counts as not held. */
export async function hasHostAccess(patterns: readonly string[]): Promise<boolean> {
  if (patterns.length === 0) return true;
  try {
    return await browser.permissions.contains({ origins: [...patterns] });
  } catch {
    return false;
  }
}

/** Gives access back. Never fails: a browser that keeps it has its reasons. */
export async function dropHostAccess(patterns: readonly string[]): Promise<void> {
  await browser.permissions.remove({ origins: [...patterns] }).catch(() => false);
}

/** Calls `gone` with the patterns of hosts to which access was withdrawn: the browser lets what runs there run on. */
export function watchHostAccess(gone: (patterns: readonly string[]) => void): void {
  browser.permissions.onRemoved.addListener(({ origins = [] }) => {
    if (origins.length > 0) gone(origins);
  });
}

/** Calls `given` with the patterns of hosts to which access was given, in a page of ours or in one of the browser's. */
export function watchHostGiven(given: (patterns: readonly string[]) => void): void {
  browser.permissions.onAdded.addListener(({ origins = [] }) => {
    if (origins.length > 0) given(origins);
  });
}

/** True when the tab is the active one of the focused window. */
export async function isInFront(tabId: number): Promise<boolean> {
  try {
    const tab = await browser.tabs.get(tabId);
    if (!tab.active || tab.windowId === undefined) return false;
    const window = await browser.windows.get(tab.windowId);
    return window.focused;
  } catch {
    return false;
  }
}

/** Calls `changed` when another tab or window comes to the front, until the returned function is called. */
export function watchFront(changed: () => void): () => void {
  browser.tabs.onActivated.addListener(changed);
  browser.windows.onFocusChanged.addListener(changed);
  return () => {
    browser.tabs.onActivated.removeListener(changed);
    browser.windows.onFocusChanged.removeListener(changed);
  };
}
