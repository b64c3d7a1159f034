/** docs/wild.md, written by a run: what connects, what is refused and why, and what the official client does. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/set-up.mjs';
import {
  behind,
  behindOfKinds,
  closing,
  LEAST_OF_FAULTS,
  LEAST_OF_MATRIX,
  MOST_BEHIND,
  officialOf,
  shareOfFaults,
  shareOfMatrix,
} from './report.ts';
import type { Result } from './run.ts';

/** What the groups of rows are about, by the beginning of their ids. */
const GROUPS: readonly (readonly [prefix: string, about: string])[] = [
  ['p', 'The faithful server'],
  ['A', 'Protected resource metadata'],
  ['B', 'Authorization server metadata'],
  ['C', 'Registration'],
  ['D', 'The answer to the code'],
  ['E', 'The 401'],
  ['F', 'The way back from the sign-in'],
  ['G', 'The answer to a refresh'],
  ['H', 'How long tokens last'],
  ['V', 'More public reports'],
  ['N', 'Somebody in between, and dead providers'],
  ['K', 'Clocks'],
  ['M', 'Crowds of requests'],
  ['X', 'More of the same kinds'],
  ['O', 'After a person has overridden a rule (docs/overrides.md)'],
  ['J', 'The providers of the recipes'],
];

/** The page. */
export function wildPage(results: readonly Result[]): string {
  const connected = results.filter(({ row }) => row.wants.is === 'connected');
  const refused = results.filter(({ row }) => row.wants.is === 'refused');
  return [
    '# What real servers say',
    '',
    introduction(results),
    '',
    '## Where the official client connects and Grantkeeper does not',
    '',
    table(
      ['Row', 'The server', 'Decision'],
      behind(results).map(({ row }) => [row.id, row.variant, decision(row.adr)]),
    ),
    '',
    '## What is refused, and what a person reads',
    '',
    'No sentence: nobody was asked anything, and the page sees the server’s own answer.',
    '',
    ...byGroup(
      refused,
      ['Row', 'The server', 'Report', 'A person reads', 'Official client'],
      refusal,
    ),
    '## What connects',
    '',
    'Questions and sign-in windows are those of the first connection; *later* is what comes after two hours, when every access token is dead, unless the row says otherwise.',
    '',
    ...byGroup(
      connected,
      ['Row', 'The server', 'Report', 'Questions, windows', 'Later', 'Official client'],
      connection,
    ),
  ].join('\n');
}

function introduction(results: readonly Result[]): string {
  const matrix = shareOfMatrix(results);
  const faults = shareOfFaults(results);
  return [
    `Written by \`npm run wild -- --write\`; a test fails when a run says something else. ${results.length} variants of what MCP servers and their sign-in providers say, most of them from public reports about other clients. One server, faithful to the specification, plays each with one thing changed, on loopback under public https names. Two clients are put before it in the same run: Grantkeeper, through its page SDK, its page door and its core (\`test/wild/ours.ts\`), with a person who allows everything; and \`@modelcontextprotocol/client\` ${officialVersion()}, with a provider that keeps everything in memory (\`test/wild/official.ts\`). No live server was asked.`,
    '',
    `- ${closing(results)}.`,
    `- Of the ${matrix.all} variants A to H ${matrix.connected} connect and stay connected (at least ${LEAST_OF_MATRIX}).`,
    `- Of ${faults.all} first connections of a second list of reports ${faults.connected} succeed (at least ${LEAST_OF_FAULTS}); most of the rest should be refused.`,
    `- The rows J play the providers of [the recipes](providers/README.md), with a person who does what they say, and are counted apart: ${providersOf(results)}.`,
    `- Where the official client connects and stays so, Grantkeeper does not in ${behindOfKinds(results).length} rows (at most ${MOST_BEHIND}), each with a decision. It does where the official client does not in ${ahead(results)}.`,
    '',
    'One row: `npm run wild -- A02`, with what went over the wire. A new one is one entry in `test/wild/rows/`.',
  ].join('\n');
}

/** Rows in which we connect and stay so, and the official client does not. */
function ahead(results: readonly Result[]): number {
  return results.filter(({ official, stays }) => official?.stays === false && stays).length;
}

function byGroup(
  results: readonly Result[],
  head: readonly string[],
  cells: (result: Result) => string[],
): string[] {
  return GROUPS.flatMap(([prefix, about]) => {
    const rows = results.filter(({ row }) => row.id.startsWith(prefix)).map(cells);
    return rows.length === 0 ? [] : [`### ${about}`, '', table(head, rows), ''];
  });
}

function refusal(result: Result): string[] {
  const { row } = result;
  const says = row.wants.is === 'refused' ? row.wants.says : '';
  return [row.id, row.variant, row.source, says || '–', officialOf(result)];
}

function providersOf(results: readonly Result[]): string {
  const rows = results.filter(({ row }) => row.recipe !== undefined);
  return `${rows.filter(({ stays }) => stays).length} of ${rows.length} connect`;
}

function connection(result: Result): string[] {
  const { row } = result;
  const { asks, windows } = row.wants;
  const later = row.wants.is === 'connected' ? row.wants.later : '';
  return [row.id, row.variant, row.source, `${asks}, ${windows}`, later || '–', officialOf(result)];
}

/** A link to a decision, by its number. */
function decision(adr: string | undefined): string {
  const file = adr === undefined ? undefined : DECISIONS.find((name) => name.startsWith(adr));
  return file === undefined ? '–' : `[${adr}](decisions/${file})`;
}

const DECISIONS = readdirSync(path.join(ROOT, 'docs', 'decisions'));

/** A table of Markdown; its cells may not hold a bar. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');
}

/** Text in a cell, so that nothing of it is taken for Markdown. */
function escaped(cell: string): string {
  return cell.replaceAll('<', '&lt;').replace(/[|*]/g, String.raw`\$&`);
}

function officialVersion(): string {
  const file = path.join(ROOT, 'node_modules', '@modelcontextprotocol', 'client', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
