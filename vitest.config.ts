/**
 * `unit` needs the sources only; the others run what was built. `npm test` runs `unit`, `build` and `e2e-chromium`,
 * `npm test -- --all` every project. The end-to-end tests are the same in every browser: each browser is a project, and
 * a file asks for its own through `browser-under-test.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BROWSERS, type BrowserName } from './drivers/driver.ts';
import { LongestFirst } from './scripts/longest-first.ts';
import { isLeftBehind } from './scripts/second-try.ts';

const IN_BROWSERS = 'test/e2e/**/*.test.ts';
/** Through the packaged extension in Chromium, whose page is put at a server's own origin as only it can do. */
const IN_SUITE = 'test/conformance/**/*.test.ts';
/** The same at servers that others wrote. */
const IN_INTEROP = 'test/interop/**/*.test.ts';
/** Of the packages themselves. */
const OF_THE_PACKAGES = 'test/packaging/**/*.test.ts';
/** Of our documents one by one: what takes a stage needs a browser, wherever below test/popup it lies. */
const OF_THE_SCREENS = testFilesIn('test/popup').filter((file) =>
  /'\.\.?\/support\/(open|stage)\.ts'/.test(readFileSync(file, 'utf8')),
);
/** Of both, what `npm test` runs: the two screens that people see most, and what the stores read, and sizes. */
const OF_THE_BUILD = [
  'test/packaging/{chromium,dependencies,manifest,size,stores}.test.ts',
  ...OF_THE_SCREENS.filter((file) => /\/(consent|popup)\.test\.tsx?$/.test(file)),
];

/**
 * What the short form, `GRANTKEEPER_SHORT=1`, runs in Chromium alone: what Firefox does least differently, or what takes
 * longest. Both browsers together take longer than `.ci/run` may; the workflows and the release check run all in both.
 */
export const LONG_FORM_IN_FIREFOX = [
  ...['iss', 'flood', 'windows-bounded', 'slots', 'by-hand', 'overrides', 'override-journey'],
  ...['demo-page', 'carried-fairness', 'carried-ends', 'carried-page'],
  ...['leaving', 'position', 'prerender', 'browser-kill', 'idle'],
];

/** The end-to-end tests that this run leaves out in a browser. */
function leftOut(browser: BrowserName): string[] {
  const isShort = process.env['GRANTKEEPER_SHORT'] === '1' && browser === 'firefox';
  return isShort ? LONG_FORM_IN_FIREFOX.map((name) => `test/e2e/${name}.test.ts`) : [];
}

/** Node 20 has no glob of its own. */
function testFilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.tsx?$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

/**
 * How often a test that fails is tried again. Whatever waits for a moment loses a race now and then on a machine that
 * does other work. Only CI tries again, and says which: see scripts/second-try.ts.
 */
const retry = Number(process.env['GRANTKEEPER_RETRY'] ?? 0);

/**
 * What the projects have in common that test what was built. Three files at a time on two cores, after the unit
 * tests: browsers mostly wait, but more of them at once miss their moments.
 */
const built = {
  globalSetup: 'test/support/package-once.ts',
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
  // Few take more than 35 s on two quiet cores; machines differ, and only a test that hangs is to be cut.
  testTimeout: 150_000,
  hookTimeout: 150_000,
  expect: { poll: { timeout: 10_000 } },
  retry,
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    onUnhandledError: (error) => !isLeftBehind(error),
    projects: [
      {
        test: {
          name: 'unit',
          // Vitest leaves a processor to itself; of two, that's half of them.
          maxWorkers: '100%',
          // Without browsers, so that a test which needs one is red here instead of slow.
          env: { CHROMIUM: '/no-browser-here', FIREFOX: '/no-browser-here' },
          // Properties run a thousand cases: on a busy machine that takes its time.
          testTimeout: 60_000,
          expect: { poll: { timeout: 5000 } },
          retry,
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [IN_BROWSERS, IN_SUITE, IN_INTEROP, OF_THE_PACKAGES, ...OF_THE_SCREENS],
        },
      },
      { test: { ...built, name: 'build', include: OF_THE_BUILD } },
      {
        test: { ...built, name: 'packages', include: [OF_THE_PACKAGES], exclude: OF_THE_BUILD },
      },
      { test: { ...built, name: 'screens', include: OF_THE_SCREENS, exclude: OF_THE_BUILD } },
      {
        test: {
          ...built,
          name: 'suite',
          include: [IN_SUITE],
          globalSetup: [built.globalSetup, 'test/conformance/install.ts'],
        },
      },
      {
        test: {
          ...built,
          name: 'interop',
          include: [IN_INTEROP],
          globalSetup: [built.globalSetup, 'test/interop/install.ts'],
        },
      },
      ...BROWSERS.map((browser) => ({
        test: {
          ...built,
          name: `e2e-${browser}`,
          include: [IN_BROWSERS],
          exclude: leftOut(browser),
          provide: { browser },
        },
      })),
    ],
  },
});
