/**
 * Tools of the tests with a manifest and a lock of their own: they ask for what the project does not, so they are
 * installed beside it, into `.cache`, once for each lock.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../../scripts/zip.ts';
import { ROOT } from '../../scripts/set-up.mjs';

/**
 * The `node_modules` of the manifest and lock in `source`, installed when this lock was not installed before.
 * @param name what its folder in `.cache` is called
 * @throws when npm fails
 */
export function installLocked(source: string, name: string): string {
  const lock = readFileSync(path.join(source, 'package-lock.json'));
  const folder = path.join(ROOT, '.cache', `${name}-${sha256(lock).slice(0, 16)}`);
  if (!existsSync(folder)) install(source, folder);
  return path.join(folder, 'node_modules');
}

/** The folder gets its name when it is complete, so an install that was cut short is done again. */
function install(source: string, folder: string): void {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  cpSync(source, unfinished, { recursive: true });
  // Nothing in here needs a script, and some of it is for a newer Node than the one that runs npm.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--silent'];
  try {
    execFileSync('npm', ['ci', ...flags], {
      cwd: unfinished,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
