/** What the broker does better than the official SDK's own client, on the same inputs in the same run. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMPARISON, comparisonPage } from '../../scripts/compare.ts';
import { compare } from './compare.ts';

it('docs/comparison.md is what a run says of both (npm run compare, D1, D2, D7, D11)', async () => {
  const rows = await compare();
  expect(rows).toHaveLength(13);
  expect(comparisonPage(rows)).toBe(readFileSync(COMPARISON, 'utf8'));
});
