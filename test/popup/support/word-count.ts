/** How many words a question has for its reader: an address is one, and names of permissions and controls are none. */
import type { Page } from 'puppeteer-core';

/** Words that are seen at once, in or out of the lines that other parts of Grantkeeper add. */
export const wordsIn = (page: Page, selector: string, without: string) =>
  page.$$eval(
    selector,
    (parts, left) =>
      parts.map((part) => {
        const copy = part.cloneNode(true) as HTMLElement;
        for (const one of copy.querySelectorAll(left)) one.remove();
        for (const one of copy.querySelectorAll('.address, .name, code'))
          one.textContent = ' name ';
        for (const one of copy.querySelectorAll('*')) one.append(' ');
        return copy.textContent.split(/\s+/).filter((word) => /\p{L}|\p{N}/u.test(word)).length;
      }),
    without,
  );

/** What is clicked, not read. */
export const CONTROLS = 'button, select, option, summary, label, legend, input, .unseen';
const DATA = '#scopes-new, #scopes-held, .count, details:not([open]), .extra';
/** What other parts add, wherever on the sheet it stands; the last two are about a client that sites share. */
export const LINES = '.sheet > .extra, #host-access > p, #client, #crowded, #ends-others > p';

/** Words of the heading and of every sentence. */
export const wordsOf = async (page: Page, warnings: string) => {
  const left = `${CONTROLS}, ${DATA}, ${warnings}`;
  const [sheet = 0] = await wordsIn(page, '.sheet', left);
  const [foot = 0] = await wordsIn(page, '.consequence', left);
  return sheet + foot;
};
