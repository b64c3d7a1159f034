/** What `npm run dev` makes of its command line. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readDevArgs, webExtArgs } from '../../scripts/dev.ts';

describe('npm run dev', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('opens Chromium, or the browser that is named', () => {
    const chromium = { browser: 'chromium', headless: false, browserArgs: [] };
    expect(readDevArgs([])).toEqual(chromium);
    expect(readDevArgs(['--browser', 'firefox', '--headless', '--', '--no-sandbox'])).toEqual({
      browser: 'firefox',
      headless: true,
      browserArgs: ['--no-sandbox'],
    });
    expect(() => readDevArgs(['--browser', 'lynx'])).toThrow('No such browser: lynx');
  });

  it('loads what the build writes, and again when it was written anew', () => {
    vi.stubEnv('CHROMIUM', process.execPath);
    const options = readDevArgs(['--headless', '--', '--no-sandbox']);
    const args = webExtArgs(options, 'http://127.0.0.1:1');
    const after = (name: string) => args[args.indexOf(name) + 1];
    expect(after('--source-dir')).toMatch(/dist.chrome$/);
    expect(after('--watch-file')).toMatch(/dist.chrome.manifest\.json$/);
    expect(after('--start-url')).toBe('http://127.0.0.1:1');
    expect(args.slice(-2)).toEqual(['--arg=--headless=new', '--arg=--no-sandbox']);
  });
});
