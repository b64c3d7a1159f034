/** Whether a document of ours came up in a real browser, with its styles. */
import type { Page } from 'puppeteer-core';
import { expect } from 'vitest';

/** Fails unless the page shows something, in our own styles. */
export async function expectRendered(page: Page): Promise<void> {
  await page.waitForFunction(() => document.body.childElementCount > 0);
  const rules = await page.evaluate(() => document.styleSheets[0]?.cssRules.length);
  expect(rules).toBeGreaterThan(0);
}
