/** A test that asserts nothing can only fail by running out of time, and then says nothing about what was wrong. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';
import { testFiles, testsIn, testsOf } from '../../scripts/test-titles.ts';

it('no test is without an assertion', () => {
  const without = testFiles().flatMap((file) =>
    testsIn(file)
      .filter(({ asserts }) => !asserts)
      .map(({ title, line }) => `test/${file}:${line} ${title}`),
  );
  expect(without).toEqual([]);
  expect(testFiles().flatMap((file) => testsIn(file)).length).toBeGreaterThan(1000);
});

it('a test is called it, everywhere: the register and the citations know no other word', () => {
  const others = testFiles().filter((file) =>
    /import \{[^}]*\btest\b[^}]*\} from 'vitest'/.test(
      readFileSync(path.join(ROOT, 'test', file), 'utf8'),
    ),
  );
  expect(others).toEqual([]);
});

describe('an assertion is found', () => {
  const assertsIn = (text: string) => testsOf(text).map(({ asserts }) => asserts);

  it('in the test, and in what the test calls in its file', () => {
    expect(assertsIn("it('a', () => { expect(1).toBe(1); });")).toEqual([true]);
    expect(assertsIn("it.each([1])('a', async (n) => expect.poll(() => n).toBe(1));")).toEqual([
      true,
    ]);
    expect(
      assertsIn(`
        const check = (n) => { expect(n).toBe(1); };
        function both() { check(1); check(2); }
        describe('x', () => { it('a', () => { both(); }); });
      `),
    ).toEqual([true]);
  });

  it('not where there is none', () => {
    expect(assertsIn("it('a', async () => { await page.waitForSelector('#x'); });")).toEqual([
      false,
    ]);
    expect(assertsIn("const wait = () => open(); it('a', () => wait());")).toEqual([false]);
    expect(assertsIn("it('expects', () => { open('expect'); });")).toEqual([false]);
  });
});
