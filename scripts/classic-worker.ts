/**
 * Chrome's worker as one plain script. Chrome starts it sooner than one that is made of modules, and it is started anew
 * after every half minute of silence (docs/decisions/0064). CRXJS writes modules, so they are joined afterwards.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Plugin, Rollup } from 'vite';

interface BackgroundManifest {
  background: { service_worker: string; type?: string };
}

/** Joins what the built worker is made of, and deletes the chunks that no document needs. */
export function classicWorker(): Plugin {
  return {
    name: 'classic-worker',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir = '' }, bundle) {
        const file = path.join(dir, 'manifest.json');
        const manifest = JSON.parse(readFileSync(file, 'utf8')) as BackgroundManifest;
        const joined = await join(dir, manifest.background.service_worker);
        const shared = chunksOfDocuments(bundle);
        for (const name of joined) if (!shared.has(name)) rmSync(path.join(dir, name));
        delete manifest.background.type;
        writeFileSync(file, JSON.stringify(manifest, null, 2));
      },
    },
  };
}

/** Writes everything that a script imports into it; resolves the names of the files that it had imported. */
async function join(dir: string, script: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: dir,
    entryPoints: [script],
    outfile: script,
    allowOverwrite: true,
    bundle: true,
    format: 'iife',
    // Modules are strict, plain scripts are not: an attempt to change what is frozen would go unnoticed.
    banner: { js: "'use strict';" },
    target: 'es2023',
    charset: 'utf8',
    // Or the one of the project that the folder happens to lie in would be read.
    tsconfigRaw: {},
    minifyWhitespace: true,
    minifySyntax: true,
    minifyIdentifiers: true,
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs).filter((name) => name !== script);
}

/** Every chunk that an HTML document of ours loads, at once or through another one. */
function chunksOfDocuments(bundle: Rollup.OutputBundle): Set<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || found.has(name)) return;
    found.add(name);
    for (const imported of [...chunk.imports, ...chunk.dynamicImports]) add(imported);
  };
  for (const [name, chunk] of Object.entries(bundle)) {
    if (chunk.type === 'chunk' && chunk.facadeModuleId?.endsWith('.html')) add(name);
  }
  return found;
}
