/** How much code each part of the extension loads. The bounds are those of the benchmarks, which need a quiet machine. */
import { expect, it } from 'vitest';
import { weigh } from '../../bench/size.ts';
import { DIST } from '../../scripts/build.ts';

it('nothing that is shipped is larger than its bound (docs/decisions/0037)', async () => {
  const rows = await weigh(DIST);
  expect(rows.map(({ what }) => what)).toContain('Worker, with all that it imports');
  expect(rows.filter(({ must }) => must?.met !== true)).toEqual([]);
});
