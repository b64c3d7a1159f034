/** The settings: every exception is listed, can be taken back, and three kinds can be set there only (Z53). */
import type { Page } from 'puppeteer-core';
import { expect, it } from 'vitest';
import { focused, paramsOf, says, textOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

const stage = stageForTests();

const show = async (scene: string): Promise<Page> => {
  const page = await stage.open(`settings.html?scene=${scene}#overrides`);
  await page.waitForSelector('main[aria-busy="false"] #erase');
  await page.waitForSelector('#add-override');
  return page;
};

it('lists each with its date and whom it is for, and takes one back after one more question (Z53)', async () => {
  const page = await show('full');
  const row = '#override-list [data-override="no_resource"]';
  await page.waitForSelector(row);
  expect(await textOf(page, `${row} h3`)).toBe(
    'https://login.example.net/https://mcp.files.example.net/v1',
  );
  expect(await textOf(page, `${row} p`)).toMatch(/^On .*2026 you accepted/);
  await page.click(`${row} .remove-override`);
  expect(await paramsOf(page, 'removeOverride')).toEqual([]);
  await page.click(`${row} .confirm`);
  await says(page, '#overrides [role=status]', '2 sites lost their access.');
  expect(await page.$(row)).toBeNull();
  expect(await paramsOf(page, 'removeOverride')).toEqual([
    {
      kind: 'no_resource',
      issuer: 'https://login.example.net/',
      resource: 'https://mcp.files.example.net/v1',
    },
  ]);
});

it('adds a pair by keyboard, and says what it risks before it can be saved', async () => {
  const page = await show('bare');
  await page.click('#add-override');
  expect(await focused(page)).toBe('override-kind');
  expect(await textOf(page, '#override-risk')).toContain('a different name');
  await page.keyboard.press('Tab');
  await page.keyboard.type(' https://auth.example.org/tenant ');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#override-called[aria-invalid="true"]');
  expect(await focused(page)).toBe('override-called');
  await page.keyboard.type('https://auth.example.org');
  await page.keyboard.press('Enter');
  await says(page, '#overrides [role=status]', 'Saved.');
  expect(await paramsOf(page, 'saveOverride')).toEqual([
    {
      kind: 'issuer_pair',
      issuer: 'https://auth.example.org/tenant',
      called: 'https://auth.example.org',
    },
  ]);
  expect(await focused(page)).toBe('add-override');
});

it('offers the third kind for providers that were set up by hand only (Z53)', async () => {
  const bare = await show('bare');
  await bare.click('#add-override');
  await bare.select('#override-kind', 'no_resource');
  await says(bare, '#overrides .fault', 'First add the provider');
  await bare.type('#override-resource', 'https://mcp.example.org');
  await bare.keyboard.press('Enter');
  expect(await paramsOf(bare, 'saveOverride')).toEqual([]);
  const full = await show('full');
  await full.click('#add-override');
  await full.select('#override-kind', 'no_resource');
  await full.type('#override-resource', 'https://mcp.example.org');
  await full.keyboard.press('Enter');
  await says(full, '#overrides [role=status]', 'Saved.');
  expect(await paramsOf(full, 'saveOverride')).toMatchObject([
    {
      kind: 'no_resource',
      issuer: 'https://login.example.net/',
      resource: 'https://mcp.example.org',
    },
  ]);
});

it('keeps what was typed when the background refuses it', async () => {
  const page = await show('bare');
  await page.click('#add-override');
  await page.type('#override-issuer', 'http://auth.example.org');
  await page.type('#override-called', 'https://auth.example.org');
  await page.keyboard.press('Enter');
  await says(page, '#overrides [role=alert]', 'That can’t be an exception.');
  expect(await page.$eval('#override-issuer', (f) => (f as HTMLInputElement).value)).toBe(
    'http://auth.example.org',
  );
});
