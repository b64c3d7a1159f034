/** The toolbar button's badge: how many sites wait for an answer. */
import browser from 'webextension-polyfill';

export function showPending(count: number): void {
  void browser.action.setBadgeText({ text: count === 0 ? '' : String(count) });
}
