/**
 * Writes dist/packages: what the two stores and the package registry get, and the sources for a reviewer; the same
 * bytes on every machine.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8 } from 'fflate';
import packageJson from '../package.json' with { type: 'json' };
import { build, DIST } from './build.ts';
import { runAsProgram } from './set-up.mjs';
import { sourceFiles } from './source-bundle.ts';
import { filesIn, sha256, zipOf } from './zip.ts';

/** Builds into `dist` and packs it; resolves with the SHA-256 of each package by file name. */
export async function packageAll(dist = DIST): Promise<Map<string, string>> {
  await build(dist);
  const folder = path.join(dist, 'packages');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const zips = {
    chrome: packedFiles(path.join(dist, 'chrome')),
    firefox: packedFiles(path.join(dist, 'firefox')),
    source: sourceFiles(),
  };
  for (const [what, files] of Object.entries(zips)) {
    writeFileSync(
      path.join(folder, `grantkeeper-${what}-${packageJson.version}.zip`),
      zipOf(files),
    );
  }
  packClient(path.join(dist, 'client'), folder);
  const names = readdirSync(folder).sort();
  return new Map(names.map((name) => [name, sha256(readFileSync(path.join(folder, name)))]));
}

/** The files of a build by name. */
function packedFiles(folder: string): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const name of filesIn(folder)) {
    const bytes = readFileSync(path.join(folder, name));
    files[name] = name === 'manifest.json' ? withoutKey(bytes) : bytes;
  }
  return files;
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
