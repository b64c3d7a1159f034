import { SHOTS } from './support/shots.ts';
import { openShot, openStage } from './support/stage.ts';
const stage = await openStage();
const list = process.argv[2]!.split(',');
for (const one of list) {
  const [name, scheme = 'light', width = '380', lang] = one.split(':');
  const shot = SHOTS.find((s) => s.name === name);
  if (!shot) { console.log('none', name); continue; }
  try {
    const page = await openShot(stage, shot, { scheme: scheme as 'light', width: Number(width), ...(lang && { language: lang }) });
    await page.screenshot({ path: `/tmp/i13/q5/${name}-${scheme}-${width}${lang ?? ''}.png`, fullPage: true });
    await page.close();
  } catch (e) { console.log(name, String(e)); }
}
console.log([...new Set(stage.complaints)].join('\n'));
await stage.close();
