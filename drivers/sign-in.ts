/** Signs in at an authorization server as a user does: by its own pages, in the window that the browser opened. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import type { Driver } from './driver.ts';

/** Does what the authorization server asks, until its window closes. */
export async function signIn(browser: Driver, issuer: string): Promise<void> {
  const window = await browser.authorizationWindow(`${issuer}/interaction/`);
  const closed = browser.whenClosed(window).then(() => true);
  while (!(await Promise.race([closed, answerOnePage(window)])));
}

/** Resolves false: whether it was the last page, the window tells. */
async function answerOnePage(window: Page): Promise<false> {
  const button = await window
    .waitForSelector('#sign-in, #authorize', { timeout: 5000 })
    .catch(() => null);
  // The window closes as soon as the redirect is seen, at times before the click has been confirmed.
  await button?.click().catch(() => undefined);
  // In a window that is closing it fails at once, again and again.
  await window.waitForNavigation({ timeout: 2000 }).catch(() => sleep(50));
  return false;
}
