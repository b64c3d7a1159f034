/** The one table: its rows, how a number is written, and where `--write` puts it. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Ratio, Summary } from './statistics.ts';

/** One line of the table. */
export interface Row {
  what: string;
  measured: string;
  against?: string;
  ratio?: string;
  /** What is wanted. A `must` that is not met fails the run; an aim is only marked. */
  wanted?: { text: string; met: boolean; must: boolean };
}

const HEAD = ['What', 'Measured', 'Against', 'Ratio', 'Wanted', ''];

/** The table in Markdown, its columns aligned for a terminal. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, measured, against = '', ratio = '', wanted }) => {
    return [what, measured, against, ratio, wantedText(wanted), verdict(wanted)];
  });
  const widths = HEAD.map((head, i) =>
    Math.max(...[HEAD, ...cells].map((line) => (line[i] ?? head).length), 3),
  );
  const line = (texts: string[]) =>
    `| ${texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(HEAD), rule, ...cells.map(line)].join('\n');
}

function wantedText(wanted: Row['wanted']): string {
  return wanted ? `${wanted.must ? 'must be' : 'aim'} ${wanted.text}` : '';
}

function verdict(wanted: Row['wanted']): string {
  if (!wanted) return '';
  if (wanted.met) return 'met';
  return wanted.must ? '**MISSED**' : '**not met**';
}

/** `1.06 ms (0.98–1.2)`: median and quartiles. */
export function milliseconds({ median, quartiles }: Summary): string {
  return `${digits(median)} ms (${quartiles.map(digits).join('–')})`;
}

/** `1.4× (1.3–1.5)`: ratio of the medians and its 95 % interval. */
export function times({ value, interval }: Ratio): string {
  return `${value.toFixed(2)}× (${interval.map((end) => end.toFixed(2)).join('–')})`;
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

const START = '<!-- bench: written by `npm run bench -- --write` -->';
const END = '<!-- /bench -->';

/** Puts `text` between the two marks of a document. */
export function writeInto(file: string, text: string): void {
  const document = readFileSync(file, 'utf8');
  const [before, rest] = document.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has lost its marks`);
  writeFileSync(file, `${before}${START}\n\n${text}\n\n${END}${after}`);
}
