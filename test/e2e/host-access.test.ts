/** The user takes back what the extension may contact, on the browser's own page, and gives it again (Z13). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POPUP } from '../../drivers/driver.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Outcome, Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage({ https: true });
  site = await stage.visit('siteA');
  const call = site.getToken({ scopes: ['notes:read'] });
  await stage.approve();
  await call;
});
afterAll(() => stage.close());

const PROVIDER = 'https://as.test/*';
const holdsAccess = () => stage.browser.holdsHostAccess(PROVIDER);

/** Withdraws every host that is held; resolves which. */
async function withdrawAll(): Promise<string[]> {
  const page = await stage.browser.extensionPage(POPUP);
  const origins = await page.evaluate(async () => {
    const { permissions } = chrome;
    const { origins: held = [] } = await permissions.getAll();
    await permissions.remove({ origins: held });
    return held;
  });
  await page.close();
  await site.page.bringToFront();
  expect(await holdsAccess()).toBe(false);
  return origins;
}

/** Gives hosts back in a click, as the browser wants it. */
async function giveBack(origins: string[]): Promise<void> {
  const page = await stage.browser.extensionPage(POPUP);
  await page.waitForSelector('main[aria-busy="false"]');
  await page.evaluate((hosts) => {
    document.addEventListener('click', () => void chrome.permissions.request({ origins: hosts }));
  }, origins);
  await page.click('h1');
  await expect.poll(holdsAccess).toBe(true);
  await page.close();
  await site.page.bringToFront();
}

/** Asks for a token in place of the one that is held. */
async function renew(): Promise<Outcome> {
  const { token } = (await site.getToken()) as Extract<Outcome, { token: unknown }>;
  return site.getToken({ rejected: token.access_token });
}

/** Whether a page that is opened now finds the broker. */
async function findsBroker(): Promise<boolean> {
  const page = await stage.browser.page(`${stage.lab.siteB.origin}/bare`);
  await page.waitForFunction(() => 'grantkeeper' in globalThis);
  const found = await page.evaluate(async () => {
    const { grantkeeper } = globalThis as unknown as { grantkeeper: BarePage };
    return (await grantkeeper.findBroker()) !== undefined;
  });
  await page.close();
  return found;
}

describe(inBrowser('host access that the user withdraws'), () => {
  let withdrawn: string[];
  beforeAll(async () => {
    withdrawn = await withdrawAll();
  });

  it('takes no token away that is still good', async () => {
    const mark = stage.lab.ledger.mark();
    expect(await site.getToken()).toHaveProperty('token');
    expect(stage.lab.ledger.since(mark).length).toBe(0);
  });

  it('is what a page is told when its token has to be renewed, without a window (Z10, Z13)', async () => {
    const before = stage.browser.consentWindows.length;
    const mark = stage.lab.ledger.mark();
    expect(await renew()).toEqual({
      code: 'host_access_required',
      message: 'The user has to give the extension access to this host first.',
      retryable: false,
    });
    expect(stage.lab.ledger.since(mark).cost()).toMatchObject({
      authorizations: 0,
      revocations: 0,
    });
    expect(stage.browser.consentWindows.length).toBe(before);
  });

  it('leaves a new page without the broker only where its channel rests on it (PF-6)', async () => {
    expect(await findsBroker()).toBe(stage.browser.ways.findsBrokerWithoutHostAccess);
  });

  it('is made good by giving it back: one refresh, no question, new pages served (Z13)', async () => {
    await giveBack(withdrawn);
    const before = stage.browser.consentWindows.length;
    const mark = stage.lab.ledger.mark();
    expect(await renew()).toHaveProperty('token');
    expect(stage.lab.ledger.since(mark).cost()).toMatchObject({ refreshes: 1, total: 1 });
    expect(stage.browser.consentWindows.length).toBe(before);
    expect(await findsBroker()).toBe(true);
  });

  it('is asked for again inside the next Allow (Z13)', async () => {
    await withdrawAll();
    const call = site.getToken({ scopes: ['notes:write'] });
    const { text } = await stage.answer('allow', 'allow');
    expect(text).toContain('https://as.test');
    await stage.signIn();
    expect(await call).toHaveProperty('token');
    expect(await holdsAccess()).toBe(true);
  });

  it('makes the extension log nothing and fail nowhere (T-32)', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
