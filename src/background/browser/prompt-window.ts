/**
 * The consent window. It is a window of its own: the toolbar popup is closed by any loss of focus, and a
 * native permission question closes it together with the answer.
 *
 * A window is the prompt only while it shows our consent document: when the extension is reloaded, Chromium leaves
 * the window where it is and puts a new tab page into it. Of our own documents a browser tells us the address
 * without any permission; of others we see none, unless the user has given access to the site.
 */
import browser from 'webextension-polyfill';
import type { PromptWindow } from '../ports/ports.ts';
import { DOCUMENTS } from '../../shared/documents.ts';
import { placeBeside, type Frame } from '../../shared/facts/window-place.ts';

const WIDTH = 460;
const HEIGHT = 720;

/** The windows that were opened here; true once our document has been seen in them. */
const seen = new Map<number, boolean>();
let opening: Promise<unknown> = Promise.resolve();

export const promptWindow: PromptWindow = {
  async open(flow, tab) {
    const url = browser.runtime.getURL(`${DOCUMENTS.consent}?flow=${encodeURIComponent(flow)}`);
    const created = create(url, tab);
    opening = Promise.allSettled([opening, created]);
    const { id } = await created;
    if (id === undefined) throw new Error('The browser opened no window.');
    seen.set(id, false);
    return id;
  },
  async isOpen(window) {
    const tabs = await tabsOf(window);
    if (tabs.some(showsPrompt)) {
      seen.set(window, true);
      return true;
    }
    // Firefox tells the address only once the document has come.
    const isComing = seen.get(window) === false;
    return isComing && tabs.some(({ url, status }) => url === undefined && status === 'loading');
  },
  async focus(window) {
    // A window that was made large by the user stays so.
    const { state } = await browser.windows.get(window);
    const shown = state === 'minimized' ? { state: 'normal' as const } : {};
    await browser.windows.update(window, { focused: true, drawAttention: true, ...shown });
  },
  async stepAside(window) {
    if (await promptWindow.isOpen(window))
      await browser.windows.update(window, { state: 'minimized' });
  },
  async close(window) {
    // A window that was only just opened may show a blank page that has loaded: it is the prompt's all the same.
    if (seen.get(window) === false || (await promptWindow.isOpen(window))) {
      await browser.windows.remove(window).catch(() => undefined);
    }
  },
};

/** Beside the asking tab; where the browser doesn't take the place, as off the screen, wherever it likes. */
async function create(url: string, tab: number | undefined): Promise<browser.Windows.Window> {
  const size = { width: WIDTH, height: HEIGHT };
  const wanted = { url, type: 'popup' as const, ...size };
  const place = tab === undefined ? undefined : placeBeside(await windowOf(tab), size);
  if (!place) return browser.windows.create(wanted);
  const rounded = { left: Math.round(place.left), top: Math.round(place.top) };
  return browser.windows
    .create({ ...wanted, ...rounded })
    .catch(() => browser.windows.create(wanted));
}

async function windowOf(tab: number): Promise<Partial<Frame>> {
  try {
    const { windowId = browser.windows.WINDOW_ID_NONE } = await browser.tabs.get(tab);
    return await browser.windows.get(windowId);
  } catch {
    return {};
  }
}

/** Whether this worker has opened the window as a prompt; waits for those that are just being opened. */
export async function isPrompt(window: number): Promise<boolean> {
  await opening;
  return seen.has(window) || (await promptWindow.isOpen(window));
}

/** Calls `closed` with the id of every window that closes, the user's own ones included. */
export function onWindowClosed(closed: (window: number) => void): void {
  browser.windows.onRemoved.addListener(closed);
}

function tabsOf(windowId: number): Promise<browser.Tabs.Tab[]> {
  return browser.tabs.query({ windowId }).catch(() => []);
}

/** Chromium tells where a tab is going before it is there. */
function showsPrompt({ url, pendingUrl }: browser.Tabs.Tab): boolean {
  const root = browser.runtime.getURL(DOCUMENTS.consent);
  return [url, pendingUrl].some((address) => address?.startsWith(root));
}
