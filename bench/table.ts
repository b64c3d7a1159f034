/** The one table: its rows, how a number is written, and where `--write` puts it. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Ratio, Summary } from './statistics.ts';

/** One line of the table. */
export interface Row {
  what: string;
  measured: string;
  against?: string;
  ratio?: string;
  /** The bound; a row beyond it fails the run. Without one it is only printed. */
  must?: Bound;
  /** What would be better still; a row that misses it is only marked. */
  aim?: Bound;
}

/** What a row is held to. */
export interface Bound {
  text: string;
  met: boolean;
}

const HEAD = ['What', 'Measured', 'Against', 'Ratio', 'Must be', 'Aim', ''];

/** The table in Markdown, its columns aligned for a terminal. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, measured, against = '', ratio = '', must, aim }) => {
    return [what, measured, against, ratio, must?.text ?? '', aim?.text ?? '', verdict(must, aim)];
  });
  const widths = HEAD.map((head, i) =>
    Math.max(...[HEAD, ...cells].map((line) => (line[i] ?? head).length), 3),
  );
  const line = (texts: string[]) =>
    `| ${texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(HEAD), rule, ...cells.map(line)].join('\n');
}

function verdict(must: Bound | undefined, aim: Bound | undefined): string {
  if (!must) return 'printed';
  if (!must.met) return '**MISSED**';
  return aim && !aim.met ? 'met, **aim not met**' : 'met';
}

/** The bound of a count or a ratio: so much at most. */
export function atMost(value: number, most: number, unit = '×'): Bound {
  return { text: `≤ ${most}${unit}`, met: value <= most };
}

/** The bound of a count that has one right value. */
export function exactly(count: number, wanted: number): Bound {
  return { text: `${wanted}`, met: count === wanted };
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
