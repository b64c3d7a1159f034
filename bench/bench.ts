/**
 * `npm run bench`: measures Grantkeeper in a real Chromium, and what it carries in a real Firefox too, and prints one
 * table; `-- --write` also puts it into docs/benchmarks.md, `-- --carried` measures the carried rows alone, and
 * `-- --document` the one of our client document. Fails when a "must be" is missed; an aim is only marked.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, type } from 'node:os';
import path from 'node:path';
import { packageAll } from '../scripts/package.ts';
import { ROOT, runAsProgram } from '../scripts/set-up.mjs';
import { openBed, type Bed, type BedOptions, type Extensions } from './bed.ts';
import { measureInChromium, measureInFirefox, type Measured } from './carried-beds.ts';
import { answerWithDocument, countWithDocument } from './document.ts';
import { writeEchoExtension } from './echo-extension.ts';
import { measureLatency } from './latency.ts';
import { measurePopup } from './popup.ts';
import { countRequests } from './requests.ts';
import { weigh } from './size.ts';
import { formatTable, writeInto } from './table.ts';

const DOCUMENT = path.join(ROOT, 'docs', 'benchmarks.md');

/** Rows that can be had alone. */
const PARTS: [flag: string, measure: typeof measure][] = [
  ['--carried', carry],
  ['--document', countDocument],
];

async function bench(): Promise<void> {
  const dist = mkdtempSync(path.join(tmpdir(), 'grantkeeper-bench-'));
  try {
    say('Building and packing …');
    await packageAll(dist);
    const extensions = { grantkeeper: path.join(dist, 'chrome'), echo: writeEchoExtension(dist) };
    const firefox = path.join(dist, 'firefox');
    const part = PARTS.find(([flag]) => process.argv.includes(flag));
    const { rows, version } = await (part?.[1] ?? measure)(extensions, firefox);
    if (!part) rows.push(...(await weigh(dist)));
    const report = [formatTable(rows), ...machine(version)].join('\n\n');
    console.log(`\n${report}`);
    // The page shows the whole.
    if (!part && process.argv.includes('--write')) writeInto(DOCUMENT, report);
    const missed = rows.filter(({ must }) => must?.met === false);
    if (missed.length > 0)
      throw new Error(
        `${missed.length} of ${rows.length} rows are beyond their bound; see the table.`,
      );
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
}

async function measure(extensions: Extensions, firefox: string): Promise<Measured> {
  say('Measuring times, over TLS …');
  const rows = await onBed(extensions, { https: true }, async (bed) => {
    const page = await bed.page();
    await Promise.all([page.getTokens([{ resource: bed.lab.mcpServer.url }]), bed.approve(false)]);
    await page.page.bringToFront();
    return [...(await measureLatency(bed, page)), ...(await measurePopup(bed))];
  });
  const carried = await carry(extensions, firefox);
  rows.push(...carried.rows);
  say('Counting requests …');
  rows.push(...(await onBed(extensions, { https: false }, countRequests)));
  rows.push(...(await countDocument(extensions)).rows);
  return { ...carried, rows };
}

/** At servers of its own, where nobody is known yet. */
function countDocument(extensions: Extensions): Promise<Measured> {
  const takesDocuments = { https: false, clientDocuments: answerWithDocument };
  return onBed(extensions, takesDocuments, async (bed) => ({
    rows: await countWithDocument(bed),
    version: await bed.chromium.browser.version(),
  }));
}

/** The carried rows, in both browsers. */
async function carry(extensions: Extensions, firefox: string): Promise<Measured> {
  say('Carrying requests in Chromium …');
  const inChromium = await measureInChromium(extensions);
  say('Carrying requests in Firefox …');
  const inFirefox = await measureInFirefox(firefox);
  return {
    rows: [...inChromium.rows, ...inFirefox.rows],
    version: [inChromium, inFirefox].map(({ version }) => version).join(', '),
  };
}

async function onBed<T>(
  extensions: Extensions,
  options: BedOptions,
  run: (bed: Bed) => Promise<T>,
): Promise<T> {
  const bed = await openBed(extensions, options);
  try {
    return await run(bed);
  } finally {
    await bed.close();
  }
}

/** What the numbers depend on. No date: the same tree on the same machine writes the same lines. */
function machine(browsers: string): string[] {
  const [cpu] = cpus();
  const packages = ['@modelcontextprotocol/client', 'oidc-provider', 'puppeteer-core'];
  const versions = packages.map((name) => `${name} ${versionOf(path.join('node_modules', name))}`);
  return [
    'Command: `npm run bench -- --write`',
    `Machine: ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${type()} ${process.arch}, headless`,
    `Versions: Grantkeeper ${versionOf('.')}, ${browsers}, Node ${process.versions.node}, ${versions.join(', ')}`,
  ];
}

function versionOf(folder: string): string {
  const json = readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8');
  return (JSON.parse(json) as { version: string }).version;
}

function say(text: string): void {
  console.error(text);
}

await runAsProgram(import.meta.url, bench);
