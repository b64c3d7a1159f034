/** The popup's way back to a server whose host the browser keeps from us (Z33). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POPUP } from '../../drivers/driver.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true });
  site = await stage.visit('siteA');
  const call = site.getToken({ scopes: ['notes:read'] });
  await stage.approve();
  await call;
});
afterAll(() => stage.close());

const SERVER = 'https://mcp.test/*';
const openPopup = async () => {
  const page = await stage.browser.extensionPage(POPUP);
  await page.waitForSelector('main[aria-busy="false"] .keeping');
  return page;
};

describe(inBrowser('access to the host of a server'), () => {
  it('is held after the one Allow, so the popup has nothing to say of it (Z33)', async () => {
    expect(await stage.browser.holdsHostAccess(SERVER)).toBe(true);
    const page = await openPopup();
    expect(await page.$('.no-access')).toBeNull();
    await page.close();
  });

  it('that was withdrawn is said, and comes back by one click there (Z33)', async () => {
    const first = await openPopup();
    // In Firefox it is held for every server at once.
    await first.evaluate(async () => {
      const { origins = [] } = await chrome.permissions.getAll();
      await chrome.permissions.remove({ origins });
    });
    await first.close();
    const page = await openPopup();
    await page.waitForSelector('.no-access');
    expect(await page.$eval('.no-access', (line) => line.textContent)).toContain('mcp.test');
    await page.click('.give-access');
    await expect.poll(() => stage.browser.holdsHostAccess(SERVER)).toBe(true);
    await page.waitForFunction(() => document.querySelector('.no-access') === null);
    await page.close();
  });
});
