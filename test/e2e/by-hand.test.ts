/** A provider that registers nobody: the user enters a client id in the prompt, and finds it in the settings. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allow } from '../../drivers/prompt.ts';
import { inBrowser, openTestStage, REDIRECT_URI } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import type { Stage, WebClient } from '../support/stage.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';

/** As its owner would have created it in the provider's own pages. */
const KNOWN = {
  client_id: 'registered-by-hand',
  client_secret: 'a-secret-of-some-length-for-the-test',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'client_secret_basic' as const,
};

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true, registration: false, clients: [KNOWN] });
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

describe(inBrowser('a provider set up by hand'), () => {
  it('is entered in the prompt, which tells the redirect URI; then the question goes on (R23)', async () => {
    const call = site.getToken({ scopes: ['notes:read'] });
    const prompt = await stage.browser.consentPrompt();
    await prompt.waitForSelector('#stage[data-stage="client"] #client-id');
    expect(await prompt.$eval('#redirect-uri', (code) => code.textContent)).toBe(REDIRECT_URI);
    await prompt.type('#client-id', KNOWN.client_id);
    await prompt.select('#client-auth', 'client_secret_basic');
    await prompt.type('#client-secret', KNOWN.client_secret);
    await allow(prompt);
    await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await call).toHaveProperty('token');
    expect(stage.browser.consentWindows.length).toBe(1);
    expect(stage.lab.ledger.cost()).toMatchObject({ authorizations: 1, exchanges: 1 });
  });

  it('is in the settings without its secret, and can be deleted there (T-34)', async () => {
    const settings = await stage.browser.extensionPage(DOCUMENTS.settings);
    const row = `[data-issuer="${stage.lab.authorizationServer.issuer}"]`;
    await settings.waitForSelector(row);
    expect(await settings.$eval(row, (item) => item.textContent)).toContain(KNOWN.client_id);
    const places = [await settings.content(), await dumpDatabase(stage.browser)];
    for (const place of places) expect(place).not.toContain(KNOWN.client_secret);
    await settings.click(`${row} .delete`);
    await settings.waitForSelector(`${row} .confirm`);
    await settings.click(`${row} .confirm`);
    await settings.waitForFunction((gone) => !document.querySelector(gone), {}, row);
    await settings.close();
  });

  it('is saved from the settings too, for an issuer as it is written there', async () => {
    const { issuer } = stage.lab.authorizationServer;
    const address = `${DOCUMENTS.settings}#client=${encodeURIComponent(issuer)}`;
    const settings = await stage.browser.extensionPage(address);
    await settings.waitForSelector('#client-id');
    await settings.type('#client-id', KNOWN.client_id);
    await settings.click('.client-form [type=submit]');
    const row = `[data-issuer="${issuer}"]`;
    await settings.waitForSelector(`${row} .edit`);
    expect(await settings.$eval(row, (item) => item.textContent)).toContain(KNOWN.client_id);
    await settings.close();
  });
});

describe(inBrowser('the first screens'), () => {
  it('are shown by the extension itself, and end without having asked for anything', async () => {
    const [requests, windows] = [stage.lab.ledger.length, stage.browser.consentWindows.length];
    const page = await stage.browser.extensionPage(DOCUMENTS.onboarding);
    for (const button of ['#next', '#finish']) {
      await page.waitForSelector(button);
      await page.click(button);
    }
    await page.waitForSelector('#outcome');
    // Neither a server nor the person.
    expect(stage.lab.ledger.length).toBe(requests);
    expect(stage.browser.consentWindows.length).toBe(windows);
    expect(await dumpDatabase(stage.browser)).not.toContain('"deciding"');
    await page.close();
  });
});
