/** What `npm run accept` counts, and that no family is empty. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  barLine,
  FAMILIES,
  familyOf,
  figuresTable,
  outcomesOf,
  withFigures,
} from '../../scripts/accept.ts';
import { ROOT } from '../../scripts/set-up.mjs';

const ran = (file: string, ...statuses: string[]) => ({
  file,
  name: file,
  status: statuses.includes('failed') || statuses.length === 0 ? 'failed' : 'passed',
  assertionResults: statuses.map((status) => ({ status })),
});

describe('the families', () => {
  it('have each tests in Node of their own, and every folder is a family', () => {
    const folders = readdirSync(path.join(ROOT, 'test', 'accept')).filter(
      (name) => name !== 'support',
    );
    expect(folders.sort()).toEqual(Object.keys(FAMILIES).sort());
  });

  it('name tests that exist', () => {
    const files = Object.values(FAMILIES).flat();
    expect(files.filter((file) => !existsSync(path.join(ROOT, 'test', file)))).toEqual([]);
  });

  it('are found by the file', () => {
    expect(familyOf('accept/kills/points.test.ts')).toBe('kills');
    expect(familyOf('e2e/kill.test.ts')).toBe('kills');
    expect(familyOf('e2e/idle.test.ts')).toBeUndefined();
  });
});

describe('a run', () => {
  it('counts what passed and what failed, family by family', () => {
    const results = [
      ran('accept/kills/a.test.ts', 'passed', 'passed'),
      ran('e2e/kill.test.ts', 'passed', 'failed'),
      ran('accept/leaks/a.test.ts', 'passed'),
    ];
    const bars = [{ family: 'leaks', bar: 'L-LEAK', figures: { sinks: 12, 'canaries found': 0 } }];
    expect(outcomesOf(['kills', 'leaks'], results, bars)).toEqual([
      { family: 'kills', passed: 3, failed: 1, bars: [] },
      { family: 'leaks', passed: 1, failed: 0, bars },
    ]);
  });

  it('takes a file that does not load for a failure, and a family without tests', () => {
    const results = [ran('accept/kills/a.test.ts'), ran('accept/kills/b.test.ts', 'passed')];
    const [kills, races] = outcomesOf(['kills', 'races'], results, []);
    expect([kills?.failed, races?.failed]).toEqual([1, 1]);
  });
});

describe('the figures', () => {
  const bar = { family: 'leaks', bar: 'L-LEAK', figures: { sinks: 12, 'canaries found': 0 } };
  const outcome = { family: 'leaks', passed: 4, failed: 0, bars: [bar] };

  it('are printed with what they count', () => {
    expect(barLine(bar)).toBe('  L-LEAK         12 sinks, 0 canaries found');
  });

  it('take the place of the former ones in the page', () => {
    const first = figuresTable([outcome], 'on Monday');
    expect(first).toContain('| L-LEAK | 12 sinks, 0 canaries found |');
    const page = withFigures(
      `# Page\n\n${first}\n\nMore.\n`,
      figuresTable([outcome], 'on Tuesday'),
    );
    expect(page).toContain('on Tuesday');
    expect(page).not.toContain('on Monday');
    expect(page.endsWith('\n\nMore.\n')).toBe(true);
    expect(() => withFigures('# No place', first)).toThrow('no place');
  });
});
