import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { BREAKS } from '../../scripts/breaks-list.ts';
import { CONFORMANCE, rowsOf } from '../../scripts/conformance.ts';
import { ROOT } from '../../scripts/set-up.mjs';

it('every planted break has its place in the source, once, and a row with a test (npm run breaks)', () => {
  const rows = rowsOf(readFileSync(CONFORMANCE, 'utf8'));
  const lost = BREAKS.filter(
    ({ file, find, row }) =>
      readFileSync(path.join(ROOT, file), 'utf8').split(find).length !== 2 ||
      !rows.find(({ id }) => id === row)?.proof,
  );
  expect(lost.map(({ row }) => row)).toEqual([]);
  expect(new Set(BREAKS.map(({ row }) => row)).size).toBeGreaterThanOrEqual(20);
});
