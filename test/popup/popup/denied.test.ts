/** What the site in view was denied, where the user looks first; and nothing said twice. */
import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import type { Fake } from '../support/fake-browser.ts';
import { callsOf } from '../support/reading.ts';
import { popupForTests } from '../support/open.ts';

declare const fake: Fake;

const { show } = popupForTests();

const SITE = 'https://chat.example.com';
const SERVER = 'https://mcp.files.example.net/v1';
const CRM = 'https://crm.example.net/mcp';
const refusedIn = (page: Page, part: string) =>
  page.$$eval(`${part} [data-refusal]`, (rows) =>
    rows.map((row) => row.getAttribute('data-refusal')),
  );

it('what the site in view was denied stands in its part, and nowhere else (Z24)', async () => {
  const page = await show('denied');
  expect((await refusedIn(page, '#this-site')).sort()).toEqual([
    `${SITE} ${CRM}`,
    `${SITE} ${SERVER}`,
  ]);
  expect(await refusedIn(page, '#refusals')).toEqual([`https://notes.example.co.uk ${SERVER}`]);
});

it('a site at a server has one clock, that of the longest, however often it was denied (Z24)', async () => {
  const page = await show('denied');
  const rows = await page.$$eval('#this-site [data-refusal]', (all) =>
    all.map((row) => [
      row.querySelector('.refused')?.textContent.match(/You denied it( several times)?/)?.[0],
      row.querySelectorAll('.clock').length,
      [...row.querySelectorAll('code')].map((name) => name.textContent),
    ]),
  );
  expect(rows).toEqual([
    ['You denied it several times', 1, []],
    ['You denied it', 1, ['files:delete', 'files:admin']],
  ]);
});

it('Ask me again is one click in the part of the site (Z24)', async () => {
  const page = await show('denied');
  await page.click(`#this-site [data-refusal="${SITE} ${CRM}"] .forgive`);
  await page.waitForFunction(() => !document.querySelector('#this-site [data-refusal]'));
  expect(await callsOf(page, 'forgive')).toEqual([
    { call: 'forgive', params: { origin: SITE, resource: CRM } },
  ]);
});

it('what the site was denied stays in sight while a search hides its part', async () => {
  const page = await show('search');
  await page.evaluate((origin) => {
    const until = Date.now() + 60_000;
    const resource = 'https://mcp.example';
    fake.popup.refusals = [{ origin, resource, scopes: [], kind: 'denied', until }];
    fake.ring();
  }, SITE);
  await page.waitForSelector('#this-site [data-refusal]');
  await page.type('#search', 'site-3');
  expect(await page.waitForSelector('#refusals [data-refusal]')).not.toBeNull();
});

it('an empty popup says so once', async () => {
  const page = await show('empty-site');
  const words = await page.$eval('main', (main) => (main as HTMLElement).innerText);
  expect(words.match(/connected/gi)?.length).toBe(1);
  expect(await page.$eval('#empty', (part) => part.textContent.split(/\s+/).length)).toBeLessThan(
    35,
  );
});

it('a search hides the button that would end what it doesn’t show', async () => {
  const page = await show('search');
  expect(await page.$('.disconnect-server')).not.toBeNull();
  await page.type('#search', 'site-3');
  await page.waitForFunction(() => document.querySelectorAll('[data-grant]').length === 1);
  expect(await page.$('.disconnect-server')).toBeNull();
});

it('a request that failed says why at a glance', async () => {
  const page = await show('failed-waiting');
  expect(await page.$eval('#pending .why', (line) => line.textContent)).toBe(
    'The server doesn’t say where to sign in.',
  );
});
