/** What the user can take back, pause, choose and find in the popup; in a real Chromium. */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { Fake } from '../support/fake-browser.ts';
import { callsOf, textOf } from '../support/reading.ts';
import { popupForTests } from '../support/open.ts';

declare const fake: Fake;

const { show } = popupForTests();

const focused = (page: Page) => page.evaluate(() => document.activeElement?.className ?? '');
const scopesIn = (page: Page, row: string) =>
  page.$$eval(`${row} .raw code`, (chips) => chips.map((chip) => chip.textContent));

const SITE = 'https://chat.example.com';
const SERVER = 'https://mcp.files.example.net/v1';
const NAME = { origin: SITE, resource: SERVER, account: 'default' };
const ROW = `[data-grant="${SITE} ${SERVER}"]`;
/** What is left there once a permission is gone is still of use. */
const CALENDAR = `[data-grant="${SITE} https://calendar.example.org/mcp"]`;
const unfold = (page: Page, row: string) => page.click(`${row} .grant-details > summary`);

describe('one scope', () => {
  it('is taken away after one more question, and the rest stays (Z23)', async () => {
    const page = await show('site');
    const label = await page.$eval(`${ROW} .remove`, (button) => button.ariaLabel);
    expect(label).toBe(`Remove files:read from ${SITE}`);
    await page.click(`${ROW} .remove`);
    await page.waitForSelector(`${ROW} .confirm`);
    expect(await callsOf(page, 'removeScope')).toEqual([]);
    await page.click(`${ROW} .confirm`);
    await page.waitForSelector(`${ROW} .scope-outcome[data-outcome="narrowed"]`);
    expect(await callsOf(page, 'removeScope')).toEqual([
      { call: 'removeScope', params: { ...NAME, scope: 'files:read' } },
    ]);
    expect(await focused(page)).toContain('scope-outcome');
    await page.waitForFunction(
      (row) => document.querySelectorAll(`${row} .raw li`).length === 1,
      {},
      ROW,
    );
    expect(await scopesIn(page, ROW)).toEqual(['offline_access']);
  });

  it('is kept by Keep and by Escape, and the focus comes back to its button', async () => {
    const page = await show('site');
    for (const leave of [() => page.click(`${ROW} .keep`), () => page.keyboard.press('Escape')]) {
      await page.click(`${ROW} .remove`);
      await page.waitForSelector(`${ROW} .confirm`);
      await leave();
      await page.waitForFunction(() => document.activeElement?.className === 'remove');
    }
    expect(await callsOf(page, 'removeScope')).toEqual([]);
  });

  it.each([
    ['site', 'narrowed', /keeps the rest/],
    ['scope-signed-out', 'signedOut', /sign in again/],
    ['scope-gone', 'gone', /Already/],
    ['scope-error', 'failed', /Couldn’t remove/],
  ])('what came of it is told in words: %s (Z23)', async (scene, outcome, words) => {
    const page = await show(scene);
    await page.click(`${CALENDAR} .remove`);
    await page.waitForSelector(`${CALENDAR} .confirm`);
    await page.click(`${CALENDAR} .confirm`);
    const line = `${CALENDAR} .scope-outcome[data-outcome="${outcome}"]`;
    await page.waitForSelector(line);
    expect(await textOf(page, line)).toMatch(words);
  });

  it('that is the only one has no button of its own: that is what Disconnect is for', async () => {
    const page = await show('scope-gone');
    await page.evaluate(() => {
      fake.popup.grants = fake.popup.grants.map((grant) => ({
        ...grant,
        granted: ['one'],
        ungranted: [],
      }));
      fake.ring();
    });
    await page.waitForFunction(() => document.querySelector('.remove') === null);
    expect((await page.$$('.disconnect')).length).toBe(4);
  });
});

describe('a shared sign-in', () => {
  it('is left alone, names the others, and can be ended for all of them after one more question (Z21)', async () => {
    const page = await show('disconnect-shared');
    await page.click(`${ROW} .disconnect`);
    await page.waitForSelector(`${ROW} .confirm`);
    await page.click(`${ROW} .confirm`);
    await page.waitForSelector(`${ROW} .every-sharer`);
    expect(await textOf(page, `${ROW} .sharers`)).toBe('https://notes.example.co.uk');
    await page.click(`${ROW} .every-sharer`);
    await page.waitForSelector(`${ROW} .confirming`);
    expect(await textOf(page, `${ROW} .confirming .names`)).toBe('https://notes.example.co.uk');
    expect(await focused(page)).toContain('keep');
    expect((await callsOf(page, 'disconnect')).length).toBe(1);
    await page.click(`${ROW} .confirm`);
    await page.waitForSelector(`${ROW} .outcome[data-outcome="revoked"]`);
    expect((await callsOf(page, 'disconnect')).at(-1)).toEqual({
      call: 'disconnect',
      params: { ...NAME, origin: 'https://notes.example.co.uk', everySharer: true },
    });
    const other = `[data-grant="https://notes.example.co.uk ${SERVER}"]`;
    expect(await page.$(`${other} .outcome[data-outcome="revoked"]`)).not.toBeNull();
  });
});

describe('a server', () => {
  const SHELF = `[data-server="${SERVER}"]`;

  it('is disconnected everywhere, this site included, and each site says how it went', async () => {
    const page = await show('site');
    await page.click(`${SHELF} .disconnect-server`);
    await page.waitForSelector(`${SHELF} .confirm`);
    const names = await page.$$eval('.confirming .names li', (all) =>
      all.map((one) => one.textContent),
    );
    expect(names).toEqual([SITE, 'https://notes.example.co.uk']);
    expect(await focused(page)).toContain('keep');
    expect(await callsOf(page, 'disconnectServer')).toEqual([]);
    await page.click(`${SHELF} .confirm`);
    await page.waitForSelector(`${SHELF} .server-outcome`);
    expect(await focused(page)).toContain('server-outcome');
    expect(await callsOf(page, 'disconnectServer')).toEqual([
      { call: 'disconnectServer', params: { resource: SERVER } },
    ]);
    const outcomes = await page.$$eval('.outcome', (lines) =>
      lines.map((line) => [
        line.closest('[data-grant]')?.getAttribute('data-grant'),
        line.getAttribute('data-outcome'),
      ]),
    );
    expect(outcomes).toEqual([
      [`${SITE} ${SERVER}`, 'revoked'],
      [`https://notes.example.co.uk ${SERVER}`, 'revoked'],
    ]);
  });

  it('that did not confirm is not called clear', async () => {
    const page = await show('server-unconfirmed');
    await page.click(`${SHELF} .disconnect-server`);
    await page.waitForSelector(`${SHELF} .confirm`);
    await page.click(`${SHELF} .confirm`);
    await page.waitForSelector(`${SHELF} .server-outcome`);
    expect(await textOf(page, `${SHELF} .server-outcome`)).toMatch(/: 2\. Not all/);
  });

  it('whose access ends by itself is confirmed, and not called clear (P2)', async () => {
    const page = await show('server-ending');
    await page.click(`${SHELF} .disconnect-server`);
    await page.waitForSelector(`${SHELF} .confirm`);
    await page.click(`${SHELF} .confirm`);
    await page.waitForSelector(`${SHELF} .server-outcome`);
    expect(await textOf(page, `${SHELF} .server-outcome`)).toMatch(
      /: 2\. Confirmed .*\. Some access ends by itself/,
    );
    expect(await textOf(page, `${ROW} .outcome`)).toMatch(/may keep working until/);
  });

  it('with one connection has no button for all of them', async () => {
    const page = await show('site');
    expect((await page.$$('.disconnect-server')).length).toBe(1);
  });
});

describe('the pause', () => {
  it('is switched on and off for the site in view (T-11)', async () => {
    const page = await show('site');
    await page.click('#pause');
    await page.waitForSelector('.paused #pause:checked');
    await page.click('#pause');
    await page.waitForSelector('.pause:not(.paused) #pause:not(:checked)');
    expect((await callsOf(page, 'pause')).map(({ params }) => params)).toEqual([
      { origin: SITE, paused: true },
      { origin: SITE, paused: false },
    ]);
  });

  it('that could not be saved shows what holds, and says so', async () => {
    const page = await show('refuses-changes');
    await page.click('#pause');
    await page.waitForSelector('.pause [role=alert]');
    expect(await page.$('#pause:checked')).toBeNull();
  });

  it('has no switch where the browser does not tell the site', async () => {
    const page = await show('disconnect-revoked');
    expect(await page.$('#pause')).toBeNull();
  });
});

describe('accounts', () => {
  it('of one site at one server stand in one row, and one of them is in use (Z1)', async () => {
    const page = await show('accounts');
    expect((await page.$$(ROW)).length).toBe(1);
    const names = await page.$$eval(`${ROW} .account`, (all) =>
      all.map((account) => [
        account.getAttribute('data-account'),
        account.querySelector('.account-name')?.textContent,
        account.querySelector('input')?.checked,
      ]),
    );
    expect(names).toEqual([
      ['default', 'private', false],
      ['a2', 'work', true],
    ]);
  });

  it('are chosen by their radio button (Z1)', async () => {
    const page = await show('accounts');
    await page.click('[data-account="default"] input[type=radio]');
    await page.waitForSelector('[data-account="default"] .radio .mark');
    expect(await callsOf(page, 'chooseAccount')).toEqual([{ call: 'chooseAccount', params: NAME }]);
    expect(await page.$('[data-account="a2"] .radio .mark')).toBeNull();
  });

  it('that could not be chosen stay unchosen, and that is said', async () => {
    const page = await show('refuses-changes');
    await page.click('[data-account="default"] input[type=radio]');
    await page.waitForSelector('.tag-accounts > [role=alert]');
    await page.waitForSelector('[data-account="a2"] input:checked');
    expect(await page.$('[data-account="default"] input:checked')).toBeNull();
  });

  it('are added under a name, and the sign-in window is announced (Z1)', async () => {
    const page = await show('site');
    await unfold(page, ROW);
    await page.click(`${ROW} .add-account`);
    await page.waitForSelector(`${ROW} .naming`);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${ROW} .naming [role=alert]`);
    await page.keyboard.type('  work ');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      (row) =>
        [...document.querySelectorAll(`${row} [role=status]`)].some(({ textContent }) =>
          textContent.includes('window'),
        ),
      {},
      ROW,
    );
    expect(await callsOf(page, 'connectAccount')).toEqual([
      { call: 'connectAccount', params: { ...NAME, name: 'work' } },
    ]);
  });

  it('are renamed in place; Escape keeps the name', async () => {
    const page = await show('accounts');
    const account = '[data-account="a2"]';
    await unfold(page, account);
    await page.click(`${account} .rename-account`);
    await page.waitForSelector(`${account} .naming`);
    await page.keyboard.press('Escape');
    await page.waitForSelector(`${account} .rename-account`);
    expect(await focused(page)).toContain('rename-account');
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${account} .naming`);
    await page.keyboard.type('office');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => document.querySelector('[data-account="a2"] .account-name')?.textContent === 'office',
    );
    expect(await callsOf(page, 'renameAccount')).toEqual([
      { call: 'renameAccount', params: { ...NAME, account: 'a2', name: 'office' } },
    ]);
  });

  it('are disconnected one by one', async () => {
    const page = await show('accounts');
    await page.click('[data-account="a2"] .disconnect');
    await page.waitForSelector('[data-account="a2"] .confirm');
    await page.click('[data-account="a2"] .confirm');
    await page.waitForSelector('[data-account="a2"] .outcome');
    expect(await page.$('[data-account="default"] .disconnect')).not.toBeNull();
    expect(await callsOf(page, 'disconnect')).toEqual([
      { call: 'disconnect', params: { ...NAME, account: 'a2' } },
    ]);
  });
});

describe('how long', () => {
  it('a grant lasts is said, unless it lasts until it is removed', async () => {
    const page = await show('durations');
    const words = await page.$$eval('.lifetime', (lines) => lines.map((line) => line.textContent));
    expect(words).toEqual([
      'Allowed until the browser closes',
      expect.stringMatching(/^Allowed until tomorrow, \d?\d:\d\d$/),
    ]);
  });

  it('a server of the older rules is marked (Z19)', async () => {
    const page = await show('durations');
    expect((await page.$$('h4 .mark-warn')).length).toBe(1);
  });
});

describe('the search', () => {
  it('appears with ten grants, not with fewer', async () => {
    expect(await (await show('site')).$('#search')).toBeNull();
    expect(await (await show('search')).$('#search')).not.toBeNull();
  });

  it('finds by site, server and scope, and says how many', async () => {
    const page = await show('search');
    for (const [words, count] of [
      ['site-3', 1],
      ['calendar', 1],
      ['events:write', 1],
      ['files.example.net', 12],
    ] as const) {
      await page.$eval('#search', (field) => ((field as HTMLInputElement).value = ''));
      await page.type('#search', words);
      await page.waitForFunction(
        (wanted) => document.querySelector('#search-found')?.textContent === wanted,
        {},
        `${String(count)} of 14`,
      );
    }
    await page.type('#search', ' and nothing else');
    await page.waitForFunction(() =>
      document.querySelector('#search-found')?.textContent.startsWith('No matches'),
    );
    expect(await page.$('[data-grant]')).toBeNull();
    expect(await page.$('#empty')).toBeNull();
  });
});

it('a keyboard is enough: pause, remove a permission, go to the other pages', async () => {
  const page = await show('site');
  const tabTo = async (selector: string) => {
    for (let i = 0; i < 60; i += 1) {
      if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${selector} cannot be reached with Tab`);
  };
  await tabTo('#pause');
  await page.keyboard.press('Space');
  await page.waitForSelector('#pause:checked');
  await tabTo(`${ROW} .remove`);
  await page.keyboard.press('Enter');
  await page.waitForSelector(`${ROW} .confirm`);
  await page.keyboard.press('Enter');
  await page.waitForSelector(`${ROW} .scope-outcome`);
  await tabTo('.elsewhere a[href="/src/popup/activity/activity.html"]');
  await tabTo('.elsewhere a[href="/src/popup/settings/settings.html"]');
  expect([await callsOf(page, 'pause'), await callsOf(page, 'removeScope')]).toMatchObject([
    [{ params: { paused: true } }],
    [{ call: 'removeScope' }],
  ]);
});
