import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getChromium } from '../../scripts/browsers.mjs';
import { isInstalled, requireNode, ROOT } from '../../scripts/set-up.mjs';
import { readArgs } from '../../scripts/start.mjs';
import { countTests, failures } from '../../scripts/test.mjs';

describe('countTests', () => {
  const file = (...statuses: string[]) => ({
    status: statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status })),
  });
  const report = (passed: number, failed: number, ...testResults: ReturnType<typeof file>[]) => ({
    numPassedTests: passed,
    numFailedTests: failed,
    testResults,
  });

  it('counts what passed and what failed', () => {
    const run = report(2, 1, file('passed', 'failed'), file('passed'));
    expect(countTests(run, false)).toEqual({ passed: 2, failed: 1 });
    expect(countTests(report(1, 0, file('passed')), true)).toEqual({ passed: 1, failed: 0 });
  });

  it('counts a file that does not load as one failure', () => {
    const broken = { status: 'failed', assertionResults: [] };
    expect(countTests(report(1, 0, file('passed'), broken), false)).toEqual({
      passed: 1,
      failed: 1,
    });
  });

  it('takes a run without tests, or one that failed outside any test, for a failure', () => {
    expect(countTests(report(0, 0), true)).toEqual({ passed: 0, failed: 1 });
    expect(countTests(report(3, 0, file('passed')), false)).toEqual({ passed: 3, failed: 1 });
  });
});

describe('npm start', () => {
  it.each([
    [[], 'chromium', ['--browser', 'chromium']],
    [['--headless'], 'chromium', ['--browser', 'chromium', '--headless']],
    [['--browser', 'firefox'], 'firefox', ['--browser', 'firefox']],
    [['--browser=firefox', '--headless'], 'firefox', ['--browser', 'firefox', '--headless']],
  ])('takes %j for a demo in one browser', (args, browser, demoArgs) => {
    expect(readArgs(args)).toEqual({ browser, demoArgs });
  });

  it.each([
    [['--browser', 'lynx']],
    [['--browser', 'constructor']],
    [['--headles']],
    [['firefox']],
  ])('answers %j with what it takes', (args) => {
    expect(readArgs(args).refusal).toContain('npm start -- --browser firefox');
  });
});

describe('requireNode', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0'])('takes Node %s', (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });

  it.each(['18.20.0', '20.18.9'])('refuses Node %s and says what is needed', (version) => {
    expect(() => requireNode(version)).toThrow(`Node 20.19 or newer is needed`);
  });
});

describe('isInstalled', () => {
  let root: string;
  const lock = (name: string, packages: object): void =>
    writeFileSync(path.join(root, name), JSON.stringify({ packages }));
  const INSTALLED = 'node_modules/.package-lock.json';

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'grantkeeper-set-up-'));
    mkdirSync(path.join(root, 'node_modules'));
    lock('package-lock.json', {
      '': { version: '1.0.0' },
      'node_modules/idb': { version: '8.0.4' },
      'node_modules/for-another-system': { version: '1.0.0', optional: true },
    });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is true when all that is locked is there, packages for other systems aside', () => {
    lock(INSTALLED, { 'node_modules/idb': { version: '8.0.4' } });
    expect(isInstalled(root)).toBe(true);
  });

  it('is false when nothing is there, when one is missing, and when one has another version', () => {
    expect(isInstalled(root)).toBe(false);
    lock(INSTALLED, {});
    expect(isInstalled(root)).toBe(false);
    lock(INSTALLED, { 'node_modules/idb': { version: '8.0.3' } });
    expect(isInstalled(root)).toBe(false);
  });
});

describe('getChromium', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('takes the executable that CHROMIUM names', () => {
    vi.stubEnv('CHROMIUM', process.execPath);
    expect(getChromium()).toBe(process.execPath);
  });

  it('fails, and looks no further, when CHROMIUM names none', () => {
    vi.stubEnv('CHROMIUM', '/nowhere/chromium');
    expect(() => getChromium()).toThrow('CHROMIUM is set to /nowhere/chromium');
  });
});

describe('failures', () => {
  it('names each test that failed, and each file that did not load', () => {
    const test = (status: string, fullName: string, ...failureMessages: string[]) => ({
      status,
      fullName,
      failureMessages,
    });
    const testResults = [
      {
        name: path.join(ROOT, 'test/a.test.ts'),
        status: 'failed',
        assertionResults: [test('passed', 'holds'), test('failed', 'breaks', 'Error: no\n  at x')],
      },
      {
        name: path.join(ROOT, 'test/b.test.ts'),
        status: 'failed',
        message: 'no module\n  at y',
        assertionResults: [],
      },
    ];
    expect(failures({ testResults })).toEqual([
      'test/a.test.ts › breaks: Error: no',
      'test/b.test.ts: no module',
    ]);
  });
});
