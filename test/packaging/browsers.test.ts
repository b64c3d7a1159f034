import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Page } from 'puppeteer-core';
import { expect, it, onTestFinished } from 'vitest';
import { DIST } from '../../scripts/build.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import { EXTENSION_IDS } from '../../src/client/extension-ids.ts';
import { openChromium } from '../../drivers/chromium.ts';
import { openFirefox } from '../../drivers/firefox.ts';
import { filesOf, packageOf, unpack } from '../support/packaged.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';

/** The consent document closes itself when it is opened by hand, so the popup stands for both. */
const POPUP = DOCUMENTS.popup;

/** One thing that the add-on linter has to say. */
interface Finding {
  code: string;
  file: string;
}

it('web-ext finds no error in the Firefox build, and one warning that has its reason', () => {
  const webExt = path.join(ROOT, 'node_modules', 'web-ext', 'bin', 'web-ext.js');
  const source = path.join(DIST, 'firefox');
  const args = [
    webExt,
    'lint',
    '--source-dir',
    source,
    '--output',
    'json',
    '--no-config-discovery',
  ];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const report = JSON.parse(stdout) as Record<'errors' | 'warnings' | 'notices', Finding[]>;
  expect(report.errors).toEqual([]);
  expect(report.notices).toEqual([]);
  // Preact's own `dangerouslySetInnerHTML`, which lint forbids us: nothing of ours reaches that line.
  const inPreact = {
    code: 'UNSAFE_VAR_ASSIGNMENT',
    file: expect.stringMatching(/^assets\/[\w-]+\.js$/),
  };
  expect(report.warnings).toEqual([expect.objectContaining(inPreact)]);
});

it('Chromium loads the package under an id that the page SDK knows, without install warning or fault', async () => {
  const chromium = await openChromium({ extension: unpack('chrome') });
  onTestFinished(() => chromium.close());
  expect(EXTENSION_IDS).toContain(chromium.extensionId);

  const packed = new TextDecoder().decode(filesOf(packageOf('chrome'))['manifest.json']);
  const worker = await chromium.worker();
  const warnings = await worker.evaluate(
    (text) => chrome.management.getPermissionWarningsByManifest(text),
    packed,
  );
  expect(warnings).toEqual([]);

  await expectRendered(await chromium.extensionPage(POPUP));
  expect(chromium.faults).toEqual([]);
});

it('Firefox loads the build, runs its event page and renders its popup', async () => {
  const firefox = await openFirefox({ extension: unpack('firefox') });
  onTestFinished(() => firefox.close());
  expect(await firefox.backgroundState()).toBe('running');
  await expectRendered(await firefox.extensionPage(POPUP));
});

async function expectRendered(page: Page): Promise<void> {
  await page.waitForFunction(() => document.body.childElementCount > 0);
  const rules = await page.evaluate(() => document.styleSheets[0]?.cssRules.length);
  expect(rules).toBeGreaterThan(0);
}
