/** Draws icons/mark.svg into the PNG sizes that the manifest names: `npx tsx scripts/icons.ts`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import manifest from '../manifest.json' with { type: 'json' };
import { getChromium } from './browsers.mjs';

const root = path.resolve(import.meta.dirname, '..');
const mark = readFileSync(path.join(root, 'icons/mark.svg')).toString('base64');

const browser = await puppeteer.launch({
  executablePath: getChromium(),
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();
for (const [size, file] of Object.entries(manifest.icons)) {
  const side = Number(size);
  await page.setViewport({ width: side, height: side });
  await page.setContent(
    `<body style="margin:0"><img width="${size}" height="${size}" src="data:image/svg+xml;base64,${mark}">`,
  );
  await page.screenshot({ path: path.join(root, file) as `${string}.png`, omitBackground: true });
}
await browser.close();
