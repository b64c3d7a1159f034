/** How much code there is to load, as it is shipped. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };
import { bundleClient } from '../scripts/client-package.ts';
import type { Bound, Row } from './table.ts';
import { DOCUMENTS, type DocumentName } from '../src/shared/documents.ts';

/** What may be loaded at most; bytes. The worker's bound and aim: docs/decisions/0037. */
const WORKER = { most: 284_000, aim: 120_000 };
const RELAY = { most: 3000 };
const POPUP = { most: 97_000 };
const CONSENT = { most: 125_000 };
/** What every visitor loads of the page SDK, and one with a broker after that (docs/decisions/0048). */
const SDK = { first: 2200, then: 6000 };
const PACKAGE = { most: 233_000 };

/** Weighs what `packageAll` left in `dist`. */
export async function weigh(dist: string): Promise<Row[]> {
  const chrome = path.join(dist, 'chrome');
  const relay = path.join(dist, 'firefox/src/content/relay.js');
  const worker = weightOf(
    await modulesFrom([path.join(chrome, 'service-worker-loader.js')], chrome),
  );
  const sdk = await bundleClient(path.join(dist, 'client/index.js'));
  return [
    sizeRow('Worker, with all that it imports', worker, WORKER),
    sizeRow('Relay (Firefox)', weightOf([read(relay)]), RELAY),
    sizeRow('Popup, scripts and styles', await documentWeight(chrome, 'popup'), POPUP),
    sizeRow('Consent, scripts and styles', await documentWeight(chrome, 'consent'), CONSENT),
    sdkRow('Page SDK, at once', sdk.first, SDK.first),
    sdkRow('Page SDK, once a broker has answered', sdk.then, SDK.then),
    ...['chrome', 'firefox'].map((target) => packageRow(dist, target)),
  ];
}

interface Weight {
  raw: number;
  gzip: number;
}

function sizeRow(
  what: string,
  { raw, gzip }: Weight,
  { most, aim }: { most: number; aim?: number },
): Row {
  return {
    what,
    measured: `${kilobytes(raw)}, gzip ${kilobytes(gzip)}`,
    must: bound(raw, most),
    ...(aim !== undefined && { aim: bound(raw, aim) }),
  };
}

function sdkRow(what: string, files: Uint8Array[], most: number): Row {
  const weight = weightOf(files);
  return { ...sizeRow(what, weight, { most }), must: bound(weight.gzip, most, ' gzip') };
}

function bound(bytes: number, most: number, unit = ''): Bound {
  return { text: `≤ ${kilobytes(most)}${unit}`, met: bytes <= most };
}

function packageRow(dist: string, target: string): Row {
  const zip = path.join(dist, 'packages', `grantkeeper-${target}-${packageJson.version}.zip`);
  const name = target === 'chrome' ? 'Chrome' : 'Firefox';
  const { size } = statSync(zip);
  return {
    what: `Package for ${name} (zip)`,
    measured: kilobytes(size),
    must: bound(size, PACKAGE.most),
  };
}

/** Every script and style sheet that a document of the popup loads. */
async function documentWeight(root: string, name: DocumentName): Promise<Weight> {
  const html = read(path.join(root, DOCUMENTS[name])).toString();
  const links = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)];
  return weightOf(
    await modulesFrom(
      links.map(([, link = '']) => path.join(root, link)),
      root,
    ),
  );
}

/** The files that a browser loads when it loads these: esbuild follows the imports, and writes nothing. */
async function modulesFrom(entries: string[], root: string): Promise<Buffer[]> {
  const { metafile } = await build({
    entryPoints: entries,
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    metafile: true,
    write: false,
    outdir: 'never-written',
    logLevel: 'error',
  });
  return Object.keys((metafile satisfies Metafile).inputs).map((file) =>
    read(path.join(root, file)),
  );
}

function weightOf(files: Uint8Array[]): Weight {
  return {
    raw: files.reduce((sum, file) => sum + file.length, 0),
    gzip: files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0),
  };
}

function read(file: string): Buffer {
  return readFileSync(file);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
