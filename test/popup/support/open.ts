/** One stage for all tests of a file. */
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { openStage, type Stage } from './stage.ts';

/**
 * Opens a stage before the tests of this file and closes it after them. A test fails when one of its pages complains.
 * @returns a way to open documents, for use inside tests
 */
export function stageForTests(): Pick<Stage, 'open'> {
  // A browser that shares the processor with other tests is slow.
  vi.setConfig({ testTimeout: 60_000 });
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  }, 60_000);
  afterAll(() => stage.close());
  afterEach(() => expect(stage.complaints.splice(0)).toEqual([]));
  return { open: (address, prepare) => stage.open(address, prepare) };
}

/**
 * As {@link stageForTests}, for the toolbar's popup.
 * @returns `open` as there, and `show`, which opens the popup in one of its scenes and waits until it has loaded
 */
export function popupForTests() {
  const { open } = stageForTests();
  const show = async (scene: string): Promise<Page> => {
    const page = await open(`popup.html?scene=${scene}`);
    await page.waitForSelector('main[aria-busy="false"]');
    return page;
  };
  return { open, show };
}
