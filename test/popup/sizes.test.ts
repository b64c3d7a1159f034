/** Sizes on every document: nothing too small to read, nothing too small to hit. */
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
  await page.waitForSelector('main:not([aria-busy="true"])');
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
  'consent.html?flow=allow',
  'consent.html?flow=warnings',
  'consent.html?flow=client',
  'consent.html?flow=issuers',
  'consent.html?flow=key',
  'consent.html?flow=overridden',
  'consent.html?flow=failed-iss-wrong',
  'consent.html?flow=failed-no-pkce',
  'consent.html?flow=failed-redirect-refused',
  'activity.html?scene=log',
  'activity.html?scene=log#traces',
  'onboarding.html',
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

it('the answers of a request are 44 px high', async () => {
  const page = await open('consent.html?flow=allow', 460);
  const heights = await page.$$eval('#allow, #deny', (all) =>
    all.map((one) => one.getBoundingClientRect().height),
  );
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
});

it('a question before something ends has answers of 44 px', async () => {
  const page = await open('popup.html?scene=site', 380);
  await page.click('.disconnect');
  const heights = await page.$$eval('.confirming button', (all) =>
    all.map((one) => one.getBoundingClientRect().height),
  );
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
});
