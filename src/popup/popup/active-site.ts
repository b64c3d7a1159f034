/** Which site the user is looking at, as far as the browser lets us know. */
import browser from 'webextension-polyfill';
import { ask } from '../kit/ask.ts';

/**
 * The origin of the active tab. Undefined for anything that is not a web page, and wherever nobody tells: we
 * hold no `tabs` permission, so the browsers give the address only for hosts that the user gave us access to;
 * but the background knows the tabs whose pages have spoken to it. Otherwise the list shows all sites alike.
 */
export async function findActiveSite(): Promise<string | undefined> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  if (tab?.url !== undefined) {
    return /^https?:\/\//.test(tab.url) ? new URL(tab.url).origin : undefined;
  }
  if (tab?.id === undefined) return undefined;
  return (await ask('site', { tabId: tab.id }))?.origin;
}
