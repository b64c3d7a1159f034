/** The first pages in a real Chromium: two of them, and nothing that is asked for unasked (Z13). */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { Fake } from '../support/fake-browser.ts';
import { focused, textOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

declare const fake: Fake;

const stage = stageForTests();

const at = (page: Page, step: number | 'done') =>
  page.waitForSelector(`#welcome[data-step="${String(step)}"]`);
const show = async (scene: string, step = 1, language = 'en'): Promise<Page> => {
  const page = await stage.open(`onboarding.html?scene=${scene}&language=${language}`);
  await at(page, 1);
  if (step > 1) {
    await page.click('#next');
    await at(page, 2);
  }
  return page;
};
const requested = (page: Page) => page.evaluate(() => fake.requested);
const textsOf = (page: Page, selector: string) =>
  page.$$eval(selector, (all) => all.map((one) => one.textContent));

it('are two, each with a heading that has the focus, and a way back', async () => {
  const page = await show('bare');
  const first = await textOf(page, 'h1');
  expect(await textOf(page, '.place')).toBe('Step 1 of 2');
  await page.click('#next');
  await at(page, 2);
  expect(await textOf(page, '.place')).toBe('Step 2 of 2');
  expect(await textOf(page, 'h1')).not.toBe(first);
  expect(await page.$('h1:focus')).not.toBeNull();
  await page.click('#back');
  await at(page, 1);
  expect(await page.$('h1:focus')).not.toBeNull();
  expect(await requested(page)).toEqual([]);
});

it('say first when it matters, with an example that people know', async () => {
  const page = await show('bare');
  expect(await textOf(page, '.lead')).toContain('AI chats');
  expect(await textOf(page, '.chain')).toContain('AI chat');
  await page.click('#keeps summary');
  expect(await textsOf(page, '#keeps li')).toHaveLength(4);
});

describe('the icon', () => {
  it.each([
    ['bare', 'Click the pin next to Grantkeeper.'],
    ['relay', 'Click the gear next to Grantkeeper and choose “Pin to Toolbar”.'],
  ])('is to be pinned, and how is said and drawn for this browser: %s', async (scene, how) => {
    const page = await show(scene, 2);
    const [open, pin] = await textsOf(page, '.numbered li');
    expect(open).toContain('puzzle piece');
    expect(pin).toBe(how);
    const drawn = await page.$$eval('svg.pin-hint', (all) => all.length);
    expect([drawn, (await page.$$('img')).length]).toEqual([1, 0]);
    await page.click('#finish');
    await at(page, 'done');
    expect(await textsOf(page, '.numbered li')).toEqual([open, pin]);
  });
});

describe('access to servers', () => {
  it.each([
    ['bare', 'en', '“Read and change all your data on all websites”'],
    ['bare', 'de', '„Alle deine Daten auf allen Websites lesen und ändern“'],
    ['relay', 'en', '“Access your data for all websites”'],
    ['relay', 'de', '„Auf Ihre Daten für alle Websites zugreifen“'],
  ])(
    'is told in the words of the browser before it is asked for: %s, %s',
    async (scene, language, words) => {
      const page = await show(scene, 2, language);
      expect(await textOf(page, '.page')).toContain(words);
      expect(await requested(page)).toEqual([]);
    },
  );

  it('is not asked for unless the user chooses so', async () => {
    const page = await show('bare', 2);
    await page.click('#finish');
    await at(page, 'done');
    expect(await requested(page)).toEqual([]);
    expect(await textOf(page, '#outcome')).toContain('ask you once for each new server');
  });

  it.each([
    [true, 'can contact any server'],
    [false, 'ask you once for each new server'],
  ])(
    'is asked for inside the click, and the end says what came of it: %s',
    async (granted, words) => {
      const page = await show('bare', 2);
      await page.click('#reach-all');
      await page.click('#finish');
      expect(await requested(page)).toEqual([{ origins: ['https://*/*'], active: true }]);
      await page.evaluate((answer) => fake.answerHostAccess(answer), granted);
      await at(page, 'done');
      await page.waitForFunction(
        (what) => document.querySelector('#outcome')?.textContent.includes(what),
        {},
        words,
      );
    },
  );

  it('that is held already leaves nothing to choose', async () => {
    const page = await show('all-hosts', 2);
    await page.waitForSelector('#reach-held');
    expect(await page.$('input')).toBeNull();
  });

  it('stays chosen when the user goes a page back', async () => {
    const page = await show('bare', 2);
    await page.click('#reach-all');
    await page.click('#back');
    await page.click('#next');
    expect(await page.$('#reach-all:checked')).not.toBeNull();
  });
});

describe('in Firefox', () => {
  it('there is no choice on the page, and none is spoken of', async () => {
    const page = await show('relay', 2);
    await page.waitForSelector('#reach-relay .hint');
    expect(await page.$('input, fieldset, #give')).toBeNull();
    expect(await textOf(page, '.page')).not.toMatch(/choice|When should/);
    expect(await textOf(page, '#reach-relay')).toContain('You can remove this access');
    await page.click('#finish');
    await at(page, 'done');
    expect(await requested(page)).toEqual([]);
    expect(await textOf(page, '#outcome')).toContain('can contact any server');
  });

  it('without the access it says that no site can ask, and asks the browser inside the click', async () => {
    const page = await show('relay-none', 2);
    expect(await textOf(page, '#reach-relay .warning')).toContain('no site can ask');
    await page.click('#give');
    expect(await requested(page)).toEqual([{ origins: ['https://*/*'], active: true }]);
    await page.evaluate(() => fake.answerHostAccess(false));
    await page.click('#finish');
    await at(page, 'done');
    expect(await textOf(page, '#outcome.warning')).toContain('no site can ask');
    expect(await textOf(page, 'h1')).not.toContain('all set');
    await page.click('#give');
    await page.evaluate(() => fake.answerHostAccess(true));
    await page.waitForSelector('#outcome.next');
    expect(await textOf(page, 'h1')).toContain('all set');
  });
});

describe('the example', () => {
  it('is made of the parts of the prompt, and is marked as an example', async () => {
    const page = await show('bare', 2);
    expect(await textOf(page, '.example-mark')).toMatch(/^Example/);
    expect(await textOf(page, '#site')).toBe('https://chat.example.com');
    expect(await textsOf(page, '.example .scopes-new code')).toEqual(['files:read', 'files:write']);
  });

  it('does nothing: it takes neither a click nor the focus, and a screen reader passes it by', async () => {
    const page = await show('bare', 2);
    const sheet = '.example-sheet[inert]';
    expect(await page.$$eval(`${sheet} .button`, (all) => all.length)).toBe(2);
    const before = await page.$eval('body', (body) => body.innerHTML);
    const allow = await page.$(`${sheet} .button-main`);
    const box = (await allow?.boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.click(box.x + 10, box.y + 10);
    expect(await page.$eval('body', (body) => body.innerHTML)).toBe(before);
    expect(await page.evaluate(() => fake.sent)).toEqual([]);
    expect(await page.$(`${sheet} :is(a, button, input, select, summary, [tabindex])`)).toBeNull();
  });
});

it('the keyboard alone goes through, chooses, and closes', async () => {
  const page = await show('bare');
  const press = async (id: string, key: 'Enter' | 'Space') => {
    for (let i = 0; i < 10 && (await focused(page)) !== id; i++) await page.keyboard.press('Tab');
    expect(await focused(page)).toBe(id);
    await page.keyboard.press(key);
  };
  await press('next', 'Space');
  await at(page, 2);
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('reach-each');
  await page.keyboard.press('ArrowDown');
  await press('finish', 'Enter');
  expect(await requested(page)).toEqual([{ origins: ['https://*/*'], active: true }]);
  await page.evaluate(() => fake.answerHostAccess(true));
  await at(page, 'done');
  await press('close', 'Enter');
  expect(await page.evaluate(() => fake.closed)).toBe(true);
});

it.each([
  [320, 100],
  [640, 200],
])('nothing is wider than a page of %i px at %i %%', async (width, percent) => {
  const page = await show('bare');
  await page.setViewport({ width, height: 640 });
  await page.evaluate(
    (size) => {
      document.documentElement.style.fontSize = size;
    },
    `${String(percent)}%`,
  );
  for (const button of ['#next', '#finish', '']) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
    if (button !== '') await page.click(button);
  }
});

it.each(['bare', 'relay-none'])(
  'decisions are 44 px high, type is 13 px at least: %s',
  async (scene) => {
    const page = await show(scene);
    for (const button of ['#next', '#finish', '']) {
      const low = await page.$$eval('button', (all) =>
        all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.id),
      );
      expect(low).toEqual([]);
      const links = await page.$$eval('a, summary', (all) =>
        all.map((one) => one.getBoundingClientRect().height),
      );
      expect(links.filter((height) => height < 24)).toEqual([]);
      const sizes = await page.$$eval('main *', (all) =>
        all.map((one) => parseFloat(getComputedStyle(one).fontSize)),
      );
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(13);
      if (button !== '') await page.click(button);
    }
  },
);
