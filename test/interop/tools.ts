/** The servers of others, and the newer Node that some of them ask for. Locked by tools/package-lock.json. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../scripts/set-up.mjs';
import { getTools } from '../conformance/tools.ts';
import { installLocked } from '../support/locked-tools.ts';

/** The `node_modules` that the servers of others live in, installed when this lock was not installed before. */
export function getServers(): string {
  return installLocked(path.join(ROOT, 'test', 'interop', 'tools'), 'interop');
}

/** Where the packages of the tests may be: the conformance tools, the servers of others, the project's own. */
function places(): string[] {
  const conformance = path.dirname(path.dirname(getTools().sdk));
  return [conformance, getServers(), path.join(ROOT, 'node_modules')];
}

/** Loads a package of {@link getServers}; the caller says what it uses of it, since the project has no types of it. */
export async function load<T>(name: string): Promise<T> {
  const file = createRequire(path.join(getServers(), 'any.js')).resolve(name);
  return (await import(pathToFileURL(file).href)) as T;
}

/**
 * The version of a package, as it is installed here.
 * @throws when it is nowhere
 */
export function versionOf(name: string): string {
  for (const place of places()) {
    try {
      const manifest = readFileSync(path.join(place, ...name.split('/'), 'package.json'), 'utf8');
      return (JSON.parse(manifest) as { version: string }).version;
    } catch {
      // Looked for in the next place.
    }
  }
  throw new Error(`${name} is not installed`);
}
