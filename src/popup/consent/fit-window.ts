/**
 * Makes the prompt's window as high as the question or the failure in it; one that the user has made another size is left
 * alone. What is shown between two questions changes nothing: the window would shrink and grow again before their eyes.
 */
import { useEffect } from 'preact/hooks';
import browser from 'webextension-polyfill';
import { heightOfLine } from './more-below.ts';

/** The least and the most; more is scrolled. CSS pixels. */
const LEAST = 320;
const MOST = 760;
/** A difference that nobody sees; CSS pixels. */
const SLIGHT = 8;
/** How long a desktop may take to give a window its new size; milliseconds. */
const SETTLING_MS = 500;
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
  const { id, type, height, state } = await browser.windows.getCurrent();
  if (gone.aborted) return;
  // A tab of the user's own may show this document too.
  if (id === undefined || height === undefined || type !== 'popup') return;
  if (state === 'minimized') return untilSeen(gone).then(() => last);
  if (state !== 'normal' || (ours && !ours.some((one) => isAlike(one, height)))) return;
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

/** Resolves when a window that was out of the way is back, or is no longer waited for. */
function untilSeen(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const once = { once: true, signal: gone };
    window.addEventListener('focus', () => resolve(), once);
    document.addEventListener('visibilitychange', () => resolve(), once);
    gone.addEventListener('abort', () => resolve(), { once: true });
  });
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
