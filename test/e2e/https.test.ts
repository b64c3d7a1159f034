/** The same over real HTTPS hosts with developer mode off: nothing rests on the loopback exception. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import type { Stage, WebClient } from '../support/stage.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true });
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

const cost = (mark: number) => stage.lab.ledger.since(mark).cost();

describe(inBrowser('over https on public names'), () => {
  it('a first connection is one click: metadata is read before it, nothing else is sent (Z2, Z13)', async () => {
    const holds = () => stage.browser.holdsHostAccess('https://as.test/*');
    const tools = site.connect();
    const prompt = await stage.browser.consentPrompt();
    await prompt.waitForSelector('#stage[data-stage="allow"]');
    expect(cost(0)).toMatchObject({ metadata: 2, registrations: 0, authorizations: 0 });
    expect(await holds()).toBe(stage.browser.ways.holdsHostAccessFromStart);
    const shown = await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await tools).toContain('read_notes');
    expect(await holds()).toBe(true);
    expect(shown.text).toContain('https://client-a.test');
    expect(stage.browser.consentWindows.length).toBe(1);
  });

  it('steps up with a refresh token held and does not refresh (B1)', async () => {
    const mark = stage.lab.ledger.mark();
    const call = site.call('add_note', { text: 'secure' });
    const shown = await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await call).toContain('secure');
    expect(shown.added).toEqual(['notes:write']);
    expect(cost(mark)).toMatchObject({ refreshes: 0, authorizations: 1, exchanges: 1 });
  });

  it('serves a second site apart, and revoking it leaves the first alone (Z1)', async () => {
    const other = await stage.visit('siteB');
    const tools = other.connect();
    await stage.approve();
    expect(await tools).toContain('read_notes');
    const popup = await stage.browser.extensionPage(DOCUMENTS.popup);
    const row = '[data-grant="https://client-b.test https://mcp.test/mcp"]';
    await popup.waitForSelector(`${row} .disconnect`);
    await popup.click(`${row} .disconnect`);
    await popup.waitForSelector(`${row} .confirm`);
    await popup.click(`${row} .confirm`);
    await expect
      .poll(async () => (await other.events()).map(({ type }) => type))
      .toContain('revoked');
    await popup.close();
    expect(await other.getToken({ interactive: false })).toMatchObject({
      code: 'interaction_required',
    });
    await site.page.bringToFront();
    expect(await site.call('add_note', { text: 'still allowed' })).not.toContain('Error');
  });

  it('refuses a loopback server to a public site while developer mode is off (Z3)', async () => {
    const mark = stage.lab.ledger.mark();
    const outcome = await site.getToken({ resource: 'http://127.0.0.1:9/mcp' });
    expect(outcome).toMatchObject({ code: 'connect_failed' });
    expect(stage.lab.ledger.since(mark).length).toBe(0);
  });

  it('keeps every secret encrypted at rest (Z17, T-34)', async () => {
    const call = site.getToken();
    await stage.answer('hand', 'allow');
    const outcome = (await call) as { token: { access_token: string } };
    const rows = await dumpDatabase(stage.browser);
    expect(rows).toContain('https://client-a.test');
    expect(rows).not.toContain(outcome.token.access_token);
    // A trace names the member, and holds a mark in place of its value.
    expect(rows).toContain('"refresh_token":"‹redacted›"');
    expect(rows).not.toMatch(/refresh_?token"?:\s*"(?!‹redacted›")/i);
  });

  it('logs nothing and fails nowhere (T-32)', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
