/**
 * Cloudflare's OAuth provider in workerd, one Worker being both the authorization server and the MCP server
 * (worker/worker.ts). Its store is miniflare's, in memory; nothing is fetched and nothing is reported.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { build } from 'esbuild';
import { LOOPBACK } from '../../../demo/listen.ts';
import { NOTES, type About, type Particulars, type Running } from '../server.ts';
import { getServers, load } from '../tools.ts';

export const about: About = {
  title: "Cloudflare's workers-oauth-provider, in workerd",
  packages: ['@cloudflare/workers-oauth-provider', 'workerd'],
  ...NOTES,
  cors: true,
  renewal: 'refresh',
  revocation: { outcome: 'revoked', endsAccess: true },
};

export const particulars: Particulars = {
  'issues tokens with colons, and the e-mail address in front (V1)': (_mcpUrl, token) => {
    // Not `match`, which would show the token.
    assert.ok(/^a@b\.example:[^:]+:[^:]+$/.test(token));
    return Promise.resolve();
  },
};

/** What is used of the package. */
interface MiniflarePackage {
  Miniflare: new (options: object) => {
    ready: Promise<URL>;
    getKVNamespace(binding: string): Promise<Namespace>;
    dispose(): Promise<void>;
  };
}

interface Namespace {
  list(options: { prefix: string }): Promise<{ keys: { name: string }[] }>;
  delete(name: string): Promise<void>;
}

export async function start(): Promise<Running> {
  const { Miniflare } = await load<MiniflarePackage>('miniflare');
  const worker = new Miniflare({
    modules: true,
    script: await bundle(),
    compatibilityDate: '2026-07-01',
    kvNamespaces: ['OAUTH_KV'],
    host: LOOPBACK,
    port: 0,
    cf: false,
  });
  const { origin } = await worker.ready;
  return {
    mcpUrl: `${origin}/mcp`,
    expireTokens: async () => {
      const store = await worker.getKVNamespace('OAUTH_KV');
      const { keys } = await store.list({ prefix: 'token:' });
      await Promise.all(keys.map(({ name }) => store.delete(name)));
    },
    close: () => worker.dispose(),
  };
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'worker', 'worker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    // The package stands where only the tests look.
    nodePaths: [getServers()],
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
