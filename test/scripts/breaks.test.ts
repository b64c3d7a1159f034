import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { BREAKS } from '../../scripts/breaks-list.ts';
import { PROMISES } from '../../scripts/breaks-promises.ts';
import { allPlanted, shortForm } from '../../scripts/breaks.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import { testsIn } from '../../scripts/test-titles.ts';

it('every planted break has its place in the source, once (npm run breaks)', () => {
  const lost = allPlanted().filter(
    ({ file, find }) => readFileSync(path.join(ROOT, file), 'utf8').split(find).length !== 2,
  );
  expect(lost.map(({ of, says }) => `${of} ${says}`)).toEqual([]);
  expect(new Set(BREAKS.map(({ of }) => of)).size).toBeGreaterThanOrEqual(20);
  expect(PROMISES.length).toBeGreaterThanOrEqual(25);
});

it('every planted break names a test that exists', () => {
  const missing = allPlanted().filter(
    ({ test }) => !testsIn(test.file).some(({ title }) => title === test.title),
  );
  expect(missing.map(({ of, test }) => `${of} ${test.file} ${test.title}`)).toEqual([]);
});

it('the short form of npm run breaks leaves out no room that has a break', () => {
  const roomsOf = (all: readonly { file: string }[]) =>
    new Set(all.map(({ file }) => path.posix.dirname(file)));
  const all = allPlanted();
  expect(roomsOf(shortForm(all))).toEqual(roomsOf(all));
  expect(shortForm(all).length).toBeLessThan(all.length);
});
