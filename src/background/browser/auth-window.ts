/**
 * The sign-in window: `identity.launchWebAuthFlow`. Chromium refuses a second one while one is open; Firefox
 * lets both run in one window and has handed flow 1 the code of flow 2's server. So there is one at a time,
 * whatever the browser.
 *
 * No browser says which window that is. It is the first pop-up after the call that is neither a prompt of ours nor
 * opened by a page: Chromium names the tab that opened another (`openerTabId`), `noopener` or not. Firefox names none
 * for a new window, so there it is the first one alone. Any later one belongs to the provider's page or to somebody
 * else.
 */
import browser from 'webextension-polyfill';
import { BrokerError } from '../../shared/errors.ts';
import { isLoopbackRedirect } from '../../shared/facts/loopback-redirect.ts';
import type { AuthWindow } from '../ports/ports.ts';
import { openLoopback, takeDownRule } from './loopback-window.ts';
import { isPrompt } from './prompt-window.ts';

/** What the browsers say when the user closes the window. */
const CLOSED = /did not approve access|cancelled or denied access/i;

/** Firefox's own: it catches this address, and what is below it, on its own (MDN, `identity`). */
const ownLoopback = findOwnLoopback(browser.identity.getRedirectURL());

let turn: Promise<unknown> = Promise.resolve();

export const authWindow: AuthWindow = {
  redirectUri: (path) => browser.identity.getRedirectURL(path),

  ...(ownLoopback !== undefined && { loopbackUri: (path: string) => `${ownLoopback}/${path}` }),

  open(url, opened, signal, redirectUri = '') {
    const result = turn.then(() => {
      // Another site's sign-in took its time, in which the user may have turned this one away.
      signal?.throwIfAborted();
      const isOwn = ownLoopback !== undefined && redirectUri.startsWith(ownLoopback);
      const isCaught = isLoopbackRedirect(redirectUri) && !isOwn;
      return isCaught ? openLoopback(url, redirectUri, opened) : launch(url, opened);
    });
    turn = result.catch(() => undefined);
    return result;
  },

  async close(window) {
    // The id is from before a restart: the window may be long gone, and its number another's.
    const known = await browser.windows.get(window).catch(() => undefined);
    if (known?.type !== 'popup' || !(await isOurs(window))) return;
    await browser.windows.remove(window).catch(() => undefined);
  },

  takeDown: takeDownRule,
};

/** The address that goes with Firefox's https one: both name the hash of the add-on's id. */
function findOwnLoopback(own: string): string | undefined {
  const hash = /^https:\/\/([0-9a-f]{40})\.extensions\.allizom\.org\//.exec(own)?.[1];
  return hash === undefined ? undefined : `http://127.0.0.1/mozoauth2/${hash}`;
}

async function launch(url: string, opened: (window: number) => void): Promise<string> {
  let isKnown = false;
  const look = async (window: number) => {
    if (!(await isOurs(window)) || isKnown) return;
    isKnown = true;
    opened(window);
  };
  const notice = ({ id, type }: browser.Windows.Window) => {
    if (id !== undefined && type === 'popup' && !isKnown) void look(id);
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
    isKnown = true;
    browser.windows.onCreated.removeListener(notice);
  }
}

/** Whether a pop-up may be the sign-in window: no prompt, and no page has opened it. */
async function isOurs(window: number): Promise<boolean> {
  if (await isPrompt(window)) return false;
  const [tab] = await browser.tabs.query({ windowId: window }).catch(() => []);
  return tab !== undefined && tab.openerTabId === undefined;
}
