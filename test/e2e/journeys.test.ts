/** What people do, over loopback http: the packaged extension in a real browser, clicked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differencesFromPackage } from '../support/packaged.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage();
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

const cost = (mark: number) => stage.lab.ledger.since(mark).cost();
const prompts = () => stage.browser.consentWindows.length;
const holdsAccess = () => stage.browser.holdsHostAccess('http://127.0.0.1/*');

describe(inBrowser('what is tested'), () => {
  it('is the package, byte for byte, the development key aside', () => {
    expect(differencesFromPackage(stage.extension, stage.target)).toEqual([]);
  });
});

describe(inBrowser('connecting'), () => {
  it('takes one sign-in and gives the official client its tools (Z13)', async () => {
    const { ways } = stage.browser;
    expect(await holdsAccess()).toBe(ways.holdsHostAccessFromStart);
    const tools = site.connect();
    const shown = await stage.approve();
    expect(await tools).toEqual(expect.arrayContaining(['read_notes', 'add_note']));
    expect(await holdsAccess()).toBe(true);
    expect(shown).toMatchObject({ added: ['notes:read', 'offline_access'], held: [] });
    expect(shown.text).toContain(stage.lab.siteA.origin);
    expect(shown.text).toContain(stage.lab.authorizationServer.issuer);
  });

  it('costs the least that the protocol allows, with one authorization request (Z22)', () => {
    expect(cost(0)).toEqual({
      metadata: 2,
      registrations: 1,
      authorizations: 1,
      exchanges: 1,
      refreshes: 0,
      revocations: 0,
      total: 5,
    });
  });

  it('sends no Origin of ours to the token endpoint (Z14)', () => {
    const [exchange] = stage.lab.ledger.tokenRequests('authorization_code');
    expect(exchange).toMatchObject({ hadOrigin: false, status: 200, hadResource: true });
  });

  it('gives the page a token and nothing else (Z11)', async () => {
    // So far the background has kept it, so the person is asked before the page holds it.
    const call = site.getToken();
    await stage.answer('hand', 'allow');
    const outcome = await call;
    expect(Object.keys((outcome as { token: object }).token).sort()).toEqual([
      'access_token',
      'expires_at',
      'scope',
      'token_type',
    ]);
  });
});

describe(inBrowser('using'), () => {
  it('asks no server and no user for a token that is good', async () => {
    const mark = stage.lab.ledger.mark();
    const before = prompts();
    await site.getTokens(20);
    expect(stage.lab.ledger.since(mark).length).toBe(0);
    expect(prompts()).toBe(before);
  });

  it('steps up on a 403 without refreshing, and shows what is new apart (B1, R55)', async () => {
    const mark = stage.lab.ledger.mark();
    const call = site.call('add_note', { text: 'from the test' });
    const shown = await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await call).toContain('from the test');
    expect(shown.added).toEqual(['notes:write']);
    expect(shown.held).toContain('notes:read');
    expect(cost(mark)).toMatchObject({
      metadata: 0,
      authorizations: 1,
      exchanges: 1,
      refreshes: 0,
    });
    const [request] = stage.lab.ledger.since(mark).authorizationRequests();
    expect(request?.scope?.split(' ')).toEqual(
      expect.arrayContaining(['notes:read', 'notes:write']),
    );
  });

  it('ends after three prompts for three operations, and asks nothing in fifty more (B5)', async () => {
    const call = site.call('delete_note', { id: 1 });
    await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await call).not.toContain('Error');
    const mark = stage.lab.ledger.mark();
    const before = prompts();
    for (let i = 0; i < 25; i += 1) {
      expect(await site.call('read_notes')).not.toContain('Error');
      expect(await site.call('add_note', { text: `note ${i}` })).not.toContain('Error');
    }
    expect(cost(mark).total).toBe(0);
    expect(prompts()).toBe(before);
  });

  it('refreshes once for fifty simultaneous calls with an expired token (Z8)', async () => {
    stage.lab.authorizationServer.setAccessTokenSeconds(2);
    const token = (await site.getToken()) as { token: { access_token: string } };
    // The server no longer takes it, as after a revocation there: the next token lives two seconds.
    await site.getToken({ rejected: token.token.access_token });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    stage.lab.authorizationServer.setAccessTokenSeconds(3600);
    const mark = stage.lab.ledger.mark();
    const outcomes = await site.getTokens(50);
    expect(outcomes.every((outcome) => 'token' in outcome)).toBe(true);
    expect(cost(mark)).toMatchObject({ refreshes: 1, authorizations: 0, total: 1 });
  });
});

describe(inBrowser('a second site at the same server'), () => {
  it('is asked about on its own, gets less, and breaks nothing (Z1)', async () => {
    const other = await stage.visit('siteB');
    const tools = other.connect();
    const shown = await stage.approve();
    expect(await tools).toContain('read_notes');
    expect(shown.held).toEqual([]);
    const call = other.getToken();
    await stage.answer('hand', 'allow');
    const outcome = (await call) as { token: { scope: string } };
    expect(outcome.token.scope).toBe('notes:read');
    expect(await site.call('add_note', { text: 'still here' })).not.toContain('Error');
    await other.page.close();
  });
});

describe(inBrowser('denying'), () => {
  it('is remembered across a killed background, without a second prompt (Z24)', async () => {
    await site.page.bringToFront();
    stage.lab.mcpServer.setScopes({ '*': 'notes:read', 'tools/call:read_notes': 'notes:audit' });
    const before = prompts();
    const call = site.call('read_notes');
    await stage.answer('allow', 'deny');
    expect(await call).toContain('Error');
    await stage.browser.killBackground();
    const mark = stage.lab.ledger.mark();
    expect(await site.call('read_notes')).toContain('Error');
    expect(prompts()).toBe(before + 1);
    expect(cost(mark).total).toBe(0);
    expect(await site.call('add_note', { text: 'what was allowed stays' })).not.toContain('Error');
    stage.lab.mcpServer.setScopes({
      '*': 'notes:read',
      'tools/call:add_note': 'notes:write',
      'tools/call:delete_note': 'notes:delete',
    });
  });
});

describe(inBrowser('disconnecting in the popup'), () => {
  it('revokes at the server, tells the page, and leaves the other site alone (RFC 7009)', async () => {
    const mark = stage.lab.ledger.mark();
    const popup = await stage.browser.extensionPage(DOCUMENTS.popup);
    const row = `[data-grant="${stage.lab.siteA.origin} ${stage.lab.mcpServer.url}"]`;
    await popup.waitForSelector(`${row} .disconnect`);
    await popup.click(`${row} .disconnect`);
    await popup.waitForSelector(`${row} .confirm`);
    await popup.click(`${row} .confirm`);
    await expect.poll(() => cost(mark).revocations).toBe(2);
    await popup.waitForFunction(
      (selector) => !document.querySelector(`${selector} .disconnect`),
      {},
      row,
    );
    await popup.close();
    expect(await site.events()).toContainEqual({
      type: 'revoked',
      resource: stage.lab.mcpServer.url,
      scopes: [],
    });
    expect(await site.getToken({ interactive: false })).toMatchObject({
      code: 'interaction_required',
    });
    const other = await stage.visit('siteB');
    expect(await other.getToken({ interactive: false })).toHaveProperty('token');
  });
});

describe(inBrowser('all the while'), () => {
  it('the extension logs nothing and fails nowhere (T-32)', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
