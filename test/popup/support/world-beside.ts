/** Where axe-core can run: not in our documents, which are frozen. */
import type { Page } from 'puppeteer-core';

/**
 * A world of its own beside the page's: our documents freeze what every object inherits from, and axe writes over some
 * of that. Both see one document.
 */
export function worldBeside(page: Page): Pick<Page, 'evaluate'> {
  const frame = page.mainFrame() as unknown as { isolatedRealm(): Pick<Page, 'evaluate'> };
  return frame.isolatedRealm();
}
