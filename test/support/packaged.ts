/** End-to-end tests load the very bytes that a store would get; only the development key is added. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import source from '../../manifest.json' with { type: 'json' };
import packageJson from '../../package.json' with { type: 'json' };
import { DIST } from '../../scripts/build.ts';
import { filesIn, sha256 } from '../../scripts/zip.ts';

/** The store-ready package of `target`, as `npm run package` left it. */
export function packageOf(target: 'chrome' | 'firefox' | 'source'): string {
  return path.join(DIST, 'packages', `grantkeeper-${target}-${packageJson.version}.zip`);
}

/** The files of a package by name. */
export function filesOf(zip: string): Record<string, Uint8Array> {
  return unzipSync(readFileSync(zip));
}

/** The manifest inside a package. */
export function manifestOf(zip: string): Record<string, unknown> {
  return parse(filesOf(zip)['manifest.json']);
}

/**
 * Unpacks a package to be loaded; Chrome's extension id is pinned with the development key. The folder is named
 * after the package, so it is written once for each build and does not pile up.
 */
export function unpack(target: 'chrome' | 'firefox'): string {
  const zip = packageOf(target);
  const unpacked = path.join(DIST, 'unpacked', target);
  const folder = path.join(unpacked, sha256(readFileSync(zip)));
  if (existsSync(folder)) return folder;
  rmSync(unpacked, { recursive: true, force: true });
  const files: Record<string, Uint8Array | string> = filesOf(zip);
  if (target === 'chrome') {
    files['manifest.json'] = JSON.stringify({ ...manifestOf(zip), key: source.key });
  }
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

/**
 * Names of the files in which a loaded folder and the package differ by SHA-256, missing and surplus ones
 * included. The manifests are compared as values, the folder's `key` aside.
 */
export function differencesFromPackage(folder: string, target: 'chrome' | 'firefox'): string[] {
  const packed = filesOf(packageOf(target));
  const loaded = Object.fromEntries(
    filesIn(folder).map((name) => [name, readFileSync(path.join(folder, name))]),
  );
  const names = new Set([...Object.keys(packed), ...Object.keys(loaded)]);
  return [...names].filter((name) => fingerprint(name, packed) !== fingerprint(name, loaded));
}

function fingerprint(name: string, files: Record<string, Uint8Array>): string | undefined {
  const bytes = files[name];
  if (bytes === undefined || name !== 'manifest.json') return bytes && sha256(bytes);
  const { key: _, ...manifest } = parse(bytes);
  return JSON.stringify(manifest);
}

function parse(json: Uint8Array | undefined): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>;
}
