/** Every known variant of what real servers say ends as it is decided (npm run wild). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';
import { RECIPES } from '../../src/shared/facts/recipes.ts';
import { wildPage } from './page.ts';
import { boundsOf, failuresOf } from './report.ts';
import { MATRIX_ROWS, ROWS } from './rows.ts';
import { runRows, type Result } from './run.ts';

/** Twenty seconds on a quiet machine. */
const RUN_TIMEOUT = 240_000;

describe('the table of real servers', () => {
  let results: Result[] = [];

  beforeAll(async () => {
    results = await runRows(ROWS);
  }, RUN_TIMEOUT);

  it('has a row for each variant, each once', () => {
    expect(MATRIX_ROWS).toHaveLength(244);
    expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
    expect(results).toHaveLength(ROWS.length);
  });

  it('ends as decided in every row, and where the official client connects and we do not a decision says why', () => {
    expect(failuresOf(results)).toEqual([]);
  });

  it('plays each provider of the recipes, and connects to all (Z53)', () => {
    const played = ROWS.filter(({ recipe }) => recipe !== undefined);
    expect(new Set(played.map(({ recipe }) => recipe))).toEqual(new Set(Object.keys(RECIPES)));
    expect(played.filter(({ wants }) => wants.is === 'refused')).toEqual([]);
  });

  it('connects at as many as it has to (issue 8)', () => {
    expect(boundsOf(results)).toEqual([]);
  });

  it('is what docs/wild.md says of it', () => {
    expect(wildPage(results)).toBe(readFileSync(path.join(ROOT, 'docs', 'wild.md'), 'utf8'));
  });
});
