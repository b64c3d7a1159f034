/** The prompt's window has the height of what is in it (Z24), and the line that there is more is no cause of itself. */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import type { PromptView } from '../../../src/shared/prompt.ts';
import type { Fake, FakeWindow } from '../support/fake-browser.ts';
import { stageForTests } from '../support/open.ts';
import { PROMPTS } from '../support/scenes.ts';
import { MORE_PROMPTS } from '../support/scenes-prompt.ts';

declare const fake: Fake;

const stage = stageForTests();

/** Opens this in a window that the browser has just made. */
async function openIn(
  made: Partial<FakeWindow>,
  flow = 'reach',
  barsWhileItOpens = 0,
): Promise<Page> {
  const page = await stage.open('consent.html?flow=none', (blank) =>
    blank.setViewport({ width: 460, height: 720 }),
  );
  await page.waitForSelector('main p');
  await page.evaluate(
    (given, bars) => {
      fake.window = { height: 720, asked: [], ...given };
      Object.defineProperty(screen, 'availHeight', { get: () => 1000 });
      const isOpening = () => (fake.window!.looks ?? 0) < 2;
      const outerHeight = { get: () => innerHeight + (isOpening() ? bars : 0) };
      Object.defineProperty(window, 'outerHeight', outerHeight);
    },
    made,
    barsWhileItOpens,
  );
  await show(page, flow);
  return page;
}

let asked = 0;
/** @param wait milliseconds; longer than the slow desktop takes, and what follows from it */
async function show(
  page: Page,
  flow: string,
  step: PromptView['step'] = 'deciding',
  wait = 400,
): Promise<void> {
  const view = { ...PROMPTS, ...MORE_PROMPTS }[flow]!;
  asked += 1;
  const next = { ...view, nonce: String(asked), digest: String(asked), step };
  await page.evaluate((given) => {
    fake.prompt = given;
    fake.ring();
  }, next);
  await page.waitForSelector(`#stage[data-step="${step}"][data-stage="${view.snapshot.stage}"]`);
  await new Promise((resolve) => setTimeout(resolve, wait));
}
const askedOf = (page: Page) => page.evaluate(() => fake.window?.asked ?? []);
const lastOf = async (page: Page) => (await askedOf(page)).at(-1);

describe('the window of a prompt', () => {
  it('is fitted to each question, on a desktop that takes its time, and to nothing between them', async () => {
    const page = await openIn({});
    const first = await askedOf(page);
    await show(page, 'reach', 'discovering');
    expect(await askedOf(page)).toEqual(first);
    await show(page, 'long-list');
    expect(await lastOf(page)).toBeGreaterThan(first.at(-1)!);
  });

  it('is fitted on a desktop that makes it lower than it was asked to', async () => {
    const page = await openIn({ cut: 450 }, 'long-list');
    expect((await askedOf(page)).length).toBe(1);
    await show(page, 'reach');
    expect(await lastOf(page)).toBeLessThan(450);
  });

  it('is measured again where it said wrong things of itself while it opened', async () => {
    const right = await lastOf(await openIn({}));
    const page = await openIn({}, 'reach', 200);
    await expect.poll(() => lastOf(page)).toBe(right);
  });

  it('is measured again where the wrong height happens to be the one that it has', async () => {
    const page = await openIn({ height: 760 }, 'reach', 1000);
    await expect.poll(() => lastOf(page)).toBeLessThan(700);
  });

  it('is not fitted for a question that has gone before it was measured', async () => {
    const page = await openIn({});
    const before = await askedOf(page);
    await page.evaluate(() => (fake.window!.slow = 300));
    await show(page, 'long-list', 'deciding', 0);
    await show(page, 'long-list', 'discovering');
    expect(await askedOf(page)).toEqual(before);
  });

  it('is fitted once it is no longer minimised', async () => {
    const page = await openIn({ state: 'minimized' });
    expect(await askedOf(page)).toEqual([]);
    await page.evaluate(() => (fake.window!.state = 'normal'));
    await expect.poll(async () => (await askedOf(page)).length).toBe(1);
  });

  it('is left as the user has made it', async () => {
    const page = await openIn({});
    const before = await askedOf(page);
    await page.evaluate(() => (fake.window!.height = 500));
    await show(page, 'long-list');
    expect(await askedOf(page)).toEqual(before);
  });

  it('is fitted to the form for a key, too', async () => {
    const page = await openIn({}, 'key');
    const before = (await lastOf(page))!;
    await page.waitForSelector('#allow[data-armed="true"]');
    await page.click('#allow');
    await page.waitForSelector('#key-value');
    await expect.poll(() => lastOf(page)).toBeGreaterThan(before);
  });
});

describe('the line that there is more', () => {
  it.each(['allow', 'client'])('goes when all of it is in view: %s', async (flow) => {
    const page = await openIn({}, flow);
    await page.setViewport({ width: 460, height: 1200 });
    await page.waitForSelector('#allow[data-armed="true"]');
    const whole = await page.$eval('main', (main) => {
      main.style.minHeight = '0';
      return Math.ceil(main.getBoundingClientRect().height);
    });
    const more = () => page.$('.more-below');
    expect(await more()).toBeNull();
    await page.setViewport({ width: 460, height: whole - 60 });
    await expect.poll(more).not.toBeNull();
    await page.setViewport({ width: 460, height: whole });
    await expect.poll(more).toBeNull();
  });
});
