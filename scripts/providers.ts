/**
 * `npm run providers`: ten kinds of lists of redirect URIs, as servers in public have them, and seven rows of rules that a person lets pass (docs/overrides.md), in both browsers, with the
 * built extension and a person who clicks what is offered. `-- chromium` is one browser, `-- localhost tenant` some
 * rows, `-- --built` takes the extension that lies in dist.
 */
import path from 'node:path';
import { BROWSERS } from '../drivers/driver.ts';
import { BUILDS } from '../drivers/open.ts';
import { closing, faultsOf, line } from '../test/providers/report.ts';
import { ROWS } from '../test/providers/rows.ts';
import { isBrowser, runIn } from '../test/providers/run.ts';
import { build, DIST } from './build.ts';
import { runAsProgram } from './set-up.mjs';

await runAsProgram(import.meta.url, async () => {
  const words = process.argv.slice(2);
  const named = words.filter((word) => !word.startsWith('--'));
  const browsers = named.filter(isBrowser);
  const ids = named.filter((word) => !isBrowser(word));
  const strange = ids.find((word) => ROWS.every(({ id }) => id !== word));
  if (strange !== undefined) throw new Error(`There is no row ${strange}`);
  if (!words.includes('--built')) await build();
  const { error } = console;
  const results = [];
  // One after the other: both would want the same ports.
  for (const browser of browsers.length > 0 ? browsers : BROWSERS) {
    const runner = { browser, extension: path.join(DIST, BUILDS[browser].target) };
    const wanted = ids.length > 0 ? ids : ROWS.map(({ id }) => id);
    results.push(...(await runIn(runner, wanted, (result) => error(line(result)))));
  }
  console.log(results.map(line).join('\n'));
  console.log(`\n${closing(results)}`);
  if (results.some((result) => faultsOf(result).length > 0)) process.exitCode = 1;
});
