/** The site whose page is measured: one document and one script, bundled from `page.ts`. */
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { build } from 'esbuild';
import { listen, type Listener, type Tls } from '../demo/listen.ts';

const HTML = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bench</title>
<link rel="icon" href="data:,"><script type="module" src="/page.js"></script></head><body></body></html>`;

/** An isolated page has a clock of 5 µs; any other has one of 100 µs, a tenth of what is measured here. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Serves the site on a free port of 127.0.0.1. */
export async function serveSite(tls?: Tls): Promise<Listener> {
  const script = await bundlePage();
  const serve: RequestListener = ({ url }, response) => {
    const isScript = url === '/page.js';
    const type = isScript ? 'text/javascript' : 'text/html';
    response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, ...ISOLATED });
    response.end(isScript ? script : HTML);
  };
  return listen(serve, tls ? { tls } : {});
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'page.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2023',
    minify: true,
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
