/** Counts the clicks of a person in the extension's own documents, the toolbar icon's included. */
import type { Page } from 'puppeteer-core';
import type { Driver } from './driver.ts';

/** A browser whose clicks are counted. */
export interface CountedBrowser {
  /** The same browser; what is clicked in the pages that it hands out counts. */
  browser: Driver;
  /** How many so far. */
  clicks: () => number;
}

/** Clicks in web pages, and those at the sign-in provider, are theirs and don't count. */
export function countClicks(driver: Driver): CountedBrowser {
  let count = 0;
  const counted = new WeakSet<Page>();
  const watch = (page: Page): Page => {
    if (counted.has(page)) return page;
    counted.add(page);
    const { mouse } = page;
    const click = mouse.click.bind(mouse);
    mouse.click = async (...place) => {
      // What puppeteer holds for the URL of a page may be older than the page.
      const url = await page.evaluate(() => location.href);
      if (url.startsWith(driver.root)) count += 1;
      return click(...place);
    };
    return page;
  };
  const browser: Driver = {
    ...driver,
    extensionPage: async (path) => watch(await driver.extensionPage(path)),
    openPages: async (matches) => (await driver.openPages(matches)).map(watch),
    consentPrompt: async () => watch(await driver.consentPrompt()),
    actionPopup: async (front) => {
      // The icon itself, before its panel is there.
      count += 1;
      return watch(await driver.actionPopup(front));
    },
  };
  return { browser, clicks: () => count };
}
