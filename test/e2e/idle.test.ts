/** A person takes their time; the browser stops an extension's background after half a minute of silence. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

/** Long enough for the background to be stopped twice. */
const READING_MS = 66_000;

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true, watchWorker: false });
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

describe(inBrowser('a person who reads for a minute'), () => {
  it('is still answered: the background has slept twice, the page waits on (T-36)', async () => {
    let settled = false;
    const call = site.getToken({ scopes: ['notes:read'] }).finally(() => {
      settled = true;
    });
    await stage.browser.consentPrompt();
    await new Promise((resolve) => setTimeout(resolve, READING_MS));
    expect(settled).toBe(false);
    await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await call).toHaveProperty('token');
    expect(stage.browser.consentWindows.length).toBe(1);
    expect(stage.lab.ledger.cost()).toMatchObject({ authorizations: 1, exchanges: 1 });
  }, 120_000);
});
