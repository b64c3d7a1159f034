/** What a page has to load, and what Firefox runs in every page (STYLE, "Budgets"). */
import { gzipSync } from 'node:zlib';
import { build, type Format } from 'esbuild';
import { describe, expect, it } from 'vitest';

async function bundle(entry: string, format: Format): Promise<{ text: string; bytes: Uint8Array }> {
  const { outputFiles } = await build({
    entryPoints: [new URL(`../../src/${entry}`, import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    target: 'es2022',
    format,
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`nothing was built from ${entry}`);
  return { text: file.text, bytes: file.contents };
}

describe('the page SDK', () => {
  it('takes 6 kB at most, minified and compressed', async () => {
    const { bytes } = await bundle('client/index.ts', 'esm');
    const size = gzipSync(bytes, { level: 9 }).length;
    console.info(`page SDK: ${bytes.length} B minified, ${size} B with gzip`);
    expect(size).toBeLessThanOrEqual(6000);
  });

  it('carries none of the table of messages, and exports what it promises', async () => {
    const { text } = await bundle('client/index.ts', 'esm');
    expect(text).not.toContain('issuer_mismatch');
    const exported = /export\{([^}]*)\}/.exec(text)?.[1]?.split(',') ?? [];
    expect(exported.map((name) => name.replace(/^.* as /, '')).sort()).toEqual([
      'GrantkeeperError',
      'InsufficientScopeError',
      'findBroker',
    ]);
  });
});

describe('the relay', () => {
  it('takes 3 kB at most, minified', async () => {
    const { bytes } = await bundle('content/relay.ts', 'iife');
    console.info(`relay: ${bytes.length} B minified`);
    expect(bytes.length).toBeLessThanOrEqual(3000);
  });
});
