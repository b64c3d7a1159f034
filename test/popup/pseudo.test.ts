/**
 * Every screen in a language that exists in tests only: long, accented, in brackets. What is not in brackets was
 * never translated; what is cut off or sticks out would be so in a real language too.
 */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Fake } from './support/fake-browser.ts';
import { CHECKED } from './support/shots.ts';
import { openShot, openStage, type Stage } from './support/stage.ts';

declare const fake: Fake;

/** A browser that shares the processor with other tests is slow. */
vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;
beforeAll(async () => (stage = await openStage()), 60_000);
afterAll(() => stage.close());

/** Texts on screen that are neither in brackets nor a name, an address, a scope, a number or a time. */
function untranslatedOn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const DATA =
      'code, .address, .names li, .arrow, .compared, time, option, .count, .since, .members dt, .account-name, bdi, .day h2, #report';
    const found: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent?.closest(DATA)) continue;
      // A sentence that has names set apart in it is one text.
      if (parent?.closest('[data-sentence]')) continue;
      found.push(node.textContent?.trim() ?? '');
    }
    for (const one of document.querySelectorAll('[data-sentence]')) found.push(one.textContent);
    // Above plain words the pointer finds the server's own names for them.
    const labelled = document.querySelectorAll('[aria-label], [title]:not(.plain > li)');
    const named = [...labelled].flatMap((element) => [
      element.getAttribute('aria-label') ?? '',
      element.getAttribute('title') ?? '',
    ]);
    return [...found, ...named].filter(
      (text) =>
        text !== '' && !/^⟦[^]*⟧$/.test(text) && !/^(Grantkeeper|[\d\s+,.:]+(ms)?)$/.test(text),
    );
  });
}

/** How far something sticks out of the page on the right, in CSS pixels. */
function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

it.each(CHECKED)(
  'every text on the screen %s is translated, exists, and fits into 320 px',
  async (_, shot) => {
    const page = await openShot(stage, shot, { scheme: 'light', width: 320, language: 'pseudo' });
    expect(await page.evaluate(() => fake.missing)).toEqual([]);
    expect(await untranslatedOn(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.close();
  },
);

it('a text that was never translated is found, and so is one that sticks out', async () => {
  const page = await stage.open('popup.html?scene=site&language=pseudo');
  await page.waitForSelector('.disconnect');
  await page.evaluate(() => {
    const text = document.createElement('pre');
    text.textContent = 'Never translated '.repeat(20);
    document.body.append(text);
  });
  expect((await untranslatedOn(page)).length).toBe(1);
  expect(await overflowOf(page)).toBeGreaterThan(0);
});
