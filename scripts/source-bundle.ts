/**
 * What addons.mozilla.org gets beside the Firefox package: the sources from which a reviewer builds the same bytes
 * (docs/stores.md). It needs nothing but itself and the registry, and packs itself again when it is built there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './set-up.mjs';
import { filesIn } from './zip.ts';

/** Everything that `npm ci && npm run package` reads. No test, no demo, nothing that was built. */
export const SOURCES: readonly string[] = [
  '.npmrc',
  'LICENSE',
  '_locales',
  'docs/stores.md',
  'icons',
  'manifest.json',
  'package-lock.json',
  'package.json',
  'scripts/build.ts',
  'scripts/classic-worker.ts',
  'scripts/client-document.ts',
  'scripts/client-members.ts',
  'scripts/client-package.ts',
  'scripts/manifest.ts',
  'scripts/package.ts',
  'scripts/set-up.d.mts',
  'scripts/set-up.mjs',
  'scripts/source-bundle.ts',
  'scripts/zip.ts',
  'src',
  'tsconfig.json',
  'tsconfig.pure.json',
  'vite.config.ts',
];

/** The files of the bundle by name. Within a clone, what git ignores is left out, whatever lies about. */
export function sourceFiles(root = ROOT): Record<string, Uint8Array> {
  const names = existsSync(path.join(root, '.git')) ? namesFromGit(root) : namesFromFolder(root);
  return Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(path.join(root, name))]),
  );
}

/** A new file counts before it is committed: the packages were built with it. */
function namesFromGit(root: string): string[] {
  const listing = [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--',
    ...SOURCES,
  ];
  const names = execFileSync('git', listing, { cwd: root, encoding: 'utf8' }).split('\0');
  return [...new Set(names)].filter((name) => name !== '' && existsSync(path.join(root, name)));
}

function namesFromFolder(root: string): string[] {
  return SOURCES.flatMap((source) => {
    const folder = path.join(root, source);
    if (!statSync(folder).isDirectory()) return [source];
    return filesIn(folder).map((name) => `${source}/${name}`);
  });
}
