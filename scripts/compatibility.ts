/**
 * A vitest reporter: after a run that took every journey in every browser, the table in docs/compatibility.md
 * says what happened. A run of fewer tests leaves it alone.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { getChromium, getFirefox } from './browsers.mjs';
import { ROOT } from './set-up.mjs';

/** The browsers by the name that the titles of the tests give them, with the path of each. */
const BROWSERS: Readonly<Record<string, () => string>> = {
  Chromium: getChromium,
  Firefox: getFirefox,
};

const NAMES = Object.keys(BROWSERS);
const START = '<!-- written by the test run: start -->';
const END = '<!-- written by the test run: end -->';

/** One end-to-end test as it went. */
export interface Outcome {
  /** Title of the group, such as `connecting, in Firefox`. */
  group: string;
  title: string;
  state: 'passed' | 'failed' | 'skipped' | 'pending';
}

/**
 * The table, journeys down, browsers across; undefined when a journey was not taken in all of them.
 * @throws when a group does not tell its browser
 */
export function compatibilityTable(
  outcomes: readonly Outcome[],
  versions: Readonly<Record<string, string>>,
): string | undefined {
  const rows = new Map<string, Map<string, string>>();
  for (const { group, title, state } of outcomes) {
    const [, journey, browser = ''] = /^(.+), in (\w+)$/.exec(group) ?? [];
    if (journey === undefined || !NAMES.includes(browser)) {
      throw new Error(
        `“${group}” does not tell its browser; see test/support/browser-under-test.ts`,
      );
    }
    if (state !== 'passed' && state !== 'failed') return undefined;
    const row = `| ${capitalised(journey)} | ${title.replaceAll('|', '\\|')} |`;
    rows.set(row, (rows.get(row) ?? new Map()).set(browser, state === 'passed' ? 'yes' : '**no**'));
  }
  const lines = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  if (lines.length === 0 || lines.some(([, cells]) => cells.size < NAMES.length)) return undefined;
  const head = `| Journey | What holds | ${NAMES.map((name) => versions[name] ?? name).join(' | ')} |`;
  const rule = `| --- | --- |${' --- |'.repeat(NAMES.length)}`;
  const body = lines.map(
    ([row, cells]) => `${row} ${NAMES.map((n) => cells.get(n)).join(' | ')} |`,
  );
  return [head, rule, ...body].join('\n');
}

/** Puts a new table between the marks of the page. */
export function replaceTable(page: string, table: string): string {
  const [before, after] = [page.indexOf(START), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error('The page has no place for the table');
  return `${page.slice(0, before + START.length)}\n\n${table}\n\n${page.slice(after)}`;
}

export default class CompatibilityReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const endToEnd = modules.filter(({ project }) => project.name.startsWith('e2e-'));
    const tests = endToEnd.flatMap((module) => [...module.children.allTests()]);
    const outcomes = tests.map((test) => ({
      group: test.parent.type === 'suite' ? test.parent.name : '',
      title: test.name,
      state: test.result().state,
    }));
    const table = outcomes.length > 0 && compatibilityTable(outcomes, versions());
    // A file that did not load has no tests, so nothing would be said of it.
    if (!table || endToEnd.some((module) => module.errors().length > 0)) return;
    const file = path.join(ROOT, 'docs', 'compatibility.md');
    writeFileSync(file, replaceTable(readFileSync(file, 'utf8'), table));
  }
}

/** Such as `Firefox 153.7.0esr`: the first two words that tell a version, without the maker's name. */
function versions(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(BROWSERS).map(([name, locate]) => {
      const said = execFileSync(locate(), ['--version'], { encoding: 'utf8' });
      return [name, `${name} ${/\d[\w.]*/.exec(said)?.[0] ?? ''}`.trim()];
    }),
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
