/** Writes dist/chrome, dist/firefox and dist/client, and the client id metadata documents if they have an address. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { buildClient } from './client-package.ts';
import { TARGETS, writeDocuments } from './client-document.ts';
import { ROOT, runAsProgram } from './set-up.mjs';

/** Where everything that is built goes, unless a test wants it elsewhere. */
export const DIST = path.join(ROOT, 'dist');

/** Builds both extensions and the page SDK into `dist`. */
export async function build(dist = DIST): Promise<void> {
  // Before the long work: a wrong address is said at once.
  const address = process.env['GRANTKEEPER_CLIENT_DOCUMENT'];
  if (address) writeDocuments(address, path.join(dist, 'client-documents'));
  for (const target of TARGETS) buildExtension(target, path.join(dist, target));
  await buildClient(path.join(dist, 'client'));
}

/** A process of its own for each target: vite.config.ts and CRXJS both keep the target in module state. */
function buildExtension(target: string, outDir: string): void {
  const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'];
  // Without NODE_ENV: a test runner sets it to `test`, and the build would take that over.
  const { NODE_ENV: _, ...env } = process.env;
  execFileSync(process.execPath, args, {
    cwd: ROOT,
    env: { ...env, TARGET: target },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

await runAsProgram(import.meta.url, () => build());
