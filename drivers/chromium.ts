/**
 * Drives a real Chromium with an unpacked extension, as a user would: clicks are trusted input events,
 * windows are the browser's own, and nothing in the product knows that it is tested.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer, { type Browser, type Page, type Target, type WebWorker } from 'puppeteer-core';
import { getChromium } from '../scripts/browsers.mjs';
import {
  CONSENT,
  ONBOARDING,
  PATIENCE_MS,
  POPUP,
  type Driver,
  type BrowserDifferences,
} from './driver.ts';
import { recordFaults } from './faults.ts';
import { callOverRuntime } from './raw-channel.ts';

/** What this browser does in its own way. */
const WAYS: BrowserDifferences = {
  // Pages connect by themselves, so nothing but the user's answer brings access to a host (Z12, Z13).
  holdsHostAccessFromStart: false,
  findsBrokerWithoutHostAccess: true,
  // A frame has the same channel as a page; who it is, and that it is framed, the browser attests.
  framedPage: 'insecure_context',
  prerenders: true,
};

/** A test machine reaches nothing but itself; Chromium's own errands would only fail, many at a time. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What {@link openChromium} is started with. */
export interface ChromiumOptions {
  /** Folder of the unpacked extension. */
  extension: string;
  /** User data folder; kept on close. Default: a throw-away one. */
  profile?: string;
  /** `--host-resolver-rules`. Default: every `*.test` name is 127.0.0.1, ports unchanged. */
  hostRules?: string;
  /** Base64 SHA-256 of the one public key that is trusted without a certificate authority. */
  spki?: string;
  /** Default true. */
  headless?: boolean;
  /**
   * False keeps off the service worker, so it idles out as it does for a user, and its faults go unheard.
   * Default true.
   */
  watchWorker?: boolean;
  /** True leaves the extension's first page open, once it is there. Default false. */
  keepsIntroduction?: boolean;
}

/** A running Chromium with the extension loaded. */
export interface Chromium extends Driver {
  extensionId: string;
  consentWindows: readonly Target[];
  /** The service worker, or the next to start. Whoever holds it keeps it from idling out. */
  worker(): Promise<WebWorker>;
  isWorkerRunning(): boolean;
  /** Gives the window of `page` the focus, or takes it away. Headless, opening another window does not. */
  setWindowFocus(page: Page, focused: boolean): Promise<void>;
}

/** Starts Chromium with the extension of {@link ChromiumOptions.extension} loaded. */
export async function openChromium(options: ChromiumOptions): Promise<Chromium> {
  const profile = options.profile ?? mkdtempSync(path.join(tmpdir(), 'grantkeeper-chromium-'));
  const browser = await puppeteer.launch({
    executablePath: getChromium(),
    headless: options.headless ?? true,
    pipe: true,
    enableExtensions: true,
    userDataDir: profile,
    args: launchArguments(options),
    defaultViewport: null,
  });
  const extensionId = await browser.installExtension(path.resolve(options.extension));
  const base = `chrome-extension://${extensionId}/`;
  const introduction = await findIntroduction(browser, base + ONBOARDING);
  if (options.keepsIntroduction !== true) await introduction?.close();
  const faults = recordFaults(browser, base, options.watchWorker ?? true);
  const consentWindows = recordWindows(browser, base + CONSENT);

  const find = async (matches: (target: Target) => boolean): Promise<Page> => {
    const target = await browser.waitForTarget(matches, { timeout: PATIENCE_MS });
    const page = (await target.page()) ?? (await target.asPage());
    await page.waitForSelector('body');
    return page;
  };
  const page = async (url: string): Promise<Page> => {
    const opened = await browser.newPage();
    await opened.goto(url);
    return opened;
  };
  const worker = async (): Promise<WebWorker> => {
    const target = await browser.waitForTarget(isWorker(base), { timeout: PATIENCE_MS });
    const running = await target.worker();
    if (running === null) throw new Error('The service worker ended while it was looked up');
    // The target is there a moment before its extension API is.
    while (!(await running.evaluate(() => 'chrome' in globalThis))) await sleep(10);
    return running;
  };
  return {
    browser,
    ways: WAYS,
    root: base,
    extensionId,
    consentWindows,
    faults,
    page,
    callRaw: (frame, messages, waits) => callOverRuntime(frame, extensionId, messages, waits),
    worker,
    isWorkerRunning: () => browser.targets().some(isWorker(base)),
    whenClosed: (closing) =>
      new Promise((resolve) => {
        // One that has closed already says so no more.
        if (closing.isClosed()) resolve();
        else closing.once('close', () => resolve());
      }),
    evaluateInBackground: async <T>(task: (background: typeof globalThis) => T) => {
      const running = await worker();
      return (await running.evaluate(`(${task.toString()})(globalThis)`)) as T;
    },
    holdsHostAccess: async (pattern) =>
      (await worker()).evaluate(
        (origin) => chrome.permissions.contains({ origins: [origin] }),
        pattern,
      ),
    killBackground: () => killWorker(browser, base),
    extensionPage: (file) => page(base + file),
    consentPrompt: () => find((target) => target.url().startsWith(base + CONSENT)),
    authorizationWindow: (match) =>
      find((target) => target.type() === 'page' && target.url().includes(match)),
    openPages: (matches) => openPages(browser, matches),
    actionPopup: async (front) => {
      const extension = (await browser.extensions()).get(extensionId);
      if (extension === undefined) throw new Error('The extension is not loaded');
      await extension.triggerAction(front);
      return find((target) => target.url().startsWith(base + POPUP));
    },
    setColorScheme: (page, value) =>
      page.emulateMediaFeatures(value && [{ name: 'prefers-color-scheme', value }]),
    preApproveHostAccess: (patterns) => preApproveHostAccess(browser, extensionId, patterns),
    setWindowFocus: async (inside, focused) => setWindowFocus(await worker(), inside, focused),
    close: async () => {
      await browser.close();
      if (options.profile === undefined) rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A profile in which the extension has been before is introduced to it no more, or once more; nobody says. */
async function findIntroduction(browser: Browser, url: string): Promise<Page | null> {
  const opened = (target: Target) => target.url() === url;
  const target = await browser.waitForTarget(opened, { timeout: PATIENCE_MS });
  const page = await target.page();
  // Closed while it still asks for its texts, it leaves every later document in its process without any.
  await page?.waitForFunction(() => document.querySelector('h1')?.textContent, {
    timeout: PATIENCE_MS,
  });
  return page;
}

function launchArguments({ hostRules = 'MAP *.test 127.0.0.1', spki }: ChromiumOptions): string[] {
  return [
    ...QUIET,
    `--host-resolver-rules=${hostRules}`,
    ...(spki === undefined ? [] : [`--ignore-certificate-errors-spki-list=${spki}`]),
    // Chromium refuses to run as root with its sandbox, and tests run as root in containers.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}

/** A window gets its URL only after it was created, so both events are watched. */
function recordWindows(browser: Browser, url: string): readonly Target[] {
  const seen: Target[] = [];
  const look = (target: Target): void => {
    if (target.url().startsWith(url) && !seen.includes(target)) seen.push(target);
  };
  browser.on('targetcreated', look);
  browser.on('targetchanged', look);
  return seen;
}

/** A document of the extension is no page to puppeteer before it is asked for as one. */
async function openPages(browser: Browser, matches: (url: string) => boolean): Promise<Page[]> {
  const targets = browser
    .targets()
    .filter((target) => target.type() === 'page' && matches(target.url()));
  return Promise.all(targets.map(async (target) => (await target.page()) ?? target.asPage()));
}

function isWorker(base: string): (target: Target) => boolean {
  return (target) => target.type() === 'service_worker' && target.url().startsWith(base);
}

/**
 * Detaches from the worker first: a page that reconnects starts the next worker at once, and one to which a
 * debugger was still attached then waits for that debugger for ever. That the worker is dead is told by the
 * browser's own bookkeeping, seen from a page.
 */
async function killWorker(browser: Browser, base: string): Promise<void> {
  const targets = browser.targets().filter(isWorker(base));
  if (targets.length === 0) return;
  for (const target of targets) await (await target.worker())?.client.detach();
  const [page] = await browser.pages();
  if (page === undefined) throw new Error('The browser has no page to look from');
  const session = await page.createCDPSession();
  const stopped = new Promise<void>((resolve, reject) => {
    const late = () => reject(new Error('The service worker does not die'));
    setTimeout(late, PATIENCE_MS).unref();
    session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      const ours = versions.filter(({ scriptURL }) => scriptURL.startsWith(base));
      if (ours.some(({ runningStatus }) => runningStatus === 'stopped')) resolve();
    });
  });
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.stopAllWorkers');
  await stopped;
  await session.detach();
}

/** A window has the same number for DevTools and for extensions. */
async function setWindowFocus(worker: WebWorker, page: Page, focused: boolean): Promise<void> {
  const session = await page.createCDPSession();
  const { windowId } = await session.send('Browser.getWindowForTarget');
  await session.detach();
  await worker.evaluate((id, options) => chrome.windows.update(id, options), windowId, { focused });
}

/** Only the browser's own extensions page may do this, as if the user had done it by hand before. */
async function preApproveHostAccess(
  browser: Browser,
  extensionId: string,
  patterns: readonly string[],
): Promise<void> {
  const page = await browser.newPage({ type: 'tab', background: true });
  await page.goto('chrome://extensions');
  for (const pattern of patterns) {
    await page.evaluate(
      `chrome.developerPrivate.addHostPermission(${JSON.stringify(extensionId)}, ${JSON.stringify(pattern)})`,
    );
  }
  await page.close();
}
