/**
 * `npm run traceability`: writes docs/traceability.md, which says for every attack (T) and every moment at which the
 * worker may be stopped (K) which tests show what must hold. A test names its numbers in its title or its subject.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, runAsProgram } from './set-up.mjs';
import { testFiles, testsIn, UNDER } from './test-titles.ts';

/** Where the table is kept. */
export const TRACEABILITY = path.join(ROOT, 'docs', 'traceability.md');
/** Where the numbers are defined. */
const THREATS = path.join(ROOT, 'docs', 'threats.md');

/** Tests named in one row; the others are counted. */
const NAMED = 4;

/** A test, by its file below test/ and its title with its subject. */
export interface Traced {
  file: string;
  title: string;
}

/** The T and K numbers that a page defines, in its order. */
export function numbersIn(page: string): string[] {
  return [...page.matchAll(/<a id="(?:t-\d+|k\d+b?)"><\/a>(T-\d+|K\d+b?)/g)].map(
    ([, number = '']) => number,
  );
}

/** The tests that name a number, on its own or within a range such as `K01–K12`: a table of cases has one title. */
export function testsFor(number: string, tests: readonly Traced[]): Traced[] {
  const cited = new RegExp(`(?<![\\w-])${number}(?![\\w-])`);
  return tests.filter(({ title }) => cited.test(title) || isInRange(number, title));
}

function isInRange(number: string, title: string): boolean {
  const point = Number(/^K(\d+)$/.exec(number)?.[1]);
  const ranges = [...title.matchAll(/\bK(\d+)–K(\d+)\b/g)];
  return ranges.some(([, from, to]) => Number(from) <= point && point <= Number(to));
}

/** The numbers that no test names. */
export function untraced(numbers: readonly string[], tests: readonly Traced[]): string[] {
  return numbers.filter((number) => testsFor(number, tests).length === 0);
}

/** Every test of the repository, as its source names it. */
export function allTests(): Traced[] {
  return testFiles().flatMap((file) => testsIn(file).map(({ title }) => ({ file, title })));
}

/** The numbers of docs/threats.md. */
export function threatNumbers(): string[] {
  return numbersIn(readFileSync(THREATS, 'utf8'));
}

/** The page: a row for each number. */
export function traceabilityPage(numbers: readonly string[], tests: readonly Traced[]): string {
  const rows = numbers.map((number) => {
    const own = testsFor(number, tests);
    const named = own.slice(0, NAMED).map(({ file, title }) => `\`${file}\` “${cell(title)}”`);
    const more = own.length > NAMED ? [`and ${String(own.length - NAMED)} more`] : [];
    return `| [${number}](threats.md#${number.toLowerCase()}) | ${[...named, ...more].join('<br>') || '**none**'} |`;
  });
  return `# Which test shows what

Written by \`npm run traceability\` from the titles of the tests; a test fails when it is out of date, and a whole run (\`npm test -- --all\`) fails when a number has no test that passed in it. The numbers are those of [threats.md](threats.md). Files are below \`test/\`.

| # | Tests |
| --- | --- |
${rows.join('\n')}
`;
}

function cell(title: string): string {
  const short = title.split(UNDER).join(': ');
  return short.replaceAll('|', '\\|').replaceAll(/\$\{/g, '{').replaceAll('<', '&lt;');
}

await runAsProgram(import.meta.url, () => {
  const numbers = threatNumbers();
  const tests = allTests();
  writeFileSync(TRACEABILITY, traceabilityPage(numbers, tests));
  const missing = untraced(numbers, tests);
  console.log(`${String(numbers.length - missing.length)} of ${String(numbers.length)} traced`);
  if (missing.length > 0) console.log(`No test: ${missing.join(', ')}`);
});
