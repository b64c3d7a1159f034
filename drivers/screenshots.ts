/** Keeps pictures of what a user would see, in the order of the story. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'puppeteer-core';

/** Takes one picture and resolves with its file. */
export type TakeScreenshot = (page: Page, name: string) => Promise<string>;

/** Pictures go to `folder` as `01-name.png`, `02-name.png` and so on. */
export function screenshotsIn(folder: string): TakeScreenshot {
  mkdirSync(folder, { recursive: true });
  let count = 0;
  return async (page, name) => {
    // Chromium paints no hidden tab, and would wait for the picture without end.
    const visibility = await page.evaluate(() => document.visibilityState);
    if (visibility === 'hidden') throw new Error(`${name}: this tab is not in front`);
    count += 1;
    const number = String(count).padStart(2, '0');
    const file = path.join(folder, `${number}-${name}.png`);
    await page.screenshot({ path: file as `${string}.png` });
    return file;
  };
}
