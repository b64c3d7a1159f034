import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../../demo/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ siteNames: { siteA: 'First', siteB: 'Second' }, extensionIds: ['x'] });
});
afterAll(() => lab.close());

/** Addresses of what a page loads from its own origin. */
async function assetsOf(page: URL): Promise<URL[]> {
  const html = await (await fetch(page)).text();
  return [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(
    ([, path]) => new URL(path ?? '', page),
  );
}

describe('a site', () => {
  it('tells its pages which MCP server to use, and who they are', async () => {
    const config = await (await fetch(`${lab.siteB.origin}/config.json`)).json();
    expect(config).toEqual({ name: 'Second', mcpUrl: lab.mcpServer.url, extensionIds: ['x'] });
  });

  it.each(['/', '/bare'])('serves %s with all that it loads', async (path) => {
    const page = new URL(path, lab.siteA.origin);
    const policy = (await fetch(page)).headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self'");
    const assets = await assetsOf(page);
    expect(assets.some(({ pathname }) => pathname.endsWith('.js'))).toBe(true);
    for (const asset of assets) {
      const response = await fetch(asset);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/(javascript|css);/);
    }
  });

  it('has every element that tests drive', async () => {
    const html = await (await fetch(lab.siteA.origin)).text();
    const ids = ['connect', 'read', 'write', 'delete', 'release', 'status', 'log', 'scopes'];
    for (const id of [...ids, 'no-broker', 'notes', 'text']) expect(html).toContain(`id="${id}"`);
  });

  it('answers 404 to anything else', async () => {
    for (const path of ['/etc/passwd', '/../lab.ts', '/page.ts']) {
      expect((await fetch(`${lab.siteA.origin}${path}`)).status).toBe(404);
    }
  });
});
