/**
 * Leaves a page and comes back to it, as with the browser's own buttons. Puppeteer waits for a load, which a page that
 * was kept does not have; so the page itself is asked where it is.
 */
import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';
import { PATIENCE_MS } from '../../drivers/driver.ts';

/** Follows a link. */
export async function leaveFor(page: Page, address: string): Promise<void> {
  await page.evaluate((url) => {
    location.assign(url);
  }, address);
  await untilAt(page, address);
}

/** Goes back to the page before, which is at this address. */
export async function goBackTo(page: Page, address: string): Promise<void> {
  await page.evaluate(() => {
    history.back();
  });
  await untilAt(page, address);
}

async function untilAt(page: Page, address: string): Promise<void> {
  // A document that is being replaced may not answer.
  const where = () =>
    page.evaluate(() => `${document.readyState} ${location.href}`).catch(() => '');
  const there = `complete ${new URL(address).href}`;
  await expect.poll(where, { timeout: PATIENCE_MS }).toBe(there);
}
