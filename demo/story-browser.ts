/** What the demo's browser is started with, watched by somebody or not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ProtocolError } from 'puppeteer-core';
import { ROOT } from '../scripts/set-up.mjs';
import { openChromium, type Chromium } from '../test/support/chromium.ts';

/** The extension, as the build left it. */
const EXTENSION = path.join(ROOT, 'dist', 'chrome');

/** Without a display, Chromium pretends to have one of 800 × 600, and squeezes windows and popups into it. */
const SCREEN = { left: 0, top: 0, width: 1280, height: 1100 };

/** Starts the browser with the built extension and a profile that is thrown away when this process ends. */
export async function openDemoBrowser({ headless }: { headless: boolean }): Promise<Chromium> {
  const profile = mkdtempSync(path.join(tmpdir(), 'grantkeeper-demo-'));
  try {
    // Nobody listens in on a visitor's service worker, so that it rests as it would for a user.
    return await openChromium({ extension: EXTENSION, profile, headless, watchWorker: headless });
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

/** For pictures as on a desktop. An older Chromium cannot do this; its pictures are smaller. */
export async function enlargeScreen({ browser }: Chromium): Promise<void> {
  const [page] = await browser.pages();
  if (!page) return;
  const session = await page.createCDPSession();
  try {
    const { screenInfos } = await session.send('Emulation.getScreenInfos');
    const [screen] = screenInfos;
    if (screen) await session.send('Emulation.updateScreen', { screenId: screen.id, ...SCREEN });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}
