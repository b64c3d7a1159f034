import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compatibilityTable, replaceTable, type Outcome } from '../../scripts/compatibility.ts';
import { ROOT } from '../../scripts/set-up.mjs';
import { testFiles, testsIn, UNDER } from '../../scripts/test-titles.ts';

const VERSIONS = { Chromium: 'Chromium 1', Firefox: 'Firefox 2' };
const both = (title: string, state: Outcome['state'] = 'passed'): Outcome[] => [
  { group: 'connecting, in Chromium', title, state: 'passed' },
  { group: 'connecting, in Firefox', title, state },
];

describe('the compatibility table', () => {
  it('has a row for each journey and a column for each browser with its version', () => {
    expect(compatibilityTable([...both('signs in'), ...both('asks', 'failed')], VERSIONS)).toBe(
      [
        '| Journey | What holds | Chromium 1 | Firefox 2 |',
        '| --- | --- | --- | --- |',
        '| Connecting | asks | yes | **no** |',
        '| Connecting | signs in | yes | yes |',
      ].join('\n'),
    );
  });

  it('is not written by a run that took a journey in one browser only, or skipped one', () => {
    expect(compatibilityTable([...both('signs in'), both('asks')[0]!], VERSIONS)).toBeUndefined();
    expect(compatibilityTable(both('signs in', 'skipped'), VERSIONS)).toBeUndefined();
    expect(compatibilityTable([], VERSIONS)).toBeUndefined();
  });

  it('is not made from a test that does not tell its browser', () => {
    const nameless: Outcome = { group: 'connecting', title: 'signs in', state: 'passed' };
    expect(() => compatibilityTable([nameless], VERSIONS)).toThrow('does not tell its browser');
  });

  it('finds the browser in the subject of every end-to-end test', () => {
    const files = testFiles().filter((file) => file.startsWith('e2e/'));
    const alone = files.flatMap((file) =>
      testsIn(file)
        .filter(({ title }) => !title.includes(UNDER))
        .map(({ title }) => title),
    );
    const nameless = files.filter((file) =>
      /^describe(?!\(\s*inBrowser\()/m.test(readFileSync(path.join(ROOT, 'test', file), 'utf8')),
    );
    expect(files.length).toBeGreaterThan(20);
    expect([...alone, ...nameless]).toEqual([]);
  });

  it('replaces the former one and nothing else of the page', () => {
    const page = (table: string) =>
      `# Title\n\n<!-- written by the test run: start -->\n\n${table}\n\n<!-- written by the test run: end -->\n\nProse.\n`;
    expect(replaceTable(page('old'), 'new')).toBe(page('new'));
    expect(() => replaceTable('# Title\n', 'new')).toThrow('no place');
  });
});
