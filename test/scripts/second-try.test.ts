/** CI tries a test twice; what passed only then has to be said. Shown with vitest itself. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { startVitest } from 'vitest/node';
import { secondTries, unhandled } from '../../scripts/second-try.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import config from '../../vitest.config.ts';

const FLAKY = `
  import { expect, it } from 'vitest';
  let tries = 0;
  it('passes at once', () => {});
  it('passes at the second try', () => expect(++tries).toBe(2));
`;

const LEAVING = `
  import { it } from 'vitest';
  const reject = (name) => void Promise.reject(Object.assign(new Error('gone'), { name }));
  it('leaves a page behind', () => reject('TargetCloseError'));
  it('leaves something else behind', () => reject('TypeError'));
`;

afterEach(() => vi.unstubAllEnvs());

/** Runs one file of tests as CI does, with a second try. */
async function run(source: string) {
  // Within the project, where vitest is found.
  const cache = path.join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'second-try-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'one.test.ts'), source);
  const options = { root: folder, config: false as const, watch: false, retry: 1 };
  const onUnhandledError = config.test!.onUnhandledError!;
  const reporters = [{}];
  const vitest = await startVitest('test', [], { ...options, reporters, onUnhandledError });
  onTestFinished(() => vitest.close());
  return vitest.state;
}

it('tests that fail and then pass are listed with what they failed at, and no others', async () => {
  const said = secondTries((await run(FLAKY)).getTestModules());
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/one\.test\.ts › passes at the second try: expected 1 to be 2/);
});

it.each([
  ['fails no run', '1', ['TypeError']],
  ['fails a run without second tries', '0', ['TargetCloseError', 'TypeError']],
])(
  'a page that a first try left behind %s, and any other error outside a test fails it',
  async (_, retry, names) => {
    vi.stubEnv('GRANTKEEPER_RETRY', retry);
    const errors = (await run(LEAVING)).getUnhandledErrors();
    expect(errors.map((error) => (error as Error).name).sort()).toEqual(names);
  },
);

it('an error that no test waits for is told in one line: where, what, and the place in our tree', () => {
  const stack = `Error: gone\n    at node:net:1:1\n    at read (${ROOT}/demo/lab.ts:9:2)\n    at two`;
  const told = { name: 'Error', message: 'gone\nand more', stack };
  expect(unhandled([{ ...told, VITEST_TEST_PATH: path.join(ROOT, 'test/e2e/a.test.ts') }])).toEqual(
    [`outside any test, during test/e2e/a.test.ts: Error: gone at read (${ROOT}/demo/lab.ts:9:2)`],
  );
  expect(unhandled([{ message: 'gone' }])).toEqual([
    'outside any test, during no file: Error: gone',
  ]);
});
