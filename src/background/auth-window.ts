/**
 * The sign-in window: `identity.launchWebAuthFlow`. Chromium refuses a second one while one is open; Firefox
 * lets both run in one window and has handed flow 1 the code of flow 2's server. So there is one at a time,
 * whatever the browser.
 */
import browser from 'webextension-polyfill';
import { BrokerError } from '../shared/errors.ts';
import type { AuthWindow } from './ports.ts';

/** What the browsers say when the user closes the window. */
const CLOSED = /did not approve access|cancelled or denied access/i;

let turn: Promise<unknown> = Promise.resolve();

export const authWindow: AuthWindow = {
  redirectUri: (path) => browser.identity.getRedirectURL(path),

  open(url, opened) {
    const result = turn.then(() => launch(url, opened));
    turn = result.catch(() => undefined);
    return result;
  },

  async close(window) {
    // The id is from before a restart: the window may be long gone, and its number another's.
    const known = await browser.windows.get(window).catch(() => undefined);
    if (known?.type === 'popup') await browser.windows.remove(window).catch(() => undefined);
  },
};

async function launch(url: string, opened: (window: number) => void): Promise<string> {
  const notice = ({ id, type }: browser.Windows.Window) => {
    if (id !== undefined && type === 'popup') opened(id);
  };
  browser.windows.onCreated.addListener(notice);
  try {
    return await browser.identity.launchWebAuthFlow({ url, interactive: true });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : '';
    const code = CLOSED.test(text) ? 'access_denied' : 'authorization_failed';
    const unreachable = code === 'authorization_failed' && { reason: 'unreachable' as const };
    throw new BrokerError(code, { detail: { host: new URL(url).host, ...unreachable }, cause });
  } finally {
    browser.windows.onCreated.removeListener(notice);
  }
}
