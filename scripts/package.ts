/** Writes dist/packages: what the two stores and the package registry get, the same bytes on every machine. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8, zipSync, type Zippable } from 'fflate';
import manifest from '../manifest.json' with { type: 'json' };
import { build, DIST } from './build.ts';
import { runAsProgram } from './set-up.mjs';

/** Zip keeps local wall-clock time and no zone, so the same wall-clock time is the same bytes everywhere. */
const FIXED_TIME = new Date(1980, 0, 1, 12);

/** Builds into `dist` and packs it; resolves with the SHA-256 of each package by file name. */
export async function packageAll(dist = DIST): Promise<Map<string, string>> {
  await build(dist);
  const folder = path.join(dist, 'packages');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const target of ['chrome', 'firefox']) {
    const name = `grantkeeper-${target}-${manifest.version}.zip`;
    writeFileSync(path.join(folder, name), zipOf(path.join(dist, target)));
  }
  packClient(path.join(dist, 'client'), folder);
  const names = readdirSync(folder).sort();
  return new Map(names.map((name) => [name, sha256(readFileSync(path.join(folder, name)))]));
}

/** SHA-256 in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function zipOf(folder: string): Uint8Array {
  const files: Zippable = {};
  for (const name of filesIn(folder)) {
    const bytes = readFileSync(path.join(folder, name));
    files[name] = name === 'manifest.json' ? withoutKey(bytes) : bytes;
  }
  return zipSync(files, { level: 9, mtime: FIXED_TIME });
}

/** Every file below `folder`, with forward slashes, in an order that no locale changes. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

/** A store gives the extension its id; `key` pins the one of development (Z25). */
function withoutKey(bytes: Uint8Array): Uint8Array {
  const built = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  delete built['key'];
  return strToU8(`${JSON.stringify(built, null, 2)}\n`);
}

function packClient(folder: string, destination: string): void {
  // npm keeps each file's mode, which follows the umask of whoever built.
  for (const name of filesIn(folder)) chmodSync(path.join(folder, name), 0o644);
  const target = path.relative(folder, destination);
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', target], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    // Windows starts npm, a command file, through its shell only.
    shell: process.platform === 'win32',
  });
}

await runAsProgram(import.meta.url, async () => {
  const dist = process.argv[2];
  for (const [name, hash] of await packageAll(dist && path.resolve(dist))) {
    console.log(`${hash}  ${name}`);
  }
});
