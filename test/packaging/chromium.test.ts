import { expect, it, onTestFinished } from 'vitest';
import { EXTENSION_IDS } from '../../src/client/extension-ids.ts';
import { openChromium } from '../../drivers/chromium.ts';
import { POPUP } from '../../drivers/driver.ts';
import { filesOf, packageOf, unpack } from '../support/packaged.ts';
import { expectRendered } from '../support/rendered.ts';

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
