/** What the demo's browser is started with, watched by somebody or not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ProtocolError, UnsupportedOperation } from 'puppeteer-core';
import type { BrowserName, Driver, TestHosts } from '../drivers/driver.ts';
import { BUILDS } from '../drivers/open.ts';
import { ROOT } from '../scripts/set-up.mjs';

/** Without a display, Chromium pretends to have one of 800 × 600, and squeezes windows and popups into it. */
const SCREEN = { left: 0, top: 0, width: 1280, height: 1100 };

/** Which browser the demo is shown in, and whether to anybody. */
export interface Showing {
  browser: BrowserName;
  headless: boolean;
}

/** Starts the browser with the built extension and a profile that is thrown away when this process ends. */
export async function openDemoBrowser(
  { browser, headless }: Showing,
  hosts: TestHosts,
): Promise<Driver> {
  const { target, open } = BUILDS[browser];
  const profile = mkdtempSync(path.join(tmpdir(), 'grantkeeper-demo-'));
  try {
    return await open({
      extension: path.join(ROOT, 'dist', target),
      profile,
      hosts,
      // The extension's own first page is the first thing that its user sees.
      keepsIntroduction: true,
      visitor: !headless,
      // Nobody listens in on a visitor's service worker, so that it rests as it would for a user.
      watchWorker: headless,
    });
  } finally {
    // Only now, so that Puppeteer's own listener comes first, which ends a browser that is still there.
    process.once('exit', () => removeFolder(profile));
  }
}

/** What a dying browser still writes is left to the system's own cleaning. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    console.error(`Not removed: ${folder} (${String(error)})`);
  }
}

/** For pictures as on a desktop. A browser that cannot do this takes smaller ones. */
export async function enlargeScreen({ browser }: Driver): Promise<void> {
  const [page] = await browser.pages();
  if (!page) return;
  try {
    const session = await page.createCDPSession();
    const { screenInfos } = await session.send('Emulation.getScreenInfos');
    const [screen] = screenInfos;
    if (screen) await session.send('Emulation.updateScreen', { screenId: screen.id, ...SCREEN });
  } catch (error) {
    const cannot = error instanceof ProtocolError || error instanceof UnsupportedOperation;
    if (!cannot) throw error;
  }
}
