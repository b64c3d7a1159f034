/**
 * `npm run conformance`: writes docs/conformance.md, the list of requirements (R, B and D numbers of the project's
 * register) with the tests whose titles name them. It claims no more than that: a number without a test is
 * listed as such.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, runAsProgram } from './set-up.mjs';

/** Where the list is kept. */
export const CONFORMANCE = path.join(ROOT, 'docs', 'conformance.md');

/** Number of the last row of each part of the register. */
const PARTS = {
  R: { last: 104, heading: 'R: what the MCP authorization specification asks of a client' },
  B: { last: 21, heading: 'B: behaviours taken from the reference threads' },
  D: { last: 18, heading: 'D: where the libraries fall short' },
} as const;

/** Tests named for one requirement; more would not be read. */
const MOST = 3;

/** A test's title, with the name of its file below test/. */
interface Title {
  file: string;
  title: string;
}

/** The text of docs/conformance.md as the tests are now. */
export function conformance(): string {
  const titles = testFiles(path.join(ROOT, 'test')).flatMap(titlesIn);
  const parts = Object.entries(PARTS).map(([letter, { last, heading }]) => {
    const ids = Array.from({ length: last }, (_, i) => `${letter}${i + 1}`);
    return [
      `## ${heading}`,
      '',
      '| # | Tests that name it |',
      '| --- | --- |',
      ...ids.map((id) => row(id, titles)),
    ];
  });
  const all = parts.flat();
  const open = all.filter((line) => line.endsWith(`${NONE} |`)).length;
  const rows = Object.values(PARTS).reduce((sum, { last }) => sum + last, 0);
  return [
    '# Conformance',
    '',
    'Written by `npm run conformance`; a test fails when it is stale. The register itself is the project’s own and stands beside it.',
    '',
    `${rows - open} of ${rows} requirements are named by a test. The others are either met without a test of their own, not built yet (README, “Limits”), or not a client’s to meet; saying which, row by row, is later work, and so is the official conformance suite.`,
    '',
    ...all.flatMap((line) => (line.startsWith('## ') ? ['', line] : [line])),
    '',
  ].join('\n');
}

const NONE = '–';

function row(id: string, titles: readonly Title[]): string {
  const named = titles.filter(({ title }) => new RegExp(`\\b${id}\\b`).test(title));
  const cells = named.slice(0, MOST).map(({ file, title }) => `\`${file}\` ${escape(title)}`);
  return `| ${id} | ${cells.join('<br>') || NONE} |`;
}

function escape(title: string): string {
  return title.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => path.join(folder, name));
}

function titlesIn(file: string): Title[] {
  const text = readFileSync(file, 'utf8');
  const name = path.relative(path.join(ROOT, 'test'), file).replaceAll('\\', '/');
  const calls = text.matchAll(/\bit(?:\.each\([\s\S]*?\n? *\))?\(\s*(['"`])((?:(?!\1)[^\n])*)\1/g);
  return [...calls].map(([, , title = '']) => ({ file: name, title }));
}

await runAsProgram(import.meta.url, () => {
  writeFileSync(CONFORMANCE, conformance());
});
