import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { BREAKS } from '../../scripts/breaks-list.ts';
import { PROMISES } from '../../scripts/breaks-promises.ts';
import { allPlanted, BREAKS_PAGE, breaksPage, shortForm } from '../../scripts/breaks.ts';
import { faultsAgainst, GUARANTEES } from '../../scripts/guarantees.ts';
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

it('every guarantee of SECURITY.md has at least three planted faults, and there are no others', () => {
  const all = allPlanted();
  const counts = Object.keys(GUARANTEES).map((one) => [
    one,
    faultsAgainst(Number(one), all).length,
  ]);
  expect(counts.filter(([, count]) => Number(count) < 3)).toEqual([]);
  const stated = readFileSync(path.join(ROOT, 'SECURITY.md'), 'utf8').match(/^\| \d+ \| /gm) ?? [];
  expect(stated.length).toBe(counts.length);
  const names = new Set(all.map(({ of }) => of));
  expect(
    Object.values(GUARANTEES)
      .flat()
      .filter((of) => !names.has(of)),
  ).toEqual([]);
});

it('docs/breaks.md is the list as it is (npm run breaks -- --write)', () => {
  expect(readFileSync(BREAKS_PAGE, 'utf8')).toBe(breaksPage(allPlanted()));
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
