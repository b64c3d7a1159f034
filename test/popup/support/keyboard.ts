/** What a hand on the keyboard does in a document of ours. */
import type { Page } from 'puppeteer-core';

/** Says yes where the focus is on Keep: one step back, and Enter. */
export async function confirmByKey(page: Page): Promise<void> {
  await page.waitForSelector('.keep:focus');
  await page.keyboard.down('Shift');
  await page.keyboard.press('Tab');
  await page.keyboard.up('Shift');
  await page.waitForSelector('.confirm:focus');
  await page.keyboard.press('Enter');
}
