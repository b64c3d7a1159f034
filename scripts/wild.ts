/**
 * `npm run wild`: every known variant of what real servers say, through the product's own door, core and page SDK,
 * with the official client beside it. `-- --write` writes docs/wild.md; `-- A02 G13` runs some rows and prints what
 * went over the wire.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { boundsOf, closing, failuresOf, line, summaryOf, wireOf } from '../test/wild/report.ts';
import { ROWS } from '../test/wild/rows.ts';
import { runRows } from '../test/wild/run.ts';
import { wildPage } from '../test/wild/page.ts';
import { ROOT, runAsProgram } from './set-up.mjs';

/** Where the page is kept. */
export const WILD_PAGE = path.join(ROOT, 'docs', 'wild.md');

await runAsProgram(import.meta.url, async () => {
  const words = process.argv.slice(2);
  const ids = words.filter((word) => !word.startsWith('--'));
  const unknown = ids.filter((id) => !ROWS.some((row) => row.id === id));
  if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}`);
  const rows = ROWS.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const results = await runRows(rows);
  for (const result of results) {
    console.log(line(result));
    if (ids.length > 0) console.log(wireOf(result));
  }
  if (ids.length === 0) console.log(`\n${summaryOf(results)}`);
  if (words.includes('--write')) writeFileSync(WILD_PAGE, wildPage(results));
  const failures = [...failuresOf(results), ...(ids.length === 0 ? boundsOf(results) : [])];
  if (failures.length > 0) console.log(`\n${failures.join('\n')}`);
  console.log(`\n${closing(results)}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
});
