/**
 * Makes the prompt's window as high as the question or the failure in it; one that the user has made another size is left
 * alone. What is shown between two questions changes nothing: the window would shrink and grow again before their eyes.
 */
import { useEffect } from 'preact/hooks';
import browser, { type Windows } from 'webextension-polyfill';
import { heightOfLine } from './more-below.ts';

/** The least and the most; more is scrolled. CSS pixels. */
const LEAST = 320;
const MOST = 760;
/** A difference that nobody sees; CSS pixels. */
const SLIGHT = 8;
/** How long a desktop may take to give a window its new size; milliseconds. */
const SETTLING_MS = 500;
/** How often a window that is out of the way is looked for; milliseconds. */
const AWAY_MS = 1000;
/** How often one question is measured at most. */
const TRIES = 4;

/** Heights of this window that are not the user's doing; CSS pixels. Undefined until it was first measured. */
let ours: number[] | undefined;
/** The fit before: the next one begins after it, so that a size on its way isn't taken for the user's. */
let before: Promise<void> = Promise.resolve();

/** @param shown names what is on the screen: at each change it is measured, until the window is right */
export function useFittedWindow(shown: string): void {
  useEffect(() => {
    const gone = new AbortController();
    const frame = requestAnimationFrame(() => {
      before = before.then(() => fit(gone.signal)).catch(() => undefined);
    });
    return () => {
      cancelAnimationFrame(frame);
      gone.abort();
    };
  }, [shown]);
}

/** @param gone aborted when something else is on the screen, which has a height of its own */
async function fit(gone: AbortSignal): Promise<void> {
  let last = 0;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const wanted = await fitOnce(last, gone);
    if (wanted === undefined) return;
    last = wanted;
  }
}

/**
 * A window that is only just opening says wrong things of its bars, so what came of it is measured again.
 * @param last what was wanted before; a desktop that has made something else of it has its reasons
 * @returns what is wanted now; undefined when the window is right, or the user's, or nothing is left to fit
 */
async function fitOnce(last: number, gone: AbortSignal): Promise<number | undefined> {
  const { id, type, height, state } = await windowInSight(gone);
  if (gone.aborted) return;
  // A tab of the user's own may show this document too.
  if (id === undefined || height === undefined || type !== 'popup' || state !== 'normal') return;
  if (ours && !ours.some((one) => isAlike(one, height))) return;
  const isFirst = ours === undefined;
  const wanted = wantedHeight();
  ours = [height, wanted];
  const isRight = isAlike(wanted, height);
  if (isRight ? !isFirst : isAlike(wanted, last)) return;
  const settled = nextSize();
  if (!isRight) await browser.windows.update(id, { height: wanted });
  await settled;
  // A desktop may have made it another height than was asked for.
  const made = await browser.windows.get(id);
  if (made.height !== undefined) ours.push(made.height);
  return wanted;
}

function wantedHeight(): number {
  const bars = window.outerHeight - window.innerHeight;
  const most = Math.min(MOST, window.screen.availHeight);
  return Math.round(Math.min(Math.max(contentHeight() + bars, LEAST), most));
}

const isAlike = (one: number, other: number) => Math.abs(one - other) <= SLIGHT;

/** Resolves when the window has another size, or is given none. A browser answers before the desktop has done it. */
function nextSize(): Promise<unknown> {
  const resized = new Promise((resolve) =>
    window.addEventListener('resize', resolve, { once: true }),
  );
  return Promise.race([resized, new Promise((resolve) => setTimeout(resolve, SETTLING_MS))]);
}

/** This window, once it is not out of the way. It is asked again: what says that it is back may have been missed. */
async function windowInSight(gone: AbortSignal): Promise<Windows.Window> {
  for (;;) {
    const found = await browser.windows.getCurrent();
    if (gone.aborted || found.state !== 'minimized') return found;
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  }
}

/** As high as it would be in no window at all. */
function contentHeight(): number {
  const main = document.querySelector('main');
  if (!main) return 0;
  main.style.minHeight = '0';
  const height = main.getBoundingClientRect().height - heightOfLine();
  main.style.minHeight = '';
  return height;
}
