/**
 * Drives a real Firefox with the extension as a temporary add-on, over WebDriver BiDi: clicks are trusted input
 * events, windows are the browser's own, and nothing in the product knows that it is tested.
 */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { getFirefox } from '../scripts/browsers.mjs';
import { startConnectProxy } from './connect-proxy.ts';
import {
  CONSENT,
  ONBOARDING,
  PATIENCE_MS,
  POPUP,
  type Driver,
  type TestHosts,
  type BrowserDifferences,
} from './driver.ts';
import { FirefoxScope } from './firefox-scope.ts';
import { callOverRelay } from './raw-channel.ts';

/** The add-on's origin is random; a pinned one lets a test open its pages. */
const ORIGIN = 'moz-extension://3f0c2a6e-8f5b-4a57-9d0b-6a1c2f6f9b11/';

/**
 * A document of the extension without any script. From it the event page's global object can be reached. It is
 * open all the while: a function that it has left in the background would die with it.
 */
const OUTPOST = 'icons/16.png';

/** What the toolbar popup may take of the screen, in pixels. */
const POPUP_SIZE = { width: 400, height: 600 };

/** What this browser does in its own way. */
const WAYS: BrowserDifferences = {
  // The relay is a content script for all sites, and Firefox grants its matches, for fetch too, on installation.
  holdsHostAccessFromStart: true,
  findsBrokerWithoutHostAccess: false,
  // The relay runs in top frames only, so a frame has nobody to speak to.
  framedPage: 'no channel',
  prerenders: false,
};

/** What Firefox says each time when a document or a background ends amid its work, as a closed popup or a killed one does. */
const OF_AN_END = [
  'Promise resolved after context unloaded',
  'An IndexedDB transaction that was not yet complete has been aborted due to page navigation',
];

/** What {@link openFirefox} is started with. */
export interface FirefoxOptions {
  /** Folder of the unpacked extension. */
  extension: string;
  /** Where `https://*.test` is. Default: nowhere. */
  hosts?: TestHosts | undefined;
  /**
   * True where a person sits in front: Firefox asks them its own questions, and has no windows open but theirs.
   * Then nothing can be run in the background. Default false, without a display.
   */
  visitor?: boolean;
  /** Profile folder; kept on close. Default: a throw-away one. */
  profile?: string | undefined;
  /** True leaves the extension's first page open, once it is there. Default false. */
  keepsIntroduction?: boolean | undefined;
}

/** A running Firefox with the extension loaded. */
export interface Firefox extends Driver {
  /** `running`, `starting`, `suspending` or `stopped`. */
  backgroundState(): Promise<unknown>;
}

/** Starts Firefox with the extension of {@link FirefoxOptions.extension} loaded. */
export async function openFirefox(options: FirefoxOptions): Promise<Firefox> {
  const { extension, hosts, visitor = false, profile } = options;
  const id = geckoId(extension);
  const proxy = hosts && (await startConnectProxy(hosts.tlsPort));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: getFirefox(),
    headless: !visitor,
    ...(profile !== undefined && { userDataDir: profile }),
    // Firefox has no way to trust one key alone; nothing but the test's own hosts is reached through the proxy.
    acceptInsecureCerts: hosts !== undefined,
    // Without it neither moz-extension: pages nor the add-on's own state can be reached.
    args: ['--remote-allow-system-access'],
    extraPrefsFirefox: preferences(id, { visitor, proxyPort: proxy?.port }),
    defaultViewport: null,
  });
  if (profile !== undefined) keepPreferences(profile);
  await browser.installExtension(path.resolve(extension));
  const introduction = await findPage(browser, (url) => url === ORIGIN + ONBOARDING);
  if (options.keepsIntroduction !== true) await introduction.close();
  const scope = new FirefoxScope(browser, id);
  const consentWindows: string[] = [];
  const faults: string[] = [];
  const opened = (url: string): void => {
    if (url.startsWith(ORIGIN + CONSENT)) consentWindows.push(url);
  };
  await scope.watch(opened, (fault) => {
    if (!OF_AN_END.some((words) => fault.includes(words))) faults.push(fault);
  });

  const outpost = visitor ? undefined : await openExtensionPage(browser, ORIGIN + OUTPOST, true);
  return {
    browser,
    ways: WAYS,
    root: ORIGIN,
    consentWindows,
    faults,
    page: async (url) => {
      const page = await browser.newPage();
      await page.goto(url);
      return page;
    },
    callRaw: callOverRelay,
    extensionPage: (file) => openExtensionPage(browser, ORIGIN + file),
    consentPrompt: () => findPage(browser, (url) => url.startsWith(ORIGIN + CONSENT)),
    authorizationWindow: (match) => findPage(browser, (url) => url.includes(match)),
    openPages: (matches) => openPages(browser, (url) => url !== ORIGIN + OUTPOST && matches(url)),
    // The button's own panel is in no list of windows that a driver is given. Its document is the same in a tab.
    actionPopup: async () => {
      const page = await openExtensionPage(browser, ORIGIN + POPUP);
      await page.setViewport(POPUP_SIZE);
      return page;
    },
    // A preference of the whole browser: Firefox knows none of a single page.
    setColorScheme: (_page, scheme) => scope.setColorScheme(scheme),
    // Puppeteer hears of some closed windows only when the browser ends.
    whenClosed: async (page) => {
      while (await scope.isOpen(page)) await sleep(50);
    },
    evaluateInBackground: async <T>(task: (background: typeof globalThis) => T) => {
      const call = `browser.runtime.getBackgroundPage().then(${task.toString()})`;
      if (!outpost) throw new Error('With a visitor in front nothing is run in the background');
      return (await outpost.evaluate(call)) as T;
    },
    holdsHostAccess: (pattern) => scope.holdsHostAccess(pattern),
    killBackground: () => scope.terminateBackground(),
    backgroundState: () => scope.backgroundState(),
    // A preference answers every such question with yes, and only within a click.
    preApproveHostAccess: () => Promise.resolve(),
    close: async () => {
      await browser.close();
      proxy?.close();
    },
  };
}

function preferences(
  id: string,
  { visitor, proxyPort }: { visitor: boolean; proxyPort: number | undefined },
): Record<string, unknown> {
  return {
    'extensions.webextensions.uuids': JSON.stringify({ [id]: new URL(ORIGIN).host }),
    'extensions.webextOptionalPermissionPrompts': visitor,
    // The one host that tests visit over plain http.
    'network.dns.localDomains': 'insecure.test',
    // Processes kept ready for pages that never come: a tenth of what a test costs.
    'dom.ipc.processPrelaunch.enabled': false,
    ...(proxyPort !== undefined && {
      'network.proxy.type': 1,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': proxyPort,
    }),
  };
}

/**
 * Puppeteer puts the former preferences back when the browser has ended, in the midst of its next start. Without its
 * copies of them it leaves them as they are.
 */
function keepPreferences(profile: string): void {
  for (const file of ['user.js', 'prefs.js']) {
    rmSync(path.join(profile, `${file}.puppeteer`), { force: true });
  }
}

function geckoId(extension: string): string {
  const manifest = JSON.parse(readFileSync(path.join(extension, 'manifest.json'), 'utf8')) as {
    browser_specific_settings: { gecko: { id: string } };
  };
  return manifest.browser_specific_settings.gecko.id;
}

/** How often a tab is opened that Firefox says is gone. */
const MOST_TABS = 3;

/** While an add-on's pages are being closed, Firefox now and then discards a tab that has just been opened. */
async function openTab(browser: Browser, background: boolean): Promise<Page> {
  for (let left = MOST_TABS - 1; ; left -= 1) {
    try {
      return await browser.newPage({ type: 'tab', background });
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** Firefox never reports the load of a moz-extension: page, so the page itself is asked. */
async function openExtensionPage(browser: Browser, url: string, background = false): Promise<Page> {
  const page = await openTab(browser, background);
  page.goto(url, { timeout: PATIENCE_MS }).catch(() => undefined);
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const state = await ask(page, () => `${document.readyState} ${location.href}`);
    if (state === `complete ${url}`) return page;
    await sleep(100);
  }
  throw new Error(`${url} did not load`);
}

async function findPage(browser: Browser, matches: (url: string) => boolean): Promise<Page> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const [page] = await openPages(browser, matches);
    if (page) return page;
    await sleep(50);
  }
  throw new Error('The window that was waited for did not open');
}

/** What puppeteer holds for the URL of a page may be older than the page, so each page is asked. */
async function openPages(browser: Browser, matches: (url: string) => boolean): Promise<Page[]> {
  const found: Page[] = [];
  for (const page of await browser.pages()) {
    const state = await ask(page, () => `${document.readyState} ${location.href}`);
    const [ready = '', url = ''] = state.split(' ');
    if (ready !== 'loading' && matches(url)) found.push(page);
  }
  return found;
}

/** A document that is being replaced, or a window that is closing, may never answer. */
function ask(page: Page, question: () => string): Promise<string> {
  const answer = page.evaluate(question).catch(() => '');
  return Promise.race([answer, sleep(1000, '')]);
}
