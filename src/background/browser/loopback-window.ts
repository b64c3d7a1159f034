/**
 * A sign-in that leads back to this computer (Z35). No browser's `launchWebAuthFlow` takes such an address with a
 * port, so the sign-in page opens in a window of ours, and the request that would go to the port is caught: a session
 * rule blocks it before anything is sent, in every tab, since the provider may open a second window; an observer reads
 * its address, and believes the tab that was opened here and no other.
 *
 * Without access to the host the rule does nothing, and a program that listens on the port would be given the code. So
 * access is looked for once the rule stands and before the window opens, and when it is taken away the window closes.
 */
import browser from 'webextension-polyfill';
import { BrokerError } from '../../shared/errors.ts';
import { arrivesAt } from '../../shared/facts/loopback-redirect.ts';
import { lookForHostAccess } from './host-access.ts';
import { keepAlive } from './keep-alive.ts';

/** One at a time: sign-in windows queue. Other session rules: `browser-session.ts`, `origin-rule.ts`. */
const LOOPBACK_RULE = 3;
/** As Chromium's own sign-in window is. */
const SIZE = { width: 800, height: 640 };

/**
 * Opens the sign-in page, and resolves where its window was sent on this computer.
 * @throws BrokerError `access_denied` when the window is closed, `host_access_required` when nothing would be caught
 */
export async function openLoopback(
  url: string,
  redirectUri: string,
  opened: (window: number) => void,
): Promise<string> {
  const release = keepAlive();
  let tab: number | undefined;
  const watching = watch(redirectUri);
  // Nobody may be waiting for it yet when access is found missing.
  watching.answer.catch(() => undefined);
  try {
    await block(redirectUri);
    await watching.checkAccess();
    const { id: window, tabs } = await browser.windows.create({ url, type: 'popup', ...SIZE });
    tab = tabs?.[0]?.id;
    if (window === undefined || tab === undefined) throw new Error('The browser opened no window.');
    watching.believe(tab);
    opened(window);
    return await watching.answer;
  } finally {
    watching.stop();
    // The rule stands until the page is gone. The tab, since the window may have been given others.
    if (tab !== undefined) await browser.tabs.remove(tab).catch(() => undefined);
    await takeDownRule();
    release();
  }
}

/** Removes the rule, a former worker's as well: it outlives the worker, and must not outlive its sign-in. */
export async function takeDownRule(): Promise<void> {
  await browser.declarativeNetRequest.updateSessionRules({ removeRuleIds: [LOOPBACK_RULE] });
}

async function block(redirectUri: string): Promise<void> {
  const { origin, pathname } = new URL(redirectUri);
  const exact = (origin + pathname).replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  await browser.declarativeNetRequest.updateSessionRules({
    removeRuleIds: [LOOPBACK_RULE],
    addRules: [
      {
        id: LOOPBACK_RULE,
        condition: {
          regexFilter: `^${exact}([?#].*)?$`,
          isUrlFilterCaseSensitive: true,
          resourceTypes: ['main_frame', 'sub_frame', 'xmlhttprequest', 'ping', 'image', 'other'],
        },
        action: { type: 'block' },
      },
    ],
  });
}

/** Watches for the answer, for the end of the window, and for the end of what makes it safe. */
function watch(redirectUri: string) {
  const { host, hostname } = new URL(redirectUri);
  const pattern = `http://${hostname}/*`;
  let tab: number | undefined;
  let resolve: (url: string) => void = () => undefined;
  let reject: (error: BrokerError) => void = () => undefined;
  const answer = new Promise<string>((...settle) => {
    [resolve, reject] = settle;
  });
  // A provider that knows the user answers before the browser has said which tab it opened.
  const early = new Map<number, string>();
  const requested = ({ tabId, url }: Request) => {
    if (!arrivesAt(url, redirectUri)) return;
    if (tab === undefined) early.set(tabId, url);
    else if (tabId === tab) resolve(url);
  };
  const closed = (tabId: number) => {
    if (tabId === tab) reject(new BrokerError('access_denied', { detail: { host } }));
  };
  const checkAccess = async () => {
    if (await lookForHostAccess([pattern])) return;
    const error = new BrokerError('host_access_required', { detail: { host } });
    reject(error);
    throw error;
  };
  return {
    answer,
    checkAccess,
    /** Says which tab is ours. */
    believe(ours: number) {
      tab = ours;
      const url = early.get(ours);
      if (url !== undefined) resolve(url);
    },
    stop: listen(pattern, { requested, closed, removed: () => void checkAccess().catch(() => 0) }),
  };
}

type Request = browser.WebRequest.OnBeforeRequestDetailsType;

interface Listeners {
  requested: (request: Request) => void;
  closed: (tab: number) => void;
  /** Access to some host was taken away. */
  removed: () => void;
}

/** Observes and decides nothing: what is blocked, the rule blocks. */
function listen(pattern: string, { requested, closed, removed }: Listeners): () => void {
  const { onBeforeRequest } = browser.webRequest;
  const observe = (request: Request) => {
    requested(request);
    return undefined;
  };
  onBeforeRequest.addListener(observe, { urls: [pattern], types: ['main_frame'] });
  browser.tabs.onRemoved.addListener(closed);
  browser.permissions.onRemoved.addListener(removed);
  return () => {
    onBeforeRequest.removeListener(observe);
    browser.tabs.onRemoved.removeListener(closed);
    browser.permissions.onRemoved.removeListener(removed);
  };
}
