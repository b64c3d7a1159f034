/** What a page has to load, and what Firefox runs in every page (CONTRIBUTING.md, "Always"). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClient, bundleClient, type Loaded } from '../../scripts/client-package.ts';
import { ROOT } from '../../scripts/set-up.mjs';

let folder: string;
/** The SDK as a site loads it. */
let client: Loaded;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-size-'));
  await buildClient(folder);
  client = await bundleClient(path.join(folder, 'index.js'));
  // On a machine that does other work, to emit the types takes its time.
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const text = (files: Uint8Array[]): string => files.map((file) => Buffer.from(file)).join('\n');

describe('the page SDK, minified and compressed', () => {
  it('takes 2.2 kB of a visitor without a broker, and no more than 6 kB then of one with it', () => {
    const [first, then] = [client.first, client.then].map((files) =>
      files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0),
    );
    console.info(`page SDK: ${first} B with gzip at once, ${then} B once a broker has answered`);
    expect(first).toBeLessThanOrEqual(2200);
    expect(then).toBeLessThanOrEqual(6000);
  });

  it('loads nothing more than to find the broker before one has answered', () => {
    expect(client.then).toHaveLength(1);
    expect(text(client.first)).toContain('grantkeeper.page');
    for (const later of ['Bearer', 'www-authenticate', 'text/event-stream']) {
      expect(text(client.first)).not.toContain(later);
      expect(text(client.then)).toContain(later);
    }
  });

  it('carries none of the table of messages, and exports what it promises', () => {
    expect(text([...client.first, ...client.then])).not.toContain('issuer_mismatch');
    const entry = client.first
      .map((file) => text([file]))
      .find((file) => file.includes('findBroker'));
    const exported = /export\{([^}]*)\}/.exec(entry!)?.[1]?.split(',') ?? [];
    expect(exported.map((name) => name.replace(/^.* as /, '')).sort()).toEqual([
      'GrantkeeperError',
      'InsufficientScopeError',
      'findBroker',
    ]);
  });
});

describe('the relay', () => {
  it('takes 3 kB at most, minified', async () => {
    const entry = path.join(ROOT, 'src/content/relay.ts');
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      write: false,
      target: 'es2022',
      format: 'iife',
    });
    const size = outputFiles[0]?.contents.length;
    console.info(`relay: ${size} B minified`);
    expect(size).toBeLessThanOrEqual(3000);
  });
});
