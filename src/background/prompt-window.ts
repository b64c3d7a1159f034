/**
 * The consent window. It is a window of its own: the toolbar popup is closed by any loss of focus, and a
 * native permission question closes it together with the answer.
 */
import browser from 'webextension-polyfill';
import type { PromptWindow } from './ports.ts';

const WIDTH = 460;
const HEIGHT = 720;

export const promptWindow: PromptWindow = {
  async open(flow) {
    const url = browser.runtime.getURL(`src/popup/consent.html?flow=${encodeURIComponent(flow)}`);
    const { id } = await browser.windows.create({
      url,
      type: 'popup',
      width: WIDTH,
      height: HEIGHT,
    });
    if (id === undefined) throw new Error('The browser opened no window.');
    return id;
  },
  isOpen: (window) =>
    browser.windows.get(window).then(
      () => true,
      () => false,
    ),
  async focus(window) {
    await browser.windows.update(window, { focused: true, drawAttention: true });
  },
  async close(window) {
    await browser.windows.remove(window).catch(() => undefined);
  },
};

/** Calls `closed` with the id of every window that closes, the user's own ones included. */
export function onWindowClosed(closed: (window: number) => void): void {
  browser.windows.onRemoved.addListener(closed);
}
