/** The site's pages, bundled in memory, once per process. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
let bundled: Promise<ReadonlyMap<string, string | Uint8Array>> | undefined;

/** File name → content of everything the pages load. */
export function bundle(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  bundled ??= bundlePages();
  return bundled;
}

async function bundlePages(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rollupOptions: { input: { index: `${root}index.html`, bare: `${root}bare.html` } },
    },
  });
  const outputs = [result].flat().flatMap((built) => ('output' in built ? built.output : []));
  return new Map(
    outputs.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]),
  );
}
