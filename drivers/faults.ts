/** Hears what the extension's own pages and worker say when something goes wrong, so a test can assert silence. */
import type { Browser, CDPSession, Target } from 'puppeteer-core';

/**
 * Every console call, uncaught exception, unhandled rejection and policy violation of the targets whose URL
 * starts with `base`, as one line each. Failed requests are left out: a broker meets 401, 404 and CORS by profession.
 * @param withWorker whether to hear the service worker too, which keeps it from idling out
 */
export function recordFaults(
  browser: Browser,
  base: string,
  withWorker: boolean,
): readonly string[] {
  const faults: string[] = [];
  const heard = new Set<Target>();
  const look = (target: Target): void => {
    if (heard.has(target) || !target.url().startsWith(base)) return;
    if (target.type() === 'service_worker' && !withWorker) return;
    heard.add(target);
    attach(target)
      .then((session) => listen(session, target.url(), faults))
      // A window that closed at once, or a worker that was killed, has nothing left to tell.
      .catch(() => undefined);
  };
  browser.on('targetcreated', look);
  browser.on('targetchanged', look);
  browser.targets().forEach(look);
  return faults;
}

/**
 * A worker has one session, shared with whoever asks puppeteer for the worker: of two that are opened at the
 * same time puppeteer takes the second for its own and closes it.
 */
async function attach(target: Target): Promise<CDPSession> {
  const worker = await target.worker();
  return worker?.client ?? target.createCDPSession();
}

async function listen(session: CDPSession, url: string, faults: string[]): Promise<void> {
  const add = (text: string): void => void faults.push(`${url}: ${text}`);
  session.on('Runtime.consoleAPICalled', ({ type, args }) => {
    const said = args.map((arg) => String(arg.value ?? arg.description ?? arg.type)).join(' ');
    add(`console.${type}: ${said}`);
  });
  session.on('Runtime.exceptionThrown', ({ exceptionDetails }) => {
    add(exceptionDetails.exception?.description ?? exceptionDetails.text);
  });
  session.on('Log.entryAdded', ({ entry }) => {
    const isRequest = entry.source === 'network' || entry.text.includes('blocked by CORS policy');
    if (!isRequest && entry.level !== 'verbose') add(`${entry.source}: ${entry.text}`);
  });
  // Both replay what was said before they were enabled.
  await Promise.all([session.send('Runtime.enable'), session.send('Log.enable')]);
}
