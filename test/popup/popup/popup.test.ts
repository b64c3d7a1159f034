/** The toolbar popup in a real Chromium. */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { Fake } from '../support/fake-browser.ts';
import { callsOf } from '../support/reading.ts';
import { popupForTests } from '../support/open.ts';

declare const fake: Fake;

const { open, show } = popupForTests();

const focused = (page: Page) => page.evaluate(() => document.activeElement?.className ?? '');
const ROW = '[data-grant="https://chat.example.com https://mcp.files.example.net/v1"]';

it('a pending request comes first, and Review leads to its window', async () => {
  const page = await show('everything');
  expect(await page.$eval('main > section', (first) => first.id)).toBe('pending');
  await page.click('#pending .review');
  expect(await callsOf(page, 'review')).toEqual([{ call: 'review', params: { flow: 'f1' } }]);
});

it('grants of the site in view come first, and none is listed twice', async () => {
  const page = await show('site');
  const here = await page.$$eval('#this-site [data-grant]', (rows) => rows.length);
  const rows = await page.$$eval('[data-grant]', (all) =>
    all.map((row) => row.getAttribute('data-grant')),
  );
  expect(here).toBe(2);
  expect(rows.length).toBe(4);
  expect(new Set(rows).size).toBe(4);
});

it('all sites are listed alike when the browser keeps the address to itself', async () => {
  const page = await show('disconnect-revoked');
  expect(await page.$('#this-site')).toBeNull();
  expect((await page.$$('#by-server [data-grant]')).length).toBe(4);
});

it('a scope that the server did not give is marked; without a sign-in nothing is', async () => {
  const page = await show('site');
  const marked = await page.$$eval('.chip-ungranted', (chips) => chips.map((c) => c.textContent));
  expect(marked).toEqual(['events:write not granted by the server']);
});

it('Disconnect asks once more; Keep and Escape leave everything as it was', async () => {
  const page = await show('site');
  for (const leave of [() => page.click(`${ROW} .keep`), () => page.keyboard.press('Escape')]) {
    await page.click(`${ROW} .disconnect`);
    await page.waitForSelector(`${ROW} .confirm`);
    expect(await focused(page)).toContain('confirm');
    await leave();
    await page.waitForSelector(`${ROW} .disconnect`);
    expect(await focused(page)).toContain('disconnect');
  }
  expect(await callsOf(page, 'disconnect')).toEqual([]);
});

it('a double-click on Disconnect does not confirm it', async () => {
  const page = await show('site');
  await page.click(`${ROW} .disconnect`, { count: 2 });
  await page.waitForSelector(`${ROW} .confirm`);
  expect(await callsOf(page, 'disconnect')).toEqual([]);
});

it('a key that is held on Disconnect does not confirm it; two presses do', async () => {
  const page = await show('site');
  await page.focus(`${ROW} .disconnect`);
  await page.keyboard.down('Enter');
  await page.waitForSelector(`${ROW} .confirm`);
  await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  expect(await callsOf(page, 'disconnect')).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForSelector(`${ROW} .outcome`);
  expect(await callsOf(page, 'disconnect')).toEqual([
    {
      call: 'disconnect',
      params: {
        origin: 'https://chat.example.com',
        resource: 'https://mcp.files.example.net/v1',
        account: 'default',
      },
    },
  ]);
});

it.each([
  ['revoked', /^Disconnected\. The sign-in provider confirmed it\.$/],
  ['nothing', /^Disconnected\. Nothing needed cancelling/],
  ['unsupported', /can’t cancel.* may keep working until .*\.$/],
  ['unconfirmed', /didn’t confirm.* may keep working until .*\.$/],
])('the outcome stays to be read: %s', async (outcome, words) => {
  const page = await show(`disconnect-${outcome}`);
  await page.click(`${ROW} .disconnect`);
  await page.click(`${ROW} .confirm`);
  await page.waitForSelector(`${ROW} .outcome[data-outcome="${outcome}"]`);
  await page.evaluate(() => fake.ring());
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await page.$eval(`${ROW} .outcome`, (line) => line.textContent)).toMatch(words);
  expect(await page.$(`${ROW} .disconnect`)).toBeNull();
});

it.each([
  ['disconnect-ending', /confirmed it\. The site’s current access may keep working until .*\.$/],
  ['disconnect-no-end', /can’t cancel.* keeps working until the server ends it\.$/],
])('access that could not be revoked has its end in words: %s (P2)', async (scene, words) => {
  const page = await show(scene);
  await page.click(`${ROW} .disconnect`);
  await page.click(`${ROW} .confirm`);
  await page.waitForSelector(`${ROW} .outcome`);
  const told = await page.$eval(`${ROW} .outcome`, (line) => line.textContent);
  expect(told).toMatch(words);
  expect(told).not.toContain('9999');
});

it('a site that needs its user again says so right below its server', async () => {
  const page = await show('endings');
  const lines = await page.$$eval('#this-site .tag', (tags) =>
    tags.map((tag) => tag.children[1]?.getAttribute('data-expiry') ?? ''),
  );
  expect(lines).toEqual(['again', '', '']);
  expect(await page.$eval('[data-expiry="again"]', (line) => line.textContent)).toMatch(
    /^Needs sign-in next time A window opens/,
  );
  expect((await page.$$('[data-expiry="again"]')).length).toBe(1);
});

it('an end that nobody has named is told in words, never as the year 9999', async () => {
  const page = await show('endings');
  expect(await page.$eval('[data-expiry="open"]', (line) => line.textContent)).toBe(
    'Works until the server ends it',
  );
  expect(await page.$eval('main', (main) => main.textContent)).not.toContain('9999');
});

it('a provider that keeps one site signed in at a time is told of in the row (P1)', async () => {
  const page = await show('endings');
  expect(await page.$$eval('.ends-others', (lines) => lines.map((one) => one.textContent))).toEqual(
    [expect.stringMatching(/one site signed in at a time/)],
  );
});

it('what the person has let pass for a connection is told in its row (Z53)', async () => {
  const page = await show('overridden');
  const lines = '.said-before [data-override]';
  expect(await page.$$eval(lines, (all) => all.map((one) => one.textContent))).toEqual([
    expect.stringMatching(/^On .* you accepted that this provider doesn’t announce a protection/),
  ]);
});

it('a disconnection that failed says so and can be tried again', async () => {
  const page = await show('disconnect-error');
  await page.click(`${ROW} .disconnect`);
  await page.click(`${ROW} .confirm`);
  await page.waitForSelector(`${ROW} .outcome[role=alert]`);
  expect(await page.$(`${ROW} .disconnect`)).not.toBeNull();
});

it('Ask me again forgives a site at a server, and its row goes', async () => {
  const page = await show('everything');
  await page.click('#refusals [data-refusal^="https://pushy.example.com"] .forgive');
  await page.waitForFunction(
    () => document.querySelectorAll('#refusals [data-refusal]').length === 1,
  );
  expect(await callsOf(page, 'forgive')).toEqual([
    {
      call: 'forgive',
      params: {
        origin: 'https://pushy.example.com',
        resource: 'https://mcp.files.example.net/v1',
      },
    },
  ]);
});

it('what has changed elsewhere appears by itself', async () => {
  const page = await show('empty');
  expect(await page.$('#empty')).not.toBeNull();
  await page.evaluate(() => {
    fake.popup.pending = [];
    fake.popup.activeUrl = 'https://chat.example.com/';
    fake.ring();
  });
  await page.waitForSelector('#this-site');
});

describe('with very many grants', () => {
  const ROWS = '[data-grant]';
  const SITE = 'https://site-499.example.com';
  const keys = (page: Page) =>
    page.$$eval(ROWS, (rows) => rows.map((row) => row.getAttribute('data-grant')));
  const statusOf = (page: Page) => page.$eval('#search-found', (line) => line.textContent);
  const whole = (page: Page) => page.waitForSelector('main[aria-busy="false"]');
  const isFromFirst = () => fake.sent.filter(({ call }) => call === 'grants');

  it('this site and some others are on screen before the rest is read', async () => {
    const page = await open('popup.html?scene=many-here&hold');
    await page.waitForSelector(ROWS);
    await page.waitForFunction(() => fake.sent.filter((one) => one.call === 'grants').length === 2);
    expect(await page.evaluate(isFromFirst)).toEqual([
      { call: 'grants', params: { origin: SITE, limit: 100 } },
      { call: 'grants', params: {} },
    ]);
    expect((await page.$$(`#this-site ${ROWS}`)).length).toBe(8);
    expect((await page.$$(`#by-server ${ROWS}`)).length).toBe(8);
    expect(await page.$('main[aria-busy="true"]')).not.toBeNull();
  });

  it('what is on screen stays in its order when the rest arrives, though that was used later', async () => {
    const page = await open('popup.html?scene=many-here&hold');
    await page.waitForSelector(ROWS);
    const before = await keys(page);
    await page.evaluate(() => fake.letGo());
    await whole(page);
    const after = await keys(page);
    expect(after.length).toBeGreaterThan(before.length);
    expect(after.filter((key) => before.includes(key))).toEqual(before);
    expect(after.slice(0, before.length)).toEqual(before);
    await page.evaluate(() => fake.ring());
    await page.waitForFunction(() => fake.sent.filter((one) => one.call === 'grants').length === 3);
    expect((await keys(page)).slice(0, before.length)).toEqual(before);
  });

  it('nothing counts them before all are read: no search result, no more, no whole server', async () => {
    const page = await open('popup.html?scene=many-here&hold');
    await page.waitForSelector(ROWS);
    await page.type('#search', 'mcp-19');
    expect(await statusOf(page)).toBe('Still loading…');
    expect(await page.$('.more, .disconnect-server')).toBeNull();
    await page.evaluate(() => fake.letGo());
    await whole(page);
    expect(await statusOf(page)).toBe('500 of 10000');
    expect(await page.$('.more')).not.toBeNull();
    await page.$eval('#search', (field) => ((field as HTMLInputElement).value = ''));
    await page.type('#search', ' ');
    expect(await page.waitForSelector('.disconnect-server')).not.toBeNull();
  });

  it('few are read once', async () => {
    const page = await show('site');
    expect(await page.evaluate(isFromFirst)).toEqual([
      { call: 'grants', params: { origin: 'https://chat.example.com', limit: 100 } },
    ]);
  });
});

it('ten thousand grants draw a bounded page', async () => {
  const page = await show('many');
  expect((await page.$$('[data-grant]')).length).toBe(96);
  await page.click('.more');
  expect((await page.$$('[data-grant]')).length).toBe(104);
});

it('a background that does not answer is told, not hidden', async () => {
  const page = await show('silent');
  expect(await page.$eval('[role=alert]', (line) => line.textContent)).toContain(
    'isn’t responding',
  );
});
