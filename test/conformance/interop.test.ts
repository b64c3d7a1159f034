/**
 * The packaged extension in real Chromium with authorization servers that nobody here wrote, two step-ups at each:
 * `oidc-provider` with its default CORS policy, the official router, and the official v1 SDK's example.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium, type Chromium } from '../../drivers/chromium.ts';
import { EXTENSION_ID } from '../../drivers/open.ts';
import { unpack } from '../support/packaged.ts';
import { openStage, webClientOn, type Stage, type WebClient } from '../support/stage.ts';
import {
  startExample,
  startRouter,
  type OfficialServer,
  type RouterServer,
} from './official-servers.ts';
import { openPageAt } from './page.ts';
import { answerPrompts, type User } from './user.ts';

/** The scope of a token, as a set. */
async function scopesOf(site: WebClient, scopes?: string[]): Promise<string[]> {
  const outcome = await site.getToken(scopes ? { scopes } : {});
  return 'token' in outcome ? outcome.token.scope.split(' ').sort() : [outcome.code];
}

describe('oidc-provider with its default CORS policy', () => {
  let stage: Stage;
  let site: WebClient;
  beforeAll(async () => {
    stage = await openStage();
    site = await stage.visit('siteA');
  });
  afterAll(() => stage.close());

  /** One step-up: a prompt, and the provider's own page. */
  async function stepUp(call: Promise<string>): Promise<string[]> {
    const { added } = await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await call).not.toContain('Error');
    return added;
  }

  it('connects, steps up twice, and never sees an Origin at its token endpoint (Z14, B1)', async () => {
    const tools = site.connect();
    await stage.approve();
    expect(await tools).toContain('add_note');
    expect(await stepUp(site.call('add_note', { text: 'interop' }))).toEqual(['notes:write']);
    expect(await stepUp(site.call('delete_note', { id: 1 }))).toEqual(['notes:delete']);
    const { ledger } = stage.lab;
    expect(ledger.cost()).toMatchObject({ authorizations: 3, exchanges: 3, refreshes: 0 });
    const exchanges = ledger.tokenRequests();
    expect(exchanges.filter(({ hadOrigin, status }) => hadOrigin || status !== 200)).toEqual([]);
  });

  it('refuses the same request with an Origin: the policy is in force', async () => {
    const { issuer } = stage.lab.authorizationServer;
    const redirect = `https://${EXTENSION_ID}.chromiumapp.org/cb`;
    const registered = await fetch(`${issuer}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [redirect], token_endpoint_auth_method: 'none' }),
    });
    const { client_id = '' } = (await registered.json()) as { client_id?: string };
    const exchange = async (headers: Record<string, string>) => {
      const body = new URLSearchParams({ grant_type: 'authorization_code', client_id, code: '-' });
      const response = await fetch(`${issuer}/token`, { method: 'POST', headers, body });
      return ((await response.json()) as { error_description?: string }).error_description;
    };
    expect(await exchange({ origin: stage.lab.siteA.origin })).toMatch(/^origin .+ not allowed/);
    expect(await exchange({})).not.toMatch(/^origin/);
  });
});

/** A browser and a user who allows everything. */
function withBrowser() {
  const it = {} as { browser: Chromium; user: User };
  beforeAll(async () => {
    it.browser = await openChromium({ extension: unpack('chrome') });
    const hosts = ['http://localhost/*', 'http://127.0.0.1/*'];
    await it.browser.preApproveHostAccess(hosts);
    it.user = answerPrompts(it.browser, { decision: 'allow' });
  });
  afterAll(async () => {
    await it.user.stop();
    await it.browser.close();
  });
  return it;
}

describe('the official router, whose issuer ends in a slash', () => {
  let server: RouterServer;
  let site: WebClient;
  const with_ = withBrowser();
  beforeAll(async () => {
    server = await startRouter();
    site = await webClientOn(await with_.browser.page(server.pageUrl), server.mcpUrl);
  });
  afterAll(() => server.close());

  it('connects with two clicks, and takes the iss with its slash (R16, R64)', async () => {
    expect(server.issuer).toMatch(/\/$/);
    expect(await site.connect()).toContain('add_note');
    expect(with_.user.clicks()).toBe(2);
  });

  it('steps up twice with one click each, from the challenge of a tool, without a refresh (B1, B5)', async () => {
    expect(await site.call('add_note', { text: 'interop' })).not.toContain('Error');
    expect(await site.call('delete_note', { id: 1 })).not.toContain('Error');
    expect(with_.user.clicks()).toBe(4);
    expect(
      server.authorizations.map((scopes) => scopes.filter((one) => one !== 'offline_access')),
    ).toEqual([
      ['notes:read'],
      ['notes:read', 'notes:write'],
      ['notes:read', 'notes:write', 'notes:delete'],
    ]);
    expect(server.exchanges).toEqual(Array(3).fill('authorization_code'));
    expect([...server.resources]).toEqual([server.mcpUrl]);
  });

  it('serves the older operations with the newest token, without another click', async () => {
    expect(await site.call('read_notes')).not.toContain('Error');
    expect(await site.call('add_note', { text: 'again' })).not.toContain('Error');
    expect(with_.user.clicks()).toBe(4);
    expect(with_.browser.faults).toEqual([]);
  });
});

describe("the official v1 SDK's example server, which sends no iss and no CORS", () => {
  let server: OfficialServer;
  let site: WebClient;
  const with_ = withBrowser();
  beforeAll(async () => {
    server = await startExample();
    const page = await with_.browser.browser.newPage();
    await openPageAt(server.mcpUrl, page);
    site = await webClientOn(page, server.mcpUrl);
  });
  afterAll(() => server.close());

  it('connects with two clicks and proceeds without iss, as row 4 says (R63)', async () => {
    expect(await site.connect()).toContain('greet');
    expect(with_.user.clicks()).toBe(2);
    expect(await scopesOf(site)).toEqual(['mcp:tools']);
  });

  it('steps up twice with one click each when the page names scopes, and loses none (B5)', async () => {
    expect(await scopesOf(site, ['greet:loud'])).toEqual(['greet:loud', 'mcp:tools']);
    expect(await scopesOf(site, ['greet:soft'])).toEqual(['greet:loud', 'greet:soft', 'mcp:tools']);
    expect(with_.user.clicks()).toBe(4);
  });

  it('takes the newest token, without another click', async () => {
    expect(await site.call('greet', { name: 'interop' })).toContain('Hello, interop!');
    expect(with_.user.clicks()).toBe(4);
    expect(with_.browser.faults).toEqual([]);
  });
});
