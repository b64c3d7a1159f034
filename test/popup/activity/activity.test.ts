/** The activity page in a real Chromium. */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { Fake } from '../support/fake-browser.ts';
import { confirmByKey } from '../support/keyboard.ts';
import { stageForTests } from '../support/open.ts';
import { callsOf } from '../support/reading.ts';

declare const fake: Fake;

const stage = stageForTests();

const show = async (scene: string, hash = ''): Promise<Page> => {
  const page = await stage.open(`activity.html?scene=${scene}${hash}`);
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  return page;
};
const textsOf = (page: Page, selector: string) =>
  page.$$eval(selector, (all) => all.map((one) => one.textContent));
const count = (page: Page, wanted: number) =>
  expect
    .poll(() => page.$$eval('#log .event', (events) => events.length), { timeout: 20_000 })
    .toBe(wanted);

describe('the log', () => {
  it('is in plain words, newest first, by day', async () => {
    const page = await show('log');
    const words = await textsOf(page, '.event-words');
    expect(words.slice(0, 4)).toEqual([
      'Used 1,284 times',
      'Access renewed',
      'Permissions removed',
      'Connection failed',
    ]);
    expect(
      new Set(await page.$$eval('.event', (all) => all.map((one) => one.getAttribute('data-kind'))))
        .size,
    ).toBe(13);
    const times = await page.$$eval('.event time', (all) =>
      all.map((one) => one.getAttribute('datetime') ?? ''),
    );
    expect(times).toEqual([...times].sort().reverse());
    expect((await textsOf(page, '.day h2')).length).toBeGreaterThan(2);
  });

  it('of a failure says why and where, and leads to its trace', async () => {
    const page = await show('log');
    const row = '[data-kind="failed"]';
    expect(await page.$eval(`${row} .event-why`, (line) => line.textContent)).toContain(
      'calendar.example.org',
    );
    await page.click(`${row} a`);
    await page.waitForSelector('#steps');
    expect(await page.evaluate(() => location.hash)).toBe('#trace=flow-failed');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  });

  it('names site and server in the order of the request, with an arrow between them', async () => {
    const page = await show('log');
    const [first] = await textsOf(page, '.event-parties');
    expect(first).toBe('https://chat.example.com →to https://mcp.files.example.net/v1');
    expect(await page.$$eval('.event-parties .arrow[aria-hidden]', (all) => all.length)).toBe(13);
  });

  it('has one row for a request that was allowed and done, two where it then failed', async () => {
    const page = await show('log');
    const kinds = await page.$$eval('.event', (all) =>
      all.map((one) => one.getAttribute('data-kind')),
    );
    expect(kinds.slice(3, 6)).toEqual(['failed', 'allowed', 'widened']);
    expect(kinds.slice(-2)).toEqual(['connected', 'failed']);
  });

  it('shows failures only when that is ticked, asked for as such', async () => {
    const page = await show('log');
    await page.click('#filter-failed');
    await count(page, 2);
    expect((await callsOf(page, 'activity')).at(-1)?.params).toEqual({ limit: 50, failed: true });
    await page.select('#filter-site', 'https://notes.example.co.uk');
    await page.waitForSelector('.nothing');
    expect(await textsOf(page, '.nothing')).toEqual(['No entries match.']);
  });

  it('is filtered by site and by server', async () => {
    const page = await show('log');
    await page.select('#filter-site', 'https://notes.example.co.uk');
    await count(page, 4);
    await page.select('#filter-server', 'https://mcp.files.example.net/v1');
    await count(page, 2);
    await page.select('#filter-site', '');
    await count(page, 8);
  });

  it('offers every site that was once on offer, whatever the filter', async () => {
    const page = await show('log');
    const offered = () => textsOf(page, '#filter-site option');
    const all = await offered();
    await page.select('#filter-site', 'https://notes.example.co.uk');
    await count(page, 4);
    expect(await offered()).toEqual(all);
    expect(all.length).toBe(3);
  });

  it('grows by pages of fifty, each asked for from where the last one ended', async () => {
    const page = await show('long');
    await count(page, 50);
    await page.click('#log .more');
    await count(page, 100);
    expect((await callsOf(page, 'activity')).map(({ params }) => params)).toEqual([
      { limit: 50 },
      { limit: 50, before: 4951 },
    ]);
  });

  it('shows a new row by itself, and keeps the older pages', async () => {
    const page = await show('long');
    await page.click('#log .more');
    await count(page, 100);
    await page.evaluate(() => {
      const [first] = fake.activity.rows;
      if (first)
        fake.activity.rows = [{ ...first, id: 5001, at: Date.now() }, ...fake.activity.rows];
      fake.ring();
    });
    await count(page, 101);
  });

  it('is saved whole, as filtered, with no trace of anything else (T-32)', async () => {
    const page = await show('long');
    const file = page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          URL.createObjectURL = (blob) => {
            void (blob as Blob).text().then(resolve);
            return 'blob:none';
          };
          HTMLAnchorElement.prototype.click = () => undefined;
        }),
    );
    await page.click('#save-activity');
    const { grantkeeperActivity, rows } = JSON.parse(await file) as {
      grantkeeperActivity: number;
      rows: object[];
    };
    expect(grantkeeperActivity).toBe(1);
    expect(rows.length).toBe(2300);
    await page.waitForFunction(() => document.querySelector('.tool [role=status]')?.textContent);
  });

  it('is erased after one more question (T-35)', async () => {
    const page = await show('log');
    await page.click('.erase-activity');
    await page.waitForSelector('.tools .confirm');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.erase-activity');
    expect(await callsOf(page, 'erase')).toEqual([]);
    await page.click('.erase-activity');
    await page.waitForSelector('.tools .confirm');
    await page.click('.tools .confirm');
    await page.waitForSelector('.nothing');
    expect(await callsOf(page, 'erase')).toEqual([{ call: 'erase', params: { what: 'activity' } }]);
    expect((await page.$$('.event')).length).toBe(0);
    // That nothing has ever happened would not be true.
    expect(await textsOf(page, '.nothing')).toEqual(['No entries.']);
    await page.waitForFunction(() => document.body.textContent.includes('Activity erased.'));
  });

  it('has its button for erasing look dangerous, and no other', async () => {
    const page = await show('log');
    const colourOf = (selector: string) =>
      page.$eval(selector, (one) => getComputedStyle(one).borderTopColor);
    const red = await page.$eval(
      '.event-failed .event-words',
      (one) => getComputedStyle(one).color,
    );
    expect(await colourOf('.erase-activity')).toBe(red);
    expect(await colourOf('#save-activity')).not.toBe(await colourOf('.erase-activity'));
  });

  it('that is empty says what will be in it', async () => {
    const page = await show('empty');
    expect((await textsOf(page, '.nothing'))[0]).toBe('Requests from sites will show up here.');
    expect(await page.$('#save-activity')).toBeNull();
  });
});

describe('a trace', () => {
  it('shows requests, the iss row, the scope arithmetic and why this registration (R63)', async () => {
    const page = await show('log', '#trace=flow-done');
    expect(
      await page.$$eval('.step', (all) => all.map((one) => one.getAttribute('data-step'))),
    ).toEqual([
      'request',
      'discovered',
      'scopes',
      'prompt',
      'registration',
      'request',
      'returned',
      'response',
      'request',
      'granted',
    ]);
    expect((await textsOf(page, '[data-step="response"] .meaning'))[0]).toMatch(
      /\(RFC 9207\), case 1 of 4:.*passed/,
    );
    expect((await textsOf(page, '[data-step="registration"] .meaning'))[0]).toContain('RFC 7591');
    expect((await textsOf(page, '[data-step="request"] .members')).join()).toContain('‹redacted›');
  });

  it('of a response that was discarded says in which case, and marks the step as failed in a word (R63)', async () => {
    const page = await show('log', '#trace=flow-failed');
    expect((await textsOf(page, '.step-bad .meaning'))[0]).toMatch(/case 2 of 4:.*discarded/);
    expect(await textsOf(page, '.step-bad .mark-grave')).toEqual(['Failed', 'Failed']);
    expect(await textsOf(page, '.step:not(.step-bad) .mark-grave')).toEqual([]);
  });

  it('shows the sign-in window when it opened, and what it brought: the issuer alone (P4, P5)', async () => {
    const page = await show('log', '#trace=flow-done');
    const marks = await textsOf(page, '[data-step="request"] .mark');
    expect(marks).toEqual(['200', 'in a window', '200']);
    const returned = (await textsOf(page, '[data-step="returned"] .members')).join();
    expect(returned).toContain('← isshttps://login.example.net');
    expect(returned.match(/‹redacted›/g)?.length).toBe(2);
  });

  it('of a refresh that was refused says so, with the provider’s words in quotes (P5, P6)', async () => {
    const page = await show('log', '#trace=flow-refused');
    expect((await textsOf(page, '.step-bad .meaning'))[0]).toBe(
      'The authorization server refused to renew the access.',
    );
    expect((await textsOf(page, '.step-bad .members')).join()).toContain('refusedinvalid_grant');
    expect((await textsOf(page, '[data-step="request"] .members')).join()).toContain(
      '"The refresh token has expired because of inactivity."',
    );
  });

  it('is copied as text', async () => {
    const page = await show('log', '#trace=flow-done');
    await page.evaluate(() => {
      const written = (text: string) =>
        Promise.resolve(void Object.assign(window, { copied: text }));
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: written } });
    });
    await page.click('.copy button');
    await page.waitForFunction(() => document.querySelector('.copy [role=status]')?.textContent);
    const copied = await page.evaluate(() => (window as unknown as { copied: string }).copied);
    expect(copied).toMatch(/^Grantkeeper trace flow-done\n/);
  });

  it('that is no longer kept says so', async () => {
    const page = await show('log', '#trace=none');
    expect((await textsOf(page, '.nothing'))[0]).toBe('This record has been deleted.');
  });
});

describe('the list of traces', () => {
  it('is newest first, whatever order they come in', async () => {
    const page = await show('log', '#traces');
    const times = await page.$$eval('.event time', (all) => all.map(({ dateTime }) => dateTime));
    expect(times).toHaveLength(4);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('says how each went, and its links are underlined from end to end', async () => {
    const page = await show('log', '#traces');
    expect(await textsOf(page, '.event-words')).toEqual([
      'Not finished',
      'Failed',
      'Failed',
      'Succeeded',
    ]);
    // A part that lays itself out takes no line from what it is in.
    expect(
      await page.$$eval('#traces a *', (all) => all.map((one) => getComputedStyle(one).display)),
    ).toEqual([]);
    expect(await page.$eval('#traces a', (one) => getComputedStyle(one).textDecorationLine)).toBe(
      'underline',
    );
  });
});

/** Words that begin on one line and end on the next. */
function brokenWords(heading: Element): string[] {
  const node = heading.firstChild as Text;
  return [...node.data.matchAll(/\S+/g)].flatMap(({ index, 0: word }) => {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    return range.getClientRects().length > 1 ? [word] : [];
  });
}

describe('every view', () => {
  const VIEWS = ['', '#traces', '#trace=flow-failed', '#trace=none'];

  it.each(VIEWS)('marks where one is among the pages: activity%s', async (hash) => {
    const page = await show('log', hash);
    const marked = await page.$$eval('nav [aria-current]', (all) =>
      all.map((one) => one.getAttribute('href')),
    );
    expect(marked).toEqual([hash === '' ? '#' : '#traces']);
  });

  it.each(VIEWS)(
    'breaks no word of its heading at 320 px, nor at twice the type: activity%s',
    async (hash) => {
      const page = await show('log', hash);
      await page.setViewport({ width: 320, height: 640 });
      for (const size of ['100%', '200%']) {
        await page.evaluate((given) => (document.documentElement.style.fontSize = given), size);
        expect(await page.$eval('h1', brokenWords), size).toEqual([]);
      }
    },
  );

  it.each(VIEWS)('has targets of 24 px and type of 13 at least: activity%s', async (hash) => {
    const page = await show('log', hash);
    const small = await page.$$eval('a, button, select, summary, label:has(input)', (all) =>
      all.filter((one) => one.getBoundingClientRect().height < 24).map((one) => one.outerHTML),
    );
    expect(small).toEqual([]);
    const sizes = await page.$$eval('main *', (all) =>
      all.map((one) => parseFloat(getComputedStyle(one).fontSize)),
    );
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(13);
  });
});

it('a keyboard is enough: to the traces, into one, back to the log, filter, erase', async () => {
  const page = await show('log');
  const tabTo = async (selector: string) => {
    for (let i = 0; i < 60; i += 1) {
      if (await page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${selector} cannot be reached with Tab`);
  };
  await tabTo('a[href="#traces"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#traces .event');
  await tabTo('a[href="#trace=flow-failed"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#steps');
  await tabTo('a[href="#traces"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#traces .event');
  await tabTo('a[href="#"]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#log .event');
  await tabTo('#filter-site');
  await page.keyboard.type('https://notes');
  await count(page, 4);
  await tabTo('.erase-activity');
  await page.keyboard.press('Enter');
  await confirmByKey(page);
  await expect.poll(() => callsOf(page, 'erase')).toHaveLength(1);
});
