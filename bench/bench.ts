/**
 * `npm run bench`: measures Grantkeeper in a real Chromium and prints one table; `-- --write` also puts it into
 * docs/benchmarks.md. Fails when a "must be" is missed; an aim is only marked.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, type } from 'node:os';
import path from 'node:path';
import { createCertificate } from '../drivers/tls.ts';
import { packageAll } from '../scripts/package.ts';
import { ROOT, runAsProgram } from '../scripts/set-up.mjs';
import { openBed, type Bed, type BedOptions, type Extensions } from './bed.ts';
import { measureCarried } from './carried.ts';
import { startCarriedBenchServer } from './carried-server.ts';
import { answerWithDocument, countWithDocument } from './document.ts';
import { writeEchoExtension } from './echo-extension.ts';
import { measureLatency } from './latency.ts';
import { measurePopup } from './popup.ts';
import { countRequests } from './requests.ts';
import { weigh } from './size.ts';
import { MULTIPLEXED_HOST } from './stream-servers.ts';
import { measureStreams } from './streams.ts';
import { formatTable, writeInto, type Row } from './table.ts';

const DOCUMENT = path.join(ROOT, 'docs', 'benchmarks.md');

/** Rows that can be had alone. */
const PARTS: [flag: string, measure: (extensions: Extensions) => Promise<Row[]>][] = [
  ['--carried', measureOnServer],
  ['--document', countDocument],
];

async function bench(): Promise<void> {
  const dist = mkdtempSync(path.join(tmpdir(), 'grantkeeper-bench-'));
  try {
    say('Building and packing …');
    await packageAll(dist);
    const extensions = { grantkeeper: path.join(dist, 'chrome'), echo: writeEchoExtension(dist) };
    const part = PARTS.find(([flag]) => process.argv.includes(flag));
    if (part) {
      console.log(formatTable(await part[1](extensions)));
      return;
    }
    const { rows, browser } = await measure(extensions);
    rows.push(...(await weigh(dist)));
    const report = [formatTable(rows), ...machine(browser)].join('\n\n');
    console.log(`\n${report}`);
    if (process.argv.includes('--write')) writeInto(DOCUMENT, report);
    const missed = rows.filter(({ must }) => !must.met);
    if (missed.length > 0)
      throw new Error(
        `${missed.length} of ${rows.length} rows are beyond their bound; see the table.`,
      );
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
}

async function measure(extensions: Extensions): Promise<{ rows: Row[]; browser: string }> {
  say('Measuring times, over TLS …');
  const timed = await onBed(extensions, { https: true }, async (bed) => {
    const page = await bed.page();
    await Promise.all([page.getTokens([{ resource: bed.lab.mcpServer.url }]), bed.approve(false)]);
    await page.page.bringToFront();
    return {
      rows: [...(await measureLatency(bed, page)), ...(await measurePopup(bed))],
      browser: await bed.chromium.browser.version(),
    };
  });
  say('Carrying requests …');
  const carried = await measureOnServer(extensions);
  say('Counting requests …');
  const counted = await onBed(extensions, { https: false }, countRequests);
  const withDocument = await countDocument(extensions);
  return { ...timed, rows: [...timed.rows, ...carried, ...counted, ...withDocument] };
}

/** At servers of its own, where nobody is known yet. */
function countDocument(extensions: Extensions): Promise<Row[]> {
  const takesDocuments = { https: false, clientDocuments: answerWithDocument };
  return onBed(extensions, takesDocuments, countWithDocument);
}

/** The carried rows alone, with a server of their own. */
async function measureOnServer(extensions: Extensions): Promise<Row[]> {
  let bed: Bed | undefined;
  const server = await startCarriedBenchServer(() => bed?.lab.authorizationServer.issuer ?? '');
  try {
    const streams = await createCertificate([MULTIPLEXED_HOST]);
    bed = await openBed(extensions, { https: false, otherScopesOf: server.scopesOf, streams });
    return [...(await measureCarried(bed, server)), ...(await measureStreams(bed, streams))];
  } finally {
    await bed?.close();
    await server.close();
  }
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
function machine(browser: string): string[] {
  const [cpu] = cpus();
  const packages = ['@modelcontextprotocol/client', 'oidc-provider', 'puppeteer-core'];
  const versions = packages.map((name) => `${name} ${versionOf(path.join('node_modules', name))}`);
  return [
    'Command: `npm run bench -- --write`',
    `Machine: ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${type()} ${process.arch}, headless`,
    `Versions: Grantkeeper ${versionOf('.')}, ${browser}, Node ${process.versions.node}, ${versions.join(', ')}`,
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
