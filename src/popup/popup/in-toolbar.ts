/** Whether this document is the toolbar's panel, or has been opened in a tab. */
import browser from 'webextension-polyfill';

/** Only the panel is asked how wide it wants to be. */
export function isInToolbar(): boolean {
  return browser.extension.getViews({ type: 'popup' }).includes(window);
}
