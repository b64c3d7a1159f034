/** Sizes on the popup and the settings: nothing too small to read, nothing too small to hit. */
import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { stageForTests } from './support/open.ts';

const stage = stageForTests();

/** Links inside a sentence may be as high as its line (WCAG 2.5.8); here none is. */
const TARGETS =
  'a, button, summary, select, input:not([type=file]):not([type=checkbox]):not([type=radio]), label.switch, label.radio';

const open = async (address: string, width: number): Promise<Page> => {
  const page = await stage.open(address);
  await page.setViewport({ width, height: 640 });
  await page.waitForSelector('main[aria-busy="false"]');
  await page.$$eval('details', (all) => all.forEach((one) => (one.open = true)));
  return page;
};

const low = (page: Page) =>
  page.$$eval(TARGETS, (all) =>
    all
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 24)
      .map((one) => `${one.tagName} ${one.className} ${one.textContent}`),
  );

const small = (page: Page) =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!parent?.checkVisibility() || !walker.currentNode.textContent?.trim()) continue;
      if (parseFloat(getComputedStyle(parent).fontSize) < 13) found.push(parent.outerHTML);
    }
    return found;
  });

const SCREENS = [
  'popup.html?scene=site',
  'popup.html?scene=accounts',
  'popup.html?scene=words',
  'popup.html?scene=denied',
  'popup.html?scene=keys',
  'popup.html?scene=search',
  'settings.html?scene=full',
  'settings.html?scene=bare',
];

it.each(SCREENS.flatMap((address) => [320, 380].map((width) => [address, width] as const)))(
  'every target is 24 px high and no text is below 13 px on %s at %i px',
  async (address, width) => {
    const page = await open(address, width);
    expect(await low(page)).toEqual([]);
    expect(await small(page)).toEqual([]);
    await page.close();
  },
);

it('a question before something ends has answers of 44 px', async () => {
  const page = await open('popup.html?scene=site', 380);
  await page.click('.disconnect');
  const heights = await page.$$eval('.confirming button', (all) =>
    all.map((one) => one.getBoundingClientRect().height),
  );
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
});
