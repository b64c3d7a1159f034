/** A provider without PKCE in its metadata, as a person meets it: what Allow alone doesn't do, and what a tick does (Z53). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allow } from '../../drivers/prompt.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true, breaks: 'pkce' });
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

const KEPT = '"kind":"pkce"';

describe(inBrowser('a provider that doesn’t announce PKCE'), () => {
  it('is connected by a tick, never by Allow alone, and only until that is taken back (Z53, R86)', async () => {
    const asked = site.getToken();
    const prompt = await stage.browser.consentPrompt();
    const box = '#override-pkce';
    await prompt.waitForSelector(box);
    const isOn = () => prompt.$eval(box, (field) => (field as HTMLInputElement).checked);
    expect(await isOn()).toBe(false);
    await allow(prompt);
    await prompt.waitForSelector('#overrides .fault');
    expect(stage.lab.ledger.cost()).toMatchObject({ registrations: 0, authorizations: 0 });
    expect(await isOn()).toBe(false);
    expect(await dumpDatabase(stage.browser)).not.toContain(KEPT);

    await prompt.click(box);
    await allow(prompt);
    await stage.signIn();
    expect(await asked).toHaveProperty('token');
    expect(stage.lab.ledger.cost()).toMatchObject({ registrations: 1, exchanges: 1 });
    expect(await dumpDatabase(stage.browser)).toContain(KEPT);

    const settings = await stage.browser.extensionPage(`${DOCUMENTS.settings}#overrides`);
    const row = '#override-list [data-override="pkce"]';
    await settings.waitForSelector(row);
    const { issuer } = stage.lab.authorizationServer;
    expect(await settings.$eval(row, (item) => item.textContent)).toContain(issuer);
    await settings.click(`${row} .remove-override`);
    await settings.waitForSelector(`${row} .confirm`);
    await settings.click(`${row} .confirm`);
    await settings.waitForFunction((gone) => !document.querySelector(gone), {}, row);
    await settings.close();
    expect(await site.getToken({ interactive: false })).not.toHaveProperty('token');
    expect(stage.lab.ledger.tokenRequests('refresh_token')).toEqual([]);
  });
});
