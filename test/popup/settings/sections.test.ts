/** The settings are one long page: its list of sections is the way to each of them. */
import { expect, it } from 'vitest';
import { stageForTests } from '../support/open.ts';

const stage = stageForTests();

it('the list of sections leads to each of them, and leaves none out', async () => {
  const page = await stage.open('settings.html?scene=full');
  await page.waitForSelector('main[aria-busy="false"] #erase');
  const sections = await page.$$eval('main section[id]', (all) => all.map(({ id }) => `#${id}`));
  const links = await page.$$eval('.contents a', (all) => all.map((link) => link.hash));
  expect(links).toEqual(sections);
});
