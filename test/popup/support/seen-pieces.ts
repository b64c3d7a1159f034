/** Which pieces of a question have been in view, measured anew and by other means than the extension's own. */
import type { Page } from 'puppeteer-core';

/** From now on notes each marked piece that is whole between the window's top and the footer. */
export const watchPieces = (page: Page) =>
  page.evaluate(() => {
    const seen = new Set<string>();
    const look = () => {
      const end = document.querySelector('footer')?.getBoundingClientRect().top ?? 0;
      for (const piece of document.querySelectorAll<HTMLElement>('[data-read]')) {
        const { top, bottom } = piece.getBoundingClientRect();
        if (top > -3 && bottom < end + 3) seen.add(piece.dataset['read'] ?? '');
      }
      requestAnimationFrame(look);
    };
    look();
    Object.assign(window, { seen });
  });
/** Those that were not. */
export const unseen = (page: Page) =>
  page.evaluate(() => {
    const { seen } = window as unknown as { seen: Set<string> };
    const pieces = [...document.querySelectorAll<HTMLElement>('[data-read]')];
    return pieces.map(({ dataset }) => dataset['read'] ?? '').filter((id) => !seen.has(id));
  });
