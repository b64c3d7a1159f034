/** What `npm run accept` counts, and that no family is empty. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  barLine,
  barsIn,
  FAMILIES,
  familyOf,
  familyRows,
  outcomesOf,
  RELIABILITY,
  withFigures,
} from '../../scripts/accept.ts';
import { figureLines } from '../../scripts/figures.ts';
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

describe('a whole run of the tests', () => {
  it('says what the bars have counted, family by family', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-bars-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'bars.jsonl');
    expect(figureLines(barsIn(file))).toEqual([]);
    const told = [
      { bar: 'L-LEAK', figures: { sinks: 12 }, file: 'accept/leaks/a.test.ts' },
      { bar: 'E-MIXUP', figures: { codes: 0 }, file: 'e2e/iss.test.ts' },
    ];
    writeFileSync(file, told.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const lines = figureLines(barsIn(file)).map((line) => line.replaceAll(/ +/g, ' '));
    expect(lines).toEqual(['mixup', ' E-MIXUP 0 codes', 'leaks', ' L-LEAK 12 sinks']);
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
    expect(barLine(bar).split(/ {2,}/)).toEqual(['', 'L-LEAK', '12 sinks, 0 canaries found']);
    const long = { ...bar, bar: 'L-ADDRESS /a/long/name?of=KEY', figures: { codesTwice: 0 } };
    expect(familyRows({ ...outcome, bars: [long] }, 'on Monday')).toContain(
      `| ${long.bar} | 0 codes twice |`,
    );
  });

  const page =
    '# Page\n\n<!-- figures: npm run accept -- --write -->\n\n<!-- end of figures -->\n\nMore.\n';

  it('take the place of the former ones of their family, and leave the others', () => {
    const first = withFigures(page, new Map([['leaks', familyRows(outcome, 'on Monday')]]));
    expect(first).toContain('| L-LEAK | 12 sinks, 0 canaries found |');
    const kills = { ...outcome, family: 'kills', bars: [] };
    const both = withFigures(first, new Map([['kills', familyRows(kills, 'on Tuesday')]]));
    expect(both).toContain('on Monday');
    expect(both.indexOf('**kills**')).toBeLessThan(both.indexOf('**leaks**'));
    const again = withFigures(both, new Map([['leaks', familyRows(outcome, 'on Friday')]]));
    expect(again).not.toContain('on Monday');
    expect(again).toContain('on Tuesday');
    expect(again.endsWith('\n\nMore.\n')).toBe(true);
    expect(() => withFigures('# No place', new Map())).toThrow('no place');
  });
});

/** Every call that reports a bar, as it stands in the tests: what it is called with. */
const reports = ['accept', 'e2e'].flatMap((folder) =>
  readdirSync(path.join(ROOT, 'test', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => {
      const text = readFileSync(path.join(ROOT, 'test', folder, name), 'utf8');
      return [...text.matchAll(/\breportBar\(([\s\S]*?)\);\n/g)].map(([, words]) => words!);
    }),
);
/** A code, such as E-FLOOD or F7; the rest of a name says which part of the bar it is. */
const CODE = /^(?:inBrowser\()?['`]([A-Z][A-Z0-9-]*\d|[A-Z]-?[A-Z-]+[A-Z])\b/;

describe('the bars', () => {
  const codes = reports.flatMap((words) => CODE.exec(words)?.[1] ?? []);
  const page = readFileSync(RELIABILITY, 'utf8');
  const row =
    /^\| (?:<a id="[a-z0-9-]+"><\/a>([A-Z0-9-]+)|\[([A-Z0-9-]+)\]\(threats\.md#[a-z0-9-]+\)) \|/gm;
  const explained = [...page.matchAll(row)].map(([, own, other]) => (own ?? other)!);

  it('that have a code are those of the page that explains them', () => {
    expect(reports.length).toBeGreaterThan(50);
    expect([...new Set(codes)].sort()).toEqual([...explained].sort());
  });

  it('report what was counted: no figure is written into the call', () => {
    expect(reports.filter((words) => /:\s*-?\d/.test(words))).toEqual([]);
  });
});
