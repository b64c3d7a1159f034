/** How requests reach a server, in the popup: the switch, the browser's access, further headers (Z26, Z29, Z33). */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { popupForTests } from '../support/open.ts';
import type { Fake } from '../support/fake-browser.ts';
import { callsOf } from '../support/reading.ts';

declare const fake: Fake;

const { show } = popupForTests();
const ROW = '[data-grant="https://chat.example.com https://mcp.files.example.net/v1"]';
const KEY = {
  origin: 'https://chat.example.com',
  resource: 'https://mcp.files.example.net/v1',
  account: 'default',
};

const unfold = async (page: Page, row = ROW) => {
  await page.click(`${row} .grant-details > summary`);
  await page.click(`${row} .keeping summary`);
};
const readOutcome = (page: Page) => page.$eval(`${ROW} .seal-outcome`, (line) => line.textContent);

describe('access to the host of a server', () => {
  it('that is missing is said first, and asked for only by a click (Z33)', async () => {
    const page = await show('keeping');
    const words = await page.$eval(`${ROW} .no-access`, (line) => line.textContent);
    expect(words).toContain('No access to mcp.files.example.net');
    expect((await page.$$('.no-access')).length).toBe(1);
    expect(await page.evaluate(() => fake.requested)).toEqual([]);
    await page.click(`${ROW} .give-access`);
    expect(await page.evaluate(() => fake.requested)).toEqual([
      { origins: ['https://mcp.files.example.net/*'], active: true },
    ]);
  });
});

describe('a site that has streams open', () => {
  it('is in use, and says by how many; others say nothing of it (Z32)', async () => {
    const page = await show('keeping');
    const lines = await page.$$eval('.streams', (all) => all.map((one) => one.textContent));
    expect(lines).toEqual(['In use right now: 2']);
  });
});

describe('the switch that keeps the key from a site', () => {
  it('says what became of the key that the site had (Z26)', async () => {
    const page = await show('keeping');
    await unfold(page);
    await page.click(`${ROW} .keeping .switch`);
    await expect.poll(() => readOutcome(page)).toContain('no longer works');
    expect(await callsOf(page, 'seal')).toEqual([
      { call: 'seal', params: { ...KEY, sealed: true } },
    ]);
    expect(await page.$eval(`${ROW} .keeping input`, (box) => box.checked)).toBe(true);
  });

  it('says until when a key works that the server would not end (Z26)', async () => {
    const page = await show('keeping');
    await page.evaluate(() => {
      fake.popup.sealing = { outcome: 'lingers', endsAt: Date.now() + 600_000 };
    });
    await unfold(page);
    await page.click(`${ROW} .keeping .switch`);
    await expect.poll(() => readOutcome(page)).toMatch(/works until .*didn’t end it/);
  });

  it('shows what holds when it could not be changed (Z26)', async () => {
    const page = await show('refuses-changes');
    await page.click('.grant-details > summary');
    await page.click('.keeping summary');
    await page.click('.keeping .switch');
    await page.waitForSelector('.keeping .warning');
    expect(await page.$eval('.keeping input', (box) => box.checked)).toBe(false);
  });

  it('is not there where no site could have the key anyway (Z26, Z37)', async () => {
    const page = await show('keeping');
    const row = '[data-grant="https://chat.example.com https://keys.example.net/mcp"]';
    await unfold(page, row);
    expect(await page.$(`${row} .switch`)).toBeNull();
    const words = await page.$eval(`${row} .keeping`, (part) => part.textContent);
    expect(words).toContain('No site gets the key');
  });
});

describe('further headers', () => {
  it('are sent as a list, and one that is refused is said to be (Z29)', async () => {
    const page = await show('keeping');
    await unfold(page);
    await page.type(`${ROW} .headers input`, 'X-Project-Id, x-team');
    await page.click(`${ROW} .headers button`);
    await page.waitForFunction(() => document.body.textContent.includes('Saved.'));
    const params = { ...KEY, names: ['X-Project-Id', 'x-team'] };
    expect(await callsOf(page, 'allowHeaders')).toEqual([{ call: 'allowHeaders', params }]);
    await page.type(`${ROW} .headers input`, ' cookie');
    await page.click(`${ROW} .headers button`);
    await page.waitForSelector(`${ROW} .headers .warning`);
  });
});
