import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DIST } from '../../scripts/build.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import { POPUP } from '../../drivers/driver.ts';
import { openFirefox } from '../../drivers/firefox.ts';
import { unpack } from '../support/packaged.ts';
import { expectRendered } from '../support/rendered.ts';

/** One thing that the add-on linter has to say. */
interface Finding {
  code: string;
  file: string;
}

it('web-ext finds neither error nor warning in the Firefox build', () => {
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
  // Preact's own assignment to `innerHTML` is left out of the build (vite.config.ts).
  expect(report.warnings).toEqual([]);
});

it('Firefox loads the build, runs its event page and renders its popup', async () => {
  const firefox = await openFirefox({ extension: unpack('firefox') });
  onTestFinished(() => firefox.close());
  expect(await firefox.backgroundState()).toBe('running');
  await expectRendered(await firefox.extensionPage(POPUP));
});
