/** Host access (Z13) and what the user has before their eyes (Z24), as the browser tells it. */
import browser from 'webextension-polyfill';

/** How long access that is held is believed without another look, which costs a carried request the most; milliseconds. */
const BELIEVED = 1000;
/** Until when each set of patterns is. What was added or removed is told; this bounds what was not. */
const believed = new Map<string, number>();
/** How often something has changed: a look that began before says nothing of now. */
let changes = 0;

/** Nothing of what was seen before counts any more. */
function forget(): void {
  changes += 1;
  believed.clear();
}
browser.permissions.onAdded.addListener(forget);
browser.permissions.onRemoved.addListener(forget);

/** True when access to every pattern is held. A pattern that the browser does not know counts as not held. */
export async function hasHostAccess(patterns: readonly string[]): Promise<boolean> {
  if (patterns.length === 0) return true;
  const name = patterns.join(' ');
  if ((believed.get(name) ?? 0) > performance.now()) return true;
  const before = changes;
  const isHeld = await lookForHostAccess(patterns);
  if (isHeld && before === changes) remember(name);
  return isHeld;
}

/** The same, as the browser says now, whatever was believed a moment ago. */
export async function lookForHostAccess(patterns: readonly string[]): Promise<boolean> {
  return browser.permissions.contains({ origins: [...patterns] }).catch(() => false);
}

function remember(name: string): void {
  // A few servers are used at a time.
  if (believed.size >= 100) believed.clear();
  believed.set(name, performance.now() + BELIEVED);
}

/** Gives access back. Never fails: a browser that keeps it has its reasons. */
export async function dropHostAccess(patterns: readonly string[]): Promise<void> {
  await browser.permissions.remove({ origins: [...patterns] }).catch(() => false);
  forget();
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
