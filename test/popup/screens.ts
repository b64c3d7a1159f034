/**
 * Takes a picture of every screen: `npx tsx test/popup/screens.ts [folder] [part of a name] [language]`. Each
 * state in light and dark, at 440 (a tab: 1100) and 320 px.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { isWide, SHOTS } from './support/shots.ts';
import { openShot, openStage } from './support/stage.ts';

const [, , folder = '/tmp/screens', only = '', language] = process.argv;
mkdirSync(folder, { recursive: true });

const shots = SHOTS.filter(({ name }) => name.includes(only));
const stage = await openStage();
for (const shot of shots) {
  for (const scheme of ['light', 'dark'] as const) {
    for (const width of [isWide(shot) ? 1100 : 440, 320]) {
      const look = { scheme, width, ...(language !== undefined && { language }) };
      const page = await openShot(stage, shot, look);
      const file = path.join(folder, `${shot.name}-${scheme}-${String(width)}.png`);
      await page.screenshot({
        path: file as `${string}.png`,
        fullPage: !shot.name.startsWith('consent') && !shot.endless,
      });
      await page.close();
    }
  }
}
for (const complaint of new Set(stage.complaints)) console.log(complaint);
await stage.close();
console.log(`${String(shots.length * 4)} pictures in ${folder}`);
