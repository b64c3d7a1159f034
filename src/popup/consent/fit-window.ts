/**
 * Makes the prompt's window as high as the question or the failure in it; one that the user has made another size is left
 * alone. What is shown between two questions changes nothing: the window would shrink and grow again before their eyes.
 */
import { useEffect } from 'preact/hooks';
import browser from 'webextension-polyfill';
import { measureWithoutLine } from './more-below.ts';

/** The least and the most; more is scrolled. CSS pixels. */
const LEAST = 320;
const MOST = 760;
/** A difference that nobody sees; CSS pixels. */
const SLIGHT = 8;
/** How long a desktop may take to give a window its new size; milliseconds. */
const SETTLING_MS = 500;
/** How often one question is measured at most. */
const TRIES = 4;

/** Heights of this window that are not the user's doing; CSS pixels. Undefined until it was first fitted. */
let ours: number[] | undefined;

/** @param shown names what is on the screen: at each change it is measured once */
export function useFittedWindow(shown: string): void {
  useEffect(() => {
    const frame = requestAnimationFrame(() => void fit().catch(() => undefined));
    return () => cancelAnimationFrame(frame);
  }, [shown]);
}

async function fit(): Promise<void> {
  let last = 0;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const wanted = await fitOnce(last);
    if (wanted === undefined) return;
    last = wanted;
  }
}

/**
 * A window that is only just opening says wrong things of its bars, so what came of it is measured again.
 * @param last what was asked for before; a desktop that has made something else of it has its reasons
 * @returns what was asked for now; undefined when the window is right, or the user's
 */
async function fitOnce(last: number): Promise<number | undefined> {
  const { id, type, height, state } = await browser.windows.getCurrent();
  // A tab of the user's own may show this document too.
  if (id === undefined || height === undefined || type !== 'popup' || state !== 'normal') return;
  if (ours && !ours.some((one) => isAlike(one, height))) return;
  const bars = window.outerHeight - window.innerHeight;
  const most = Math.min(MOST, window.screen.availHeight);
  const wanted = Math.round(Math.min(Math.max(contentHeight() + bars, LEAST), most));
  ours = [height, wanted];
  if (isAlike(wanted, height) || isAlike(wanted, last)) return;
  const settled = nextSize();
  await browser.windows.update(id, { height: wanted });
  await settled;
  // A desktop may have made it another height than was asked for.
  const made = await browser.windows.get(id);
  if (made.height !== undefined) ours.push(made.height);
  return wanted;
}

const isAlike = (one: number, other: number) => Math.abs(one - other) <= SLIGHT;

/** Resolves when the window has another size, or is given none. A browser answers before the desktop has done it. */
function nextSize(): Promise<unknown> {
  const resized = new Promise((resolve) =>
    window.addEventListener('resize', resolve, { once: true }),
  );
  return Promise.race([resized, new Promise((resolve) => setTimeout(resolve, SETTLING_MS))]);
}

/** As high as it would be in no window at all. */
function contentHeight(): number {
  const main = document.querySelector('main');
  if (!main) return 0;
  main.style.minHeight = '0';
  const height = measureWithoutLine(() => main.getBoundingClientRect().height);
  main.style.minHeight = '';
  return height;
}
