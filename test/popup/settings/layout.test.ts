/** The settings as a page: where one is, what is empty, what is dangerous. */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { confirmByKey } from '../support/keyboard.ts';
import { focused, paramsOf, textOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

const stage = stageForTests();

const show = async (scene: string, hash = ''): Promise<Page> => {
  const page = await stage.open(`settings.html?scene=${scene}${hash}`);
  await page.waitForSelector('main[aria-busy="false"] #erase');
  return page;
};
const left = (page: Page, selector: string) =>
  page.$eval(selector, (part) => Math.round(part.getBoundingClientRect().left));

describe('the head', () => {
  it('leads to the activity and back, the same on both pages', async () => {
    const settings = await show('full');
    await settings.setViewport({ width: 1100, height: 640 });
    const linksOf = (page: Page) =>
      page.$$eval('.page-head a', (all) => all.map((link) => link.textContent));
    const heads = [await linksOf(settings), await left(settings, 'main > h1')];
    expect(await textOf(settings, '.page-head [aria-current="page"]')).toBe('Settings');
    await Promise.all([settings.waitForNavigation(), settings.click('.page-head a')]);
    await settings.waitForSelector('main h1');
    expect([await linksOf(settings), await left(settings, 'main > h1')]).toEqual(heads);
    const back = '.page-head a:last-child';
    await Promise.all([settings.waitForNavigation(), settings.click(back)]);
    expect(await settings.waitForSelector('#erase')).not.toBeNull();
  });
});

describe('a section', () => {
  it('that is empty takes one line', async () => {
    const page = await show('bare');
    await page.setViewport({ width: 1100, height: 640 });
    for (const id of ['paused', 'refusals', 'keys']) {
      const height = await page.$eval(`#${id}`, (part) => part.getBoundingClientRect().height);
      expect(height, id).toBeLessThan(48);
    }
  });

  it('has buttons of one size, as all others have', async () => {
    const page = await show('full');
    const heights = await page.$$eval('main .button', (all) =>
      all.map((one) => Math.round(one.getBoundingClientRect().height)),
    );
    expect(new Set(heights).size).toBe(1);
  });
});

describe('removing all servers', () => {
  const ALL = '[data-host="https://*/*"]';

  it('warns that it turns Grantkeeper off where sites reach it that way (Z12)', async () => {
    const page = await show('relay');
    await page.click(`${ALL} button`);
    expect(await textOf(page, `${ALL} .confirming p`)).toMatch(/^Turn Grantkeeper off/);
    expect(await focused(page)).toContain('keep');
    await page.keyboard.press('Enter');
    expect(await page.waitForSelector(`${ALL} .remove-host:focus`)).not.toBeNull();
    await page.click('.drop-all');
    expect(await textOf(page, '#hosts .confirming p')).toMatch(/^Turn Grantkeeper off/);
    await page.click('#hosts .confirm');
    expect(await page.waitForSelector('#no-hosts')).not.toBeNull();
  });

  it('asks nothing where a site needs none of it', async () => {
    const page = await show('all-hosts');
    await page.click(`${ALL} button`);
    expect(await page.waitForSelector('#no-hosts')).not.toBeNull();
  });
});

describe('erasing', () => {
  it.each(['activity', 'everything'])(
    'of %s has the focus on Keep: Enter twice erases nothing',
    async (what) => {
      const page = await show('full');
      await page.focus(`.erase-${what}`);
      await page.keyboard.press('Enter');
      await page.waitForSelector('#erase .keep:focus');
      await page.keyboard.press('Enter');
      await page.waitForSelector(`.erase-${what}:focus`);
      expect(await paramsOf(page, 'erase')).toEqual([]);
    },
  );

  it.each([
    ['overrides', '.remove-override', 'removeOverride'],
    ['clients', '.delete', 'deleteClient'],
    ['keys', '.remove-key', 'removeKey'],
  ] as const)(
    'of one of the %s asks with the focus on Keep, too: it can’t be brought back, and a keyboard is enough',
    async (section, button, call) => {
      const page = await show('full', `#${section}`);
      await page.waitForSelector(button);
      await page.focus(button);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.keep:focus');
      await page.keyboard.press('Enter');
      await page.waitForSelector(`${button}:focus`);
      expect(await paramsOf(page, call)).toEqual([]);
      await page.keyboard.press('Enter');
      await confirmByKey(page);
      await expect.poll(async () => (await paramsOf(page, call)).length).toBe(1);
    },
  );

  it('of everything looks dangerous before it is clicked', async () => {
    const page = await show('full');
    const colour = (selector: string) =>
      page.$eval(selector, (button) => getComputedStyle(button).color);
    expect(await colour('.erase-everything')).not.toBe(await colour('#export'));
    expect(await colour('.erase-everything')).toBe(await colour('#erase-heading'));
  });
});

it.each([
  [320, 100],
  [640, 200],
  [1100, 100],
  [1100, 200],
])('nothing is wider than a page of %i px at %i %%', async (width, percent) => {
  const page = await show('full', '#client=https%3A%2F%2Fnew.example.com');
  await page.setViewport({ width, height: 640 });
  await page.evaluate(
    (size) => {
      document.documentElement.style.fontSize = size;
    },
    `${String(percent)}%`,
  );
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
    width,
  );
});
