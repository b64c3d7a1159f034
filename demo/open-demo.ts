/**
 * The demo's browser and servers together: on named https hosts, as people meet sites, or on ports of this computer
 * where the browser doesn't take the demo's certificate.
 */
import type { Page } from 'puppeteer-core';
import { ONBOARDING, type BrowserName, type Driver, type TestHosts } from '../drivers/driver.ts';
import { BUILDS } from '../drivers/open.ts';
import { createCertificate } from '../drivers/tls.ts';
import { DEMO_HOSTS, startLab, type Lab, type LabOptions } from './lab.ts';
import { bundle } from './web-client/bundle.ts';

/** What is running. */
export interface Demo {
  lab: Lab;
  driver: Driver;
  /** Whether everything is at its own https name; else everything is at a port of 127.0.0.1. */
  isNamed: boolean;
}

/** How a demo is opened. */
export interface Opening {
  browser: BrowserName;
  lab: LabOptions;
  /** Starts the browser, which leads `*.test` to where the servers are. */
  openBrowser: (hosts: TestHosts) => Promise<Driver>;
}

/** Starts the servers, then the browser, and sees whether the one reaches the other. */
export async function openDemo({ browser, lab: options, openBrowser }: Opening): Promise<Demo> {
  const common = {
    ...options,
    extensionRedirectHosts: [BUILDS[browser].redirectHost],
    moreServers: true,
  };
  // Before a browser waits for it.
  await bundle();
  const tls = await createCertificate(Object.values(DEMO_HOSTS));
  const named = await startLab({ ...common, tls, hosts: DEMO_HOSTS });
  const driver = await openBrowser({ tlsPort: named.tlsPort ?? 0, spki: tls.spki });
  const isNamed = await isReached(driver, named.siteA.origin);
  if (!isNamed) await named.close();
  const lab = isNamed ? named : await startLab(common);
  lab.countQuestions = () => driver.consentWindows.length;
  return { lab, driver, isNamed };
}

/** The introduction in front, and the demo behind it: closing the one leads on to the other. */
export async function openPages({ lab, driver }: Demo): Promise<void> {
  const [introduction] = await driver.openPages((url) => url === driver.root + ONBOARDING);
  // Firefox's driver has no address for the extension's own pages, so the introduction is blank to it too.
  const isFree = (page: Page) => page !== introduction && page.url() === 'about:blank';
  const tab = (await driver.browser.pages()).find(isFree);
  await (tab ?? (await driver.browser.newPage())).goto(lab.siteA.origin);
  await introduction?.bringToFront();
}

/** In a tab that is closed again: a browser that refuses a certificate says so by failing. */
async function isReached({ browser }: Driver, origin: string): Promise<boolean> {
  const tab: Page = await browser.newPage();
  try {
    const answer = await tab.goto(`${origin}/config.json`);
    return answer?.ok() === true;
  } catch {
    return false;
  } finally {
    await tab.close();
  }
}
