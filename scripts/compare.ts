/**
 * `npm run compare`: the broker's core and the official SDK's client, side by side on the same inputs. Prints the
 * table and writes docs/comparison.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compare, type Comparison } from '../test/compare/compare.ts';
import { ROOT, runAsProgram } from './set-up.mjs';

/** Where the table is kept. */
export const COMPARISON = path.join(ROOT, 'docs', 'comparison.md');

/** The page; a table's cells may not hold a bar. */
export function comparisonPage(rows: readonly Comparison[]): string {
  const cells = ({ input, ours, theirs }: Comparison) =>
    `| ${[input, ours, theirs].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    '# Side by side with the official SDK',
    '',
    `Written by \`npm run compare\`; a test fails when a run says something else. The same inputs, in one run: the core of the extension with a user who allows everything (\`test/flow/world.ts\`), and \`@modelcontextprotocol/client\` ${sdkVersion()} with a provider that keeps everything in memory. The server on trial is \`test/compare/trial-server.ts\`; what is told is what it saw.`,
    '',
    '| Input | Grantkeeper | The SDK’s client |',
    '| --- | --- | --- |',
    ...rows.map(cells),
    '',
  ].join('\n');
}

function sdkVersion(): string {
  const file = path.join(ROOT, 'node_modules', '@modelcontextprotocol', 'client', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

await runAsProgram(import.meta.url, async () => {
  const page = comparisonPage(await compare());
  console.log(page);
  writeFileSync(COMPARISON, page);
});
