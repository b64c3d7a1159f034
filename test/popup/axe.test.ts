/** Every screen, in light and dark, as assistive technology finds it: axe-core in a real Chromium. */
import axe from 'axe-core';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CHECKED } from './support/shots.ts';
import { openShot, openStage, type Stage } from './support/stage.ts';
import { worldBeside } from './support/world-beside.ts';

/** A browser that shares the processor with other tests is slow. */
vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;
beforeAll(async () => (stage = await openStage()), 60_000);
afterAll(() => stage.close());

/** What is wrong on the page, one line for each element. */
async function violationsOn(page: Page, rules?: string[]): Promise<string[]> {
  const world = worldBeside(page);
  // Half a megabyte, a quarter of a second each time.
  const isThere = await world.evaluate(() => 'axe' in globalThis);
  if (!isThere) await world.evaluate(axe.source);
  return world.evaluate(async (only) => {
    const run = (globalThis as unknown as { axe: typeof axe }).axe.run;
    const runOnly = only && { runOnly: { type: 'rule' as const, values: only } };
    const { violations } = await run(document, { resultTypes: ['violations'], ...runOnly });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    );
  }, rules);
}

it.each(CHECKED)('axe finds nothing wrong on the screen %s, in light and dark', async (_, shot) => {
  const page = await openShot(stage, shot, { scheme: 'light', width: 320 });
  expect(await violationsOn(page)).toEqual([]);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
  // Only colours have changed.
  expect(await violationsOn(page, ['color-contrast'])).toEqual([]);
  await page.close();
});

it('axe does find what is wrong: a button without a name, and text that is too pale', async () => {
  const page = await stage.open('popup.html?scene=site');
  await page.waitForSelector('.disconnect');
  await page.evaluate(() => {
    document.querySelector('.disconnect')?.replaceChildren();
    document.querySelector('.disconnect')?.removeAttribute('aria-label');
    document.documentElement.style.setProperty('--soft', '#cccccc');
  });
  const found = await violationsOn(page);
  expect(new Set(found.map((line) => line.split(' ')[0]))).toEqual(
    new Set(['button-name', 'color-contrast']),
  );
});
