/** The person's switch in the popup: a token that a page has is dead, and no page gets another (Z26). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POPUP } from '../../drivers/driver.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Outcome, Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
let given: string;
beforeAll(async () => {
  stage = await openTestStage();
  site = await stage.visit('siteA');
  const call = site.getToken({ scopes: ['notes:read'] });
  await stage.approve();
  given = ((await call) as Extract<Outcome, { token: unknown }>).token.access_token;
});
afterAll(() => stage.close());

/** Clicks the switch of the one grant; resolves what is said of it. */
async function flip(): Promise<string> {
  const page = await stage.browser.extensionPage(POPUP);
  await page.waitForSelector('main[aria-busy="false"] .keeping summary');
  await page.click('.grant-details > summary');
  await page.click('.keeping summary');
  const before = await page.$eval('.keeping input', (box) => box.checked);
  await page.click('.keeping .switch');
  await page.waitForFunction(
    (was) => {
      const box = document.querySelector<HTMLInputElement>('.keeping input');
      return box?.checked === !was && box.ariaDisabled !== 'true';
    },
    {},
    before,
  );
  const words = await page.$eval('.seal-outcome', (line) => line.textContent);
  await page.close();
  await site.page.bringToFront();
  return words;
}

describe(inBrowser('a grant that the person seals in the popup'), () => {
  it('ends the token that the page has, at its server (Z26)', async () => {
    expect(await stage.lab.authorizationServer.findAccessToken(given)).toBeDefined();
    expect(await flip()).toContain('no longer works');
    expect(await stage.lab.authorizationServer.findAccessToken(given)).toBeUndefined();
  });

  it('gives no page another one, with nothing on the screen (Z26)', async () => {
    const mark = stage.lab.ledger.mark();
    for (const params of [{}, { interactive: false }, { rejected: given }]) {
      expect(await site.getToken(params)).toMatchObject({ code: 'sealed' });
    }
    expect(stage.lab.ledger.since(mark).length).toBe(0);
  });

  it('is opened by the same switch, and the page asks before it has a token (Z26)', async () => {
    await flip();
    expect(await site.getToken({ interactive: false })).toMatchObject({
      code: 'interaction_required',
    });
  });
});
