/** Makes the prompt's window as high as what it shows; one that the user has made another size is left alone. */
import { useEffect, useRef } from 'preact/hooks';
import browser from 'webextension-polyfill';

/** The least and the most; more is scrolled. CSS pixels. */
const LEAST = 320;
const MOST = 760;
/** A difference that nobody sees; CSS pixels. */
const SLIGHT = 8;

/** @param shown names what is on the screen: at each change it is measured once */
export function useFittedWindow(shown: string): void {
  const made = useRef<number | undefined>(undefined);
  useEffect(() => {
    const frame = requestAnimationFrame(() => void fit(made).catch(() => undefined));
    return () => cancelAnimationFrame(frame);
  }, [shown]);
}

async function fit(made: { current: number | undefined }): Promise<void> {
  const { id, type, height, state } = await browser.windows.getCurrent();
  // A tab of the user's own may show this document too.
  if (id === undefined || height === undefined || type !== 'popup' || state !== 'normal') return;
  if (made.current !== undefined && Math.abs(made.current - height) > SLIGHT) return;
  const bars = window.outerHeight - window.innerHeight;
  const most = Math.min(MOST, window.screen.availHeight);
  const wanted = Math.round(Math.min(Math.max(contentHeight() + bars, LEAST), most));
  made.current = height;
  if (Math.abs(wanted - height) <= SLIGHT) return;
  made.current = (await browser.windows.update(id, { height: wanted })).height;
}

/** As high as it would be in no window at all. */
function contentHeight(): number {
  const main = document.querySelector('main');
  if (!main) return 0;
  main.style.minHeight = '0';
  const { height } = main.getBoundingClientRect();
  main.style.minHeight = '';
  return height;
}
