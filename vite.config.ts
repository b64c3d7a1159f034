/** One source, two extensions: `TARGET=chrome|firefox vite build` writes dist/chrome or dist/firefox. */
import { crx, type ManifestV3Export } from '@crxjs/vite-plugin';
import { defineConfig, type Plugin } from 'vite';
import { classicWorker } from './scripts/classic-worker.ts';
import { documentUrl } from './scripts/client-document.ts';
import { manifestFor, type Target } from './scripts/manifest.ts';
import { DOCUMENTS } from './src/shared/documents.ts';

const target: Target = process.env['TARGET'] === 'firefox' ? 'firefox' : 'chrome';

/**
 * CRXJS lists its chunks as web-accessible, which would let any page probe for the extension. Nothing
 * of ours is meant to be loaded by a page.
 */
const nothingWebAccessible = {
  name: 'nothing-web-accessible',
  enforce: 'post',
  renderCrxManifest(manifest: { web_accessible_resources?: unknown }) {
    delete manifest.web_accessible_resources;
    return manifest;
  },
} as Plugin;

/**
 * Preact writes HTML where it is told to, which we never do. What is built sets text there, so that a bundle has no way
 * to turn text into markup at all, and can be searched for one.
 */
const textOnly: Plugin = {
  name: 'text-only',
  transform: (code, id) =>
    id.includes('/preact/') ? code.replaceAll('innerHTML', 'textContent') : undefined,
};

/** Every document of ours but the popup, which the manifest names. */
function documents(): Record<string, string> {
  const { popup: _, ...others } = DOCUMENTS;
  return others;
}

const address = process.env['GRANTKEEPER_CLIENT_DOCUMENT'];

export default defineConfig({
  define: { CLIENT_DOCUMENT: JSON.stringify(address ? documentUrl(address, target) : '') },
  build: {
    outDir: `dist/${target}`,
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    rolldownOptions: {
      input: documents(),
      // Of libraries: a console is a place where secrets are found (T-32).
      output: { minify: { compress: { dropConsole: true }, mangle: true, codegen: true } },
    },
  },
  plugins: [
    textOnly,
    crx({
      manifest: manifestFor(target) as ManifestV3Export,
      browser: target,
      // CRXJS's default loader injects asynchronously; a standalone script is there at document_start.
      contentScripts: { injectCss: false, standaloneFiles: ['src/content/relay.ts'] },
    }),
    nothingWebAccessible,
    target === 'chrome' && classicWorker(),
  ],
});
