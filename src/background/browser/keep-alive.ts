/**
 * Keeps the worker while it carries something (Z31). An open port or stream does not: Chromium stops a worker half a
 * minute after its last event, whatever it waits for. A call of an extension API is such an event.
 */
import browser from 'webextension-polyfill';

/** Between two signs of life; milliseconds. */
const BEAT = 10_000;

let holders = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Keeps the worker until the returned function is called, which does nothing a second time. */
export function keepAlive(): () => void {
  holders += 1;
  timer ??= setInterval(() => void browser.runtime.getPlatformInfo(), BEAT);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    holders -= 1;
    if (holders > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
