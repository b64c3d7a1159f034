/**
 * What nobody uses: files, exports, dependencies. Whatever a program finds by name, and not by an import, is an entry
 * here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { KnipConfig } from 'knip';

/** What the documents in a folder load: `<script src="./popup.tsx">`. */
function scriptsOfDocuments(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.html'))
    .flatMap((name) => {
      const text = readFileSync(path.join(folder, name), 'utf8');
      return [...text.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, script = '']) =>
        path.posix.join(folder, path.posix.dirname(name.replaceAll('\\', '/')), script),
      );
    });
}

export default {
  entry: [
    // Of the manifest.
    'src/background/worker.ts',
    'src/content/relay.ts',
    ...scriptsOfDocuments('src/popup'),
    ...scriptsOfDocuments('demo/web-client'),
    // The package's own entry is what's built of it.
    'src/client/index.ts',
    'demo/start.ts',
    // Not in package.json: how the icons are drawn anew.
    'scripts/icons.ts',
    // Reporters of scripts/test.mjs.
    'scripts/{compatibility,conformance-ran,figures,second-try}.ts',
    // Processes of their own: servers, and clients of the official suite.
    'test/conformance/{client,loopback}.mjs',
    'test/interop/clock.mjs',
    'test/interop/run-server.ts',
    'test/interop/servers/**/*.ts',
    // It stands in for the polyfill, and is looked at by eye.
    'test/popup/support/fake-browser.ts',
    'test/popup/screens.ts',
  ],
  project: ['{src,test,scripts,drivers,demo,bench}/**/*.{ts,tsx,mjs}', '*.ts'],
  // Installed beside the project, by test/interop/tools.
  ignoreDependencies: ['@cloudflare/workers-oauth-provider'],
  // Programs of the system, and one that comes with puppeteer-core.
  ignoreBinaries: ['apt-get', 'browsers'],
} satisfies KnipConfig;
