/** The demo's page, as a visitor has it before them: notes at once, true counts, ticks, and readable for everybody. */
import axe from 'axe-core';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage } from '../support/stage.ts';

let stage: Stage;
let page: Page;
beforeAll(async () => {
  stage = await openTestStage({ https: true, moreServers: true });
  const { browser, lab } = stage;
  lab.countQuestions = () => browser.consentWindows.length;
  page = await browser.page(lab.siteA.origin);
});
afterAll(() => stage.close());

const press = async (button: string) => {
  await page.waitForSelector(`#${button}:enabled`);
  await page.click(`#${button}`);
};
const textOf = (selector: string) => page.$eval(selector, (found) => found.textContent);
const ticked = () =>
  page.$$eval('[data-step][data-done="true"]', (items) =>
    items.map((item) => item.getAttribute('data-step')),
  );
const newestLine = () => textOf('#log li');

/** What axe finds wrong, one line for each element. */
async function violations(): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => `${id} ${String(target)}`),
    );
  });
}

describe(inBrowser('the demo’s page'), () => {
  it('shows the notes as soon as it is connected, and what that has cost whom', async () => {
    await press('connect');
    await stage.approve();
    await page.waitForSelector('#status[data-state="connected"]');
    expect(await page.$$eval('#notes li', (notes) => notes.length)).toBe(2);
    await expect.poll(ticked).toEqual(['connect', 'read']);
    expect(await textOf('#counts')).toBe(
      'OAuth requests: this page 0 · Grantkeeper 5 · questions 1',
    );
    expect(await textOf('#credentials')).toBe('Credentials in this page: none');
  });

  it('says that the visitor was not asked again, once a denial was kept', async () => {
    await press('write');
    await stage.answer('allow', 'deny');
    await page.waitForSelector('#write:enabled');
    expect(await newestLine()).toContain('Grantkeeper asked you, and you didn’t allow it.');
    expect(await ticked()).not.toContain('deny');
    await press('write');
    await page.waitForSelector('#write:enabled');
    expect(await newestLine()).toMatch(/at \d\d:\d\d, so Grantkeeper didn’t ask again/);
    await expect.poll(ticked).toContain('deny');
    expect(await textOf('#counts')).toContain('questions 2');
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe minds at 320 px, %s',
    async (scheme) => {
      await page.setViewport({ width: 320, height: 800 });
      await stage.browser.setColorScheme(page, scheme);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(320);
      expect(await violations()).toEqual([]);
      await stage.browser.setColorScheme(page, undefined);
    },
  );

  it('counts an OAuth request of its own, if it ever sends one', async () => {
    await page.evaluate(
      (issuer) => fetch(`${issuer}/.well-known/openid-configuration`),
      stage.lab.authorizationServer.issuer,
    );
    await expect.poll(() => textOf('#counts')).toContain('this page 1 · Grantkeeper 5 ·');
  });
});
