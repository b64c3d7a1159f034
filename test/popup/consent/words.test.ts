/**
 * How much there is to read: in two seconds nobody reads more. Counted on the real documents, in each language: the
 * heading and every sentence, an address as one word; without names of permissions, controls and warnings.
 */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { Fake } from '../support/fake-browser.ts';
import { stageForTests } from '../support/open.ts';
import { CONTROLS, LINES, wordsIn, wordsOf } from '../support/word-count.ts';

declare const fake: Fake;

const stage = stageForTests();

const show = async (flow: string, language: string): Promise<Page> => {
  const page = await stage.open(`consent.html?flow=${flow}&language=${language}`);
  await page.waitForSelector('#allow');
  return page;
};

describe.each(['en', 'de'])('the words of a question in %s', (language) => {
  it.each([
    ['allow', 28],
    ['for-a-day', 28],
    ['public', 34],
    ['server-decides', 30],
    ['step-up', 34],
    ['account', 34],
    ['reach', 30],
    ['reach-local', 30],
    ['reach-provider', 30],
    ['excess', 40],
    ['issuers', 45],
    ['client', 80],
    ['client-recipe', 90],
  ])('are within their budget: %s, %i', async (flow, most) => {
    expect(await wordsOf(await show(flow, language), '.warning')).toBeLessThanOrEqual(most);
  });

  it('are at most 55 with an older server, its warning included', async () => {
    expect(await wordsOf(await show('legacy', language), '.no-warning')).toBeLessThanOrEqual(55);
  });

  it.each([
    ...['keeper-broker', 'keeper-asked', 'keeper-page', 'keeper-sealed', 'overridden', 'fewer'],
    ...['crowded', 'ends-others'],
  ])(
    'of a line that another part adds are at most nine, and there are two such lines at most: %s',
    async (flow) => {
      const page = await show(flow, language);
      const lines = await wordsIn(page, LINES, CONTROLS);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThanOrEqual(2);
      for (const words of lines) expect(words).toBeLessThanOrEqual(9);
      const folded = await wordsIn(page, '.more-lines .extra', CONTROLS);
      for (const words of folded) expect(words).toBeLessThanOrEqual(9);
    },
  );

  it('of two parts and a client that sites share are two lines; the rest is folded', async () => {
    const page = await show('keeper-sealed', language);
    await page.evaluate(() => {
      const snapshot = { ...fake.prompt!.snapshot, client: 'my-app', fewer: true as const };
      const overridden = [{ kind: 'pkce' as const, at: 1_793_000_000_000 }];
      fake.prompt = { ...fake.prompt!, nonce: 'nonce-2', snapshot: { ...snapshot, overridden } };
      fake.ring();
    });
    await page.waitForSelector('#client');
    expect((await wordsIn(page, LINES, CONTROLS)).length).toBe(2);
    expect((await page.$$('.more-lines:not([open]) .extra')).length).toBe(3);
  });

  it('name both sides in the heading, and say once that a meaning is a guess', async () => {
    const page = await show('allow', language);
    const names = await page.$$eval('h1 .name', (all) => all.map((one) => one.textContent));
    expect(names.toSorted()).toEqual(['chat.example.com', 'mcp.files.example.net']);
    expect((await page.$$('.guess')).length).toBe(1);
    const [line] = await page.$$eval('#scopes-new li', (all) => all.map((one) => one.textContent));
    expect(line).toMatch(/^\p{L}+files\s+files:read$/u);
  });
});

it('counts what is on the screen: a sentence more of five words is five more', async () => {
  const page = await show('allow', 'en');
  const before = await wordsOf(page, '.warning');
  expect(before).toBeGreaterThan(15);
  await page.$eval('.sheet', (sheet) => {
    const line = document.createElement('p');
    line.append('This is one more sentence.');
    sheet.append(line);
  });
  expect(await wordsOf(page, '.warning')).toBe(before + 5);
});
