/** The first screens in a real Chromium: three of them, and one choice (Z13). */
import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { Fake } from '../support/fake-browser.ts';
import { focused, textOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

declare const fake: Fake;

const stage = stageForTests();

const at = (page: Page, step: number) =>
  page.waitForSelector(`#welcome[data-step="${String(step)}"]`);
const show = async (scene: string, step = 1): Promise<Page> => {
  const page = await stage.open(`onboarding.html?scene=${scene}`);
  for (let here = 1; here < step; here++) {
    await at(page, here);
    await page.click('#next');
  }
  await at(page, step);
  return page;
};
const requested = (page: Page) => page.evaluate(() => fake.requested);

it('three screens, each with a heading that has the focus, and a way back', async () => {
  const page = await show('bare');
  const headings = new Set<string>();
  for (const step of [1, 2, 3]) {
    await at(page, step);
    headings.add(await textOf(page, 'h1'));
    expect(await textOf(page, '.place')).toBe(`Step ${String(step)} of 3`);
    if (step > 1) expect(await page.$('h1:focus')).not.toBeNull();
    if (step < 3) await page.click('#next');
  }
  expect(headings.size).toBe(3);
  await page.click('#back');
  await at(page, 2);
  expect(await page.$('h1:focus')).not.toBeNull();
  expect(await requested(page)).toEqual([]);
});

it('unless the user chooses otherwise, nothing is asked for', async () => {
  const page = await show('bare', 3);
  await page.click('#finish');
  await at(page, 4);
  expect(await requested(page)).toEqual([]);
  expect(await textOf(page, '#outcome')).toContain('ask you for each server');
});

it.each([
  [true, 'may read all servers'],
  [false, 'ask you for each server'],
])(
  'all servers are asked for inside the click; the end says what came of it: %s',
  async (granted, words) => {
    const page = await show('bare', 3);
    await page.click('#reach-all');
    await page.click('#finish');
    expect(await requested(page)).toEqual([{ origins: ['https://*/*'], active: true }]);
    await page.evaluate((answer) => fake.answerHostAccess(answer), granted);
    await at(page, 4);
    await page.waitForFunction(
      (what) => document.querySelector('#outcome')?.textContent.includes(what),
      {},
      words,
    );
  },
);

it('where the install has given access already, that is said and nothing is asked', async () => {
  const page = await show('relay', 3);
  await page.waitForSelector('#reach-held');
  expect(await page.$('input')).toBeNull();
  expect(await textOf(page, '#reach-relay')).toContain('sites then cannot ask for anything');
  await page.click('#finish');
  await at(page, 4);
  expect(await requested(page)).toEqual([]);
  expect(await textOf(page, '#outcome')).toContain('may read all servers');
});

it('a choice outlives a step back', async () => {
  const page = await show('bare', 3);
  await page.click('#reach-all');
  await page.click('#back');
  await page.click('#next');
  expect(await page.$('#reach-all:checked')).not.toBeNull();
});

it('the keyboard alone goes through, chooses, and closes', async () => {
  const page = await show('bare');
  const press = async (id: string, key: 'Enter' | 'Space') => {
    for (let i = 0; i < 10 && (await focused(page)) !== id; i++) await page.keyboard.press('Tab');
    expect(await focused(page)).toBe(id);
    await page.keyboard.press(key);
  };
  await press('next', 'Enter');
  await at(page, 2);
  await press('next', 'Space');
  await at(page, 3);
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('reach-each');
  await page.keyboard.press('ArrowDown');
  await press('finish', 'Enter');
  expect(await requested(page)).toEqual([{ origins: ['https://*/*'], active: true }]);
  await page.evaluate(() => fake.answerHostAccess(true));
  await at(page, 4);
  await press('close', 'Enter');
  expect(await page.evaluate(() => fake.closed)).toBe(true);
});

it.each([
  [320, 100],
  [640, 200],
])('nothing is wider than a page of %i px at %i %%', async (width, percent) => {
  const page = await show('bare');
  await page.setViewport({ width, height: 640 });
  await page.evaluate(
    (size) => {
      document.documentElement.style.fontSize = size;
    },
    `${String(percent)}%`,
  );
  for (const step of [1, 2, 3]) {
    await at(page, step);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
    if (step < 3) await page.click('#next');
  }
});
