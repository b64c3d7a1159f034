/** By which name the background knows the browser session, so that a grant can end with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true });
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

/** The rule in which the name is kept. */
const sessionRule = () =>
  stage.browser.evaluateInBackground(async ({ chrome }) => {
    const rules = await chrome.declarativeNetRequest.getSessionRules();
    return rules.find(({ id }) => id === 2)?.condition.urlFilter;
  });

describe(inBrowser('the browser session'), () => {
  it('has one name for every worker that lives in it', async () => {
    await site.getToken({ interactive: false });
    const before = await sessionRule();
    expect(before).toMatch(/^\|\|[0-9a-f-]{36}\.invalid\/$/);
    await stage.browser.killBackground();
    await site.getToken({ interactive: false });
    expect(await sessionRule()).toBe(before);
  });
});
