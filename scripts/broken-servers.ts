/**
 * `npm run broken-servers`: twelve servers that keep web pages out, each in one way, in both browsers, with the built
 * extension and the official client; the page without the broker is run beside. `-- chromium` is one browser,
 * `-- no-cors sse` some rows, `-- --built` takes the extension that lies in dist.
 */
import path from 'node:path';
import { BROWSERS } from '../drivers/driver.ts';
import { BUILDS } from '../drivers/open.ts';
import { BREAKAGES, type BreakageId } from '../test/broken/breakages.ts';
import { closing, faultsOf, line } from '../test/broken/report.ts';
import { isBrowser, runIn } from '../test/broken/run.ts';
import { build, DIST } from './build.ts';
import { runAsProgram } from './set-up.mjs';

await runAsProgram(import.meta.url, async () => {
  const words = process.argv.slice(2);
  const named = words.filter((word) => !word.startsWith('--'));
  const browsers = named.filter(isBrowser);
  const ids = named.filter((word) => !isBrowser(word)).map(idOf);
  if (!words.includes('--built')) await build();
  const { error } = console;
  // Browsers mostly wait, so both run at a time.
  const runs = (browsers.length > 0 ? browsers : BROWSERS).map((browser) =>
    runIn(
      { browser, extension: path.join(DIST, BUILDS[browser].target) },
      ids.length > 0 ? ids : BREAKAGES.map(({ id }) => id),
      (result) => error(line(result)),
    ),
  );
  const results = (await Promise.all(runs)).flat();
  console.log(results.map(line).join('\n'));
  console.log(`\n${closing(results)}`);
  if (results.some((result) => faultsOf(result).length > 0)) process.exitCode = 1;
});

function idOf(word: string): BreakageId {
  const found = BREAKAGES.find(({ id }) => id === word);
  if (!found) throw new Error(`There is no row ${word}`);
  return found.id;
}
