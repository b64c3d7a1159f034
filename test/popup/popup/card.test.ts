/** The card of one connection in the popup: what is on it at a glance, and what is behind its fold. */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { Fake } from '../support/fake-browser.ts';
import { callsOf, textOf } from '../support/reading.ts';
import { popupForTests } from '../support/open.ts';

declare const fake: Fake;

const { open, show } = popupForTests();

/** The words that are on the screen, and no others. */
const seen = (page: Page, selector: string) =>
  page.$eval(selector, (part) => (part as HTMLElement).innerText.replace(/\s+/g, ' ').trim());

const SITE = 'https://chat.example.com';
const SERVER = 'https://mcp.files.example.net/v1';
const ROW = `[data-grant="${SITE} ${SERVER}"]`;
const CRM = `[data-grant="${SITE} https://crm.example.net/mcp"]`;
const CALENDAR = `[data-grant="${SITE} https://calendar.example.org/mcp"]`;

describe('at a glance', () => {
  it('a card is address, plain words, last use and Disconnect; the rest is behind a fold', async () => {
    const page = await show('site');
    expect(await seen(page, ROW)).toMatch(
      /^https:\/\/mcp\.files\.example\.net\/v1 Read stay connected Used 5 minutes ago Details Disconnect$/,
    );
    await page.click(`${ROW} .grant-details > summary`);
    const whole = await seen(page, ROW);
    for (const part of [
      'files:read',
      'Used 1,284 times',
      'https://login.example.net',
      'Add account',
    ]) {
      expect(whole).toContain(part);
    }
  });

  it('a card fits twice where one was before: no wider than the panel, half as high', async () => {
    const page = await show('site');
    await page.setViewport({ width: 380, height: 600 });
    const height = await page.$eval(ROW, (card) => card.getBoundingClientRect().height);
    expect(height).toBeLessThanOrEqual(125);
  });

  it('what is in use right now is seen without unfolding (Z32)', async () => {
    const page = await show('words');
    expect(await seen(page, CALENDAR)).toContain('In use right now: 2');
    expect(await seen(page, CALENDAR)).toContain('118 permissions');
  });

  it('what is far-reaching comes first and stands out (T-19)', async () => {
    const page = await show('words');
    expect(await textOf(page, `${ROW} .plain li:first-child`)).toBe('full access');
    expect(await page.$(`${ROW} .plain li:first-child.plain-wide`)).not.toBeNull();
  });

  it('the toolbar’s panel asks for 380 px; a tab is as narrow as it is', async () => {
    const panel = await open('popup.html?scene=site&toolbar');
    await panel.waitForSelector(ROW);
    const width = () => document.body.getBoundingClientRect().width;
    expect(await panel.evaluate(width)).toBe(380);
    const tab = await show('site');
    await tab.setViewport({ width: 320, height: 600 });
    expect(await tab.evaluate(width)).toBe(320);
  });
});

describe('a permission', () => {
  it('of several that say the same is removed with them, each named in the question (Z23)', async () => {
    const page = await show('words');
    await page.click(`${ROW} [aria-label^="Remove files:read, notes:read"]`);
    expect(await textOf(page, `${ROW} .confirming p`)).toContain('files:read, notes:read');
    await page.click(`${ROW} .confirm`);
    await page.waitForSelector(`${ROW} .scope-outcome`);
    expect((await callsOf(page, 'removeScope')).map(({ params }) => params)).toMatchObject([
      { scope: 'files:read' },
      { scope: 'notes:read' },
    ]);
  });

  it('can be removed alone behind the fold (Z23)', async () => {
    const page = await show('words');
    await page.click(`${ROW} .grant-details > summary`);
    await page.click(`${ROW} .raw [aria-label^="Remove notes:read"]`);
    await page.click(`${ROW} .confirm`);
    await page.waitForSelector(`${ROW} .scope-outcome`);
    expect((await callsOf(page, 'removeScope')).map(({ params }) => params)).toMatchObject([
      { scope: 'notes:read' },
    ]);
  });

  it.each([
    [ROW, 'site'],
    [CRM, 'words'],
  ])('that is the last of use has Disconnect offered before it goes: %s', async (row, scene) => {
    const page = await show(scene);
    await page.click(`${row} [aria-label*=":read"]`);
    expect(await textOf(page, `${row} .confirming p`)).toContain('can’t do anything there');
    await page.click(`${row} .instead`);
    await page.waitForSelector(`${row} .outcome[data-outcome="revoked"]`);
    expect(await callsOf(page, 'removeScope')).toEqual([]);
    expect((await callsOf(page, 'disconnect')).length).toBe(1);
  });

  it('that was the last of use has Disconnect offered after it is gone', async () => {
    const page = await show('site');
    await page.click(`${ROW} .remove`);
    await page.click(`${ROW} .confirm`);
    await page.waitForSelector(`${ROW} .disconnect-rest`);
    expect(await textOf(page, `${ROW} .scope-outcome`)).toMatch(
      /^Removed\. Nothing useful is left\./,
    );
    await page.click(`${ROW} .disconnect-rest`);
    await page.waitForSelector(`${ROW} .outcome[data-outcome="revoked"]`);
  });

  it('that is one of several of use has nothing else offered', async () => {
    const page = await show('words');
    await page.click(`${ROW} [aria-label^="Remove mail.send"]`);
    await page.waitForSelector(`${ROW} .confirm`);
    expect(await page.$(`${ROW} .instead`)).toBeNull();
  });
});

describe('a paused site', () => {
  /** Colours on the cards of the site in view: rings, words, borders. */
  const greens = (page: Page) =>
    page.evaluate(() => {
      const probe = document.createElement('i');
      probe.style.color = 'var(--keeper)';
      document.body.append(probe);
      const green = getComputedStyle(probe).color;
      const cards = [...document.querySelectorAll('#this-site .tag, #this-site .tag *')];
      const kinds = ['color', 'borderTopColor', 'backgroundColor', 'accentColor'] as const;
      return cards.filter((one) =>
        [getComputedStyle(one), getComputedStyle(one, '::before')].some((style) =>
          kinds.some((kind) => style[kind] === green),
        ),
      ).length;
    });

  it('looks paused: its cards say so, and nothing on them is green (T-11)', async () => {
    const page = await show('paused');
    await page.$$eval('details', (all) => all.forEach((one) => (one.open = true)));
    expect(await greens(page)).toBe(0);
    const cards = await page.$$eval('#this-site .tag', (all) => all.map((one) => one.textContent));
    expect(cards.length).toBe(2);
    for (const card of cards) expect(card).toContain('Paused');
    const other = await show('site');
    expect(await greens(other)).toBeGreaterThan(0);
  });

  it('is called paused by its switch, and only then is told what a pause is (T-11)', async () => {
    const page = await show('site');
    expect(await seen(page, '.pause')).toBe('Pause this site');
    await page.click('#pause');
    await page.waitForSelector('.paused');
    expect(await seen(page, '.pause')).toMatch(/^Paused While paused, this site gets no access/);
  });

  it('looks paused among other sites too, and is not told to sign in again', async () => {
    const page = await show('everything');
    await page.evaluate((site) => {
      fake.popup.settings = { developerMode: false, pausedSites: [site] };
      fake.ring();
    }, 'https://notes.example.co.uk');
    const row = `[data-grant="https://notes.example.co.uk ${SERVER}"]`;
    await page.waitForSelector(`${row}.tag-paused .mark-paused`);
    expect(await page.$(`${row} [data-expiry="again"]`)).toBeNull();
  });
});
