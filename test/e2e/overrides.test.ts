/** Exceptions in the built extension: set, kept and taken back in the settings (Z53). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTS } from '../../src/shared/documents.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import type { Stage } from '../support/stage.ts';

const ISSUER = 'https://login.snowflake.example/oauth';

let stage: Stage;
beforeAll(async () => {
  stage = await openTestStage();
});
afterAll(() => stage.close());

describe(inBrowser('an exception'), () => {
  it('is refused over plain http, kept when it is right, and gone when it is removed (Z53)', async () => {
    const settings = await stage.browser.extensionPage(`${DOCUMENTS.settings}#overrides`);
    await settings.waitForSelector('#add-override');
    await settings.click('#add-override');
    await settings.select('#override-kind', 'endpoints');
    await settings.type('#override-issuer', ISSUER);
    await settings.type('#override-authorizationEndpoint', `${ISSUER}/authorize`);
    await settings.type('#override-tokenEndpoint', 'http://login.snowflake.example/token');
    await settings.click('#overrides [type=submit]');
    await settings.waitForSelector('#overrides form [role=alert]');
    expect(await dumpDatabase(stage.browser)).not.toContain('snowflake');
    await settings.focus('#override-tokenEndpoint');
    await settings.$eval('#override-tokenEndpoint', (field) => {
      (field as HTMLInputElement).select();
    });
    await settings.keyboard.press('Backspace');
    await settings.type('#override-tokenEndpoint', `${ISSUER}/token`);
    await settings.click('#overrides [type=submit]');
    const row = '#override-list [data-override="endpoints"]';
    await settings.waitForSelector(row);
    expect(await settings.$eval(row, (item) => item.textContent)).toContain(`${ISSUER}/token`);
    expect(await dumpDatabase(stage.browser)).toContain('"kind":"endpoints"');
    await settings.click(`${row} .remove-override`);
    await settings.waitForSelector(`${row} .confirm`);
    await settings.click(`${row} .confirm`);
    await settings.waitForFunction((gone) => !document.querySelector(gone), {}, row);
    expect(await dumpDatabase(stage.browser)).not.toContain('snowflake');
    await settings.close();
  });
});
