/** The popup and the activity page as people with other eyes, hands and screens meet them. */
import axe from 'axe-core';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SHOTS } from './support/shots.ts';
import { openShot, openStage, type Stage } from './support/stage.ts';
import { worldBeside } from './support/world-beside.ts';

/** A browser that shares the processor with other tests is slow. */
vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;
beforeAll(async () => (stage = await openStage()), 60_000);
afterAll(() => stage.close());

const NAMES = ['popup-site', 'popup-accounts', 'popup-paused', 'activity-log', 'trace-failed'];

/** The driver knows no `prefers-contrast` and no `forced-colors`; the browser does. */
async function emulate(page: Page, features: Record<string, string>): Promise<void> {
  const session = await page.createCDPSession();
  await session.send('Emulation.setEmulatedMedia', {
    features: Object.entries(features).map(([name, value]) => ({ name, value })),
  });
}

const show = async (name: string, features: Record<string, string>, width = 320) => {
  const shot = SHOTS.find((one) => one.name === name);
  if (!shot) throw new Error(`There is no screen ${name}`);
  const page = await openShot(stage, shot, { scheme: 'light', width });
  await emulate(page, features);
  return page;
};

describe.each(['light', 'dark'])('with more contrast, %s', (scheme) => {
  it.each(NAMES)('text stands out seven to one on the screen %s', async (name) => {
    const page = await show(name, { 'prefers-contrast': 'more', 'prefers-color-scheme': scheme });
    const world = worldBeside(page);
    await world.evaluate(axe.source);
    const found = await world.evaluate(async () => {
      const run = (globalThis as unknown as { axe: typeof axe }).axe.run;
      const runOnly = ['color-contrast-enhanced'];
      const { violations, passes } = await run(document, {
        runOnly,
        rules: { 'color-contrast-enhanced': { enabled: true } },
      });
      const failed = violations.flatMap(({ nodes }) =>
        nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
      );
      return { failed, passed: passes.flatMap(({ nodes }) => nodes).length };
    });
    expect(found.failed).toEqual([]);
    expect(found.passed).toBeGreaterThan(5);
  });
});

it('with reduced motion nothing moves', async () => {
  const page = await show('popup-site', { 'prefers-reduced-motion': 'reduce' });
  const moving = () =>
    page.evaluate(() => {
      const box = document.querySelector<HTMLElement>('#pause');
      // A style that was never computed has nothing to move from.
      if (box) void getComputedStyle(box, '::before').insetInlineStart;
      box?.click();
      return document.getAnimations().length;
    });
  expect(await moving()).toBe(0);
  await emulate(page, { 'prefers-reduced-motion': 'no-preference' });
  // A busy browser tells the page of its new setting a little later.
  await expect.poll(moving, { timeout: 10_000 }).toBe(1);
});

it('with forced colours a switch still shows which way it stands', async () => {
  const page = await show('popup-paused', { 'forced-colors': 'active' });
  const colours = () =>
    page.$eval('#pause', (box) => [
      getComputedStyle(box).backgroundColor,
      getComputedStyle(box, '::before').backgroundColor,
      getComputedStyle(box, '::before').insetInlineStart,
    ]);
  const [trackOn, knobOn, placeOn] = await colours();
  expect(knobOn).not.toBe(trackOn);
  await page.click('#pause');
  await page.waitForSelector('#pause:not(:checked)');
  await page.waitForFunction(() => document.getAnimations().length === 0);
  const [trackOff, knobOff, placeOff] = await colours();
  expect(knobOff).not.toBe(trackOff);
  expect(placeOff).not.toBe(placeOn);
});

describe('at 200 %', () => {
  it.each(NAMES)('nothing is cut off on the screen %s', async (name) => {
    // A popup can be 800 px wide at most; at 200 % a window of 640 px has 320.
    const page = await show(name, {});
    await page.setViewport({ width: 320, height: 256, deviceScaleFactor: 2 });
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('body *')]
        .filter((one) => {
          const { overflowX } = getComputedStyle(one);
          const isHidden = one.closest('svg, .unseen') !== null;
          return !isHidden && overflowX === 'hidden' && one.scrollWidth > one.clientWidth;
        })
        .map((one) => one.className),
    );
    expect(cut).toEqual([]);
    const sticksOut = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(sticksOut).toBe(0);
  });
});
