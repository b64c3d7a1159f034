/**
 * What the end-to-end tests and the demo ask of a browser, whichever it is. They know no browser: where one has a
 * way of its own, they ask for that way by name ({@link BrowserDifferences}), and each driver says in one place why.
 */
import type { Browser, Frame, Page } from 'puppeteer-core';
import { DOCUMENTS } from '../src/shared/documents.ts';

/** Where the consent prompt lives, relative to the extension's root. */
export const CONSENT = DOCUMENTS.consent;

/** What the extension opens when it is installed. Only the demo reads it; elsewhere it would lie in front. */
export const ONBOARDING = DOCUMENTS.onboarding;

/** Where the toolbar popup lives, relative to the extension's root. */
export const POPUP = DOCUMENTS.popup;

/**
 * No test waits longer than this for something that the browser was asked to show; milliseconds. Only a failure costs
 * the whole of it: a machine that runs other work beside the tests has needed more than ten seconds.
 */
export const PATIENCE_MS = 25_000;

/** The browsers that every journey is taken in. */
export const BROWSERS = ['chromium', 'firefox'] as const;

export type BrowserName = (typeof BROWSERS)[number];

/** What the browsers do differently, as far as a page, a server or a user can tell. Reasons: docs/compatibility.md. */
export interface BrowserDifferences {
  /** Whether every server's host may be contacted before any question: true where the relay brings access. */
  holdsHostAccessFromStart: boolean;
  /** Whether a page that is opened while no host access is held finds the broker: false where the relay rests on it. */
  findsBrokerWithoutHostAccess: boolean;
  /** What a page in a frame hears when it calls the broker: a refusal, or nothing for want of a channel. */
  framedPage: 'insecure_context' | 'no channel';
  /** Whether a page may be loaded, and its scripts run, before the user goes there (speculation rules). */
  prerenders: boolean;
}

/** A running browser with the extension loaded. */
export interface Driver {
  readonly ways: BrowserDifferences;
  readonly browser: Browser;
  /** Address of the extension's own documents, with a slash at its end. */
  readonly root: string;
  /** Every consent window that was ever opened, closed ones included: "one prompt at most" is countable. */
  readonly consentWindows: readonly unknown[];
  /** Console output, exceptions and policy violations of the extension's own documents and background. */
  readonly faults: readonly string[];
  /** Opens a tab and waits for its load. */
  page(url: string): Promise<Page>;
  /**
   * Sends raw messages as a frame's own script may without the SDK, each on a channel of its own. Resolves the
   * error code of each answer, or `served`, or `no channel`.
   * @param waits false resolves nothing, as soon as all is sent: for a document that is about to be left. What is
   *   still waited for there, Firefox runs once more in the next document of the tab. Default true
   */
  callRaw(frame: Frame, messages: readonly unknown[], waits?: boolean): Promise<string[]>;
  /** Opens a document of the extension in a tab. */
  extensionPage(path: string): Promise<Page>;
  /** The tabs and windows that are open at a URL like this, the driver's own aside. */
  openPages(matches: (url: string) => boolean): Promise<Page[]>;
  /** What the toolbar button shows while `page` is in front. */
  actionPopup(page: Page): Promise<Page>;
  /** Shows a page as it looks in dark or light mode, until told otherwise; `undefined` is as the browser has it. */
  setColorScheme(page: Page, scheme: 'dark' | 'light' | undefined): Promise<void>;
  /** The consent window that is open, or the next to open. */
  consentPrompt(): Promise<Page>;
  /** The window of `launchWebAuthFlow`, whose URL contains `match`. */
  authorizationWindow(match: string): Promise<Page>;
  /** Resolves when the tab or window is gone; called before what closes it. */
  whenClosed(page: Page): Promise<void>;
  /** Runs a self-contained function in the background; it is given the background's global object. */
  evaluateInBackground<T>(task: (background: typeof globalThis) => T): Promise<T>;
  /** Whether the extension holds access to a host, as the browser itself tells it. */
  holdsHostAccess(pattern: string): Promise<boolean>;
  /** Kills the background, as the browser may at any time, and resolves when it is gone. */
  killBackground(): Promise<void>;
  /** Makes the next `permissions.request` for these patterns, made in a click, resolve true without a native prompt. */
  preApproveHostAccess(patterns: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** How the TLS lab is reached: test hosts, all on one port of this machine. */
export interface TestHosts {
  /** Where every `*.test` host answers over https. */
  tlsPort: number;
  /** Base64 SHA-256 of the one public key to trust. */
  spki: string;
}
