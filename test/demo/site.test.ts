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
    expect(config).toEqual({
      name: 'Second',
      mcpUrl: lab.mcpServer.url,
      issuer: lab.authorizationServer.issuer,
      sites: {
        first: { name: 'First', origin: lab.siteA.origin },
        second: { name: 'Second', origin: lab.siteB.origin },
      },
      extensionIds: ['x'],
    });
  });

  it('has a face of its own from the first byte', async () => {
    const faceOf = async (origin: string) =>
      /data-face="([^"]*)"/.exec(await (await fetch(origin)).text())?.[1];
    expect(await faceOf(lab.siteA.origin)).toBe('notebook');
    expect(await faceOf(lab.siteB.origin)).toBe('scratchpad');
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
    const shown = ['no-broker', 'notes', 'text', 'credentials', 'counts', 'try', 'progress'];
    for (const id of [...ids, ...shown]) expect(html).toContain(`id="${id}"`);
  });

  it('answers 404 to anything else', async () => {
    for (const path of ['/etc/passwd', '/../lab.ts', '/page.ts']) {
      expect((await fetch(`${lab.siteA.origin}${path}`)).status).toBe(404);
    }
  });
});

describe('the running demo, as its pages see it', () => {
  /** What both sites are told. */
  const tally = async (origin = lab.siteA.origin) =>
    (await (await fetch(`${origin}/live.json`)).json()) as Record<string, unknown>;
  const did = async (origin: string, step: string, from = origin) =>
    (await fetch(`${origin}/did/${step}`, { method: 'POST', headers: { origin: from } })).status;

  it('counts what reached the servers, without what a page has sent itself', async () => {
    const before = await tally();
    const metadata = `${lab.authorizationServer.issuer}/.well-known/oauth-authorization-server`;
    await fetch(metadata);
    await fetch(metadata, { headers: { origin: lab.siteB.origin } });
    expect(await tally()).toEqual({ ...before, grantkeeper: Number(before['grantkeeper']) + 1 });
  });

  it('tells of questions only where somebody counts them', async () => {
    expect(await tally()).not.toHaveProperty('questions');
    lab.countQuestions = () => 3;
    expect(await tally(lab.siteB.origin)).toMatchObject({ questions: 3 });
  });

  it('ticks for both sites what one of them has seen', async () => {
    expect(await did(lab.siteA.origin, 'connect')).toBe(204);
    expect(await tally(lab.siteB.origin)).toMatchObject({ done: ['connect'] });
    expect(await did(lab.siteB.origin, 'connect')).toBe(204);
    expect(await tally()).toMatchObject({ done: ['connect', 'second-site'] });
  });

  it('takes a tick from its own page only', async () => {
    expect(await did(lab.siteA.origin, 'revoke', lab.siteB.origin)).toBe(403);
    expect(await did(lab.siteA.origin, 'everything')).toBe(404);
    expect((await fetch(`${lab.siteA.origin}/did/revoke`)).status).toBe(405);
    expect((await tally())['done']).not.toContain('revoke');
  });
});
