/** Whose window is whose: a prompt that shows something else, and pop-ups of others during a sign-in (ADR 0029). */
import type { Page } from 'puppeteer-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATIENCE_MS, POPUP } from '../../drivers/driver.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Outcome, Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeEach(async () => {
  // A worker that is watched would wait, once it was reloaded, for somebody who does not come.
  stage = await openTestStage({ watchWorker: false });
  site = await stage.visit('siteA');
});
afterEach(() => stage.close());

const SCOPES = { scopes: ['notes:read'] };

/** What both browsers offer a background under this name. */
interface WithChrome {
  chrome: {
    runtime: { getURL(path: string): string };
    tabs: {
      query(filter: { url?: string }): Promise<{ id: number; url?: string }[]>;
      update(tab: number, change: { url: string }): Promise<unknown>;
    };
  };
}

/** A question that is on the screen. */
async function openQuestion(): Promise<Page> {
  const prompt = await stage.browser.consentPrompt();
  await prompt.waitForSelector('#stage[data-step="deciding"] #allow');
  return prompt;
}

/** Puts another page into the prompt's window, as nobody would tell the extension. */
async function replacePrompt(): Promise<void> {
  await openQuestion();
  const replaced = await stage.browser.evaluateInBackground(async (background) => {
    const { tabs, runtime } = (background as unknown as WithChrome).chrome;
    const root = runtime.getURL('src/popup/consent/consent.html');
    const prompts = (await tabs.query({})).filter(({ url }) => url?.startsWith(root));
    for (const { id } of prompts) await tabs.update(id, { url: 'about:blank' });
    return prompts.length;
  });
  expect(replaced).toBe(1);
  await expect.poll(openPrompts, { timeout: PATIENCE_MS }).toBe(0);
  await site.page.bringToFront();
}

const openPrompts = async (): Promise<number> =>
  (await stage.browser.openPages((url) => url.includes('/consent.html'))).length;

describe(inBrowser('a prompt whose window shows another page'), () => {
  it('is asked anew by the next call, and both calls are answered (W7)', async () => {
    const first = site.getToken(SCOPES);
    await replacePrompt();
    // Not the very same: equal calls of a page are one.
    const second = site.getToken({ ...SCOPES, interactive: true });
    await stage.approve();
    expect(await first).toHaveProperty('token');
    expect(await second).toHaveProperty('token');
    expect(stage.lab.ledger.cost()).toMatchObject({ authorizations: 1, exchanges: 1 });
  });

  it('is asked anew by the next call after the background was stopped (W7)', async () => {
    const lost = site.getToken(SCOPES);
    await replacePrompt();
    await stage.browser.killBackground();
    const next = site.getToken(SCOPES);
    await stage.approve();
    expect(await next).toHaveProperty('token');
    await lost;
    expect(await site.getToken({ interactive: false })).toHaveProperty('token');
  });

  it('is asked anew after the extension was installed again, without a reload of the page (W7)', async () => {
    const lost = site.getToken(SCOPES);
    await openQuestion();
    await stage.browser.browser.installExtension(stage.extension);
    await expect.poll(openPrompts, { timeout: PATIENCE_MS }).toBe(0);
    await site.page.bringToFront();
    const isToBeRepeated = (outcome: Outcome) => 'retryable' in outcome && outcome.retryable;
    let next: Promise<Outcome> = site.getToken({ ...SCOPES, interactive: true });
    next = next.then((first) => (isToBeRepeated(first) ? site.getToken(SCOPES) : first));
    await stage.approve();
    expect(await next).toHaveProperty('token');
    await lost;
  });
});

describe(inBrowser('pop-ups of others during a sign-in'), () => {
  const openAt = async (path: string): Promise<number> =>
    (await stage.browser.openPages((url) => url.includes(path))).length;

  /** Opens a pop-up as a page does, and waits until it is there. */
  async function popUp(page: Page, path: string): Promise<void> {
    await page.evaluate((url) => {
      window.open(url, '_blank', 'popup,width=300,height=300');
    }, path);
    await expect.poll(() => openAt(path), { timeout: PATIENCE_MS }).toBe(1);
  }

  it('stay when the site is paused, and the sign-in window is closed (W8)', async () => {
    const call = site.getToken(SCOPES);
    await stage.answer('reach', 'allow');
    await stage.answer('allow', 'allow');
    const signIn = await stage.browser.authorizationWindow('/interaction/');
    await signIn.waitForSelector('#sign-in');
    const unrelated = await stage.browser.page(`${stage.lab.siteB.origin}/bare`);
    await popUp(signIn, '/other-window-of-the-provider');
    await popUp(unrelated, '/window-of-another-tab');
    const own = await stage.browser.extensionPage(POPUP);
    const closed = stage.browser.whenClosed(signIn);
    await own.evaluate(
      (origin) =>
        (
          globalThis as unknown as {
            chrome: { runtime: { sendMessage(message: unknown): Promise<unknown> } };
          }
        ).chrome.runtime.sendMessage({
          door: 'extension',
          call: 'pause',
          params: { origin, paused: true },
        }),
      stage.lab.siteA.origin,
    );
    await closed;
    expect(await call).toMatchObject({ code: 'access_denied' });
    expect(await openAt('/other-window-of-the-provider')).toBe(1);
    expect(await openAt('/window-of-another-tab')).toBe(1);
    expect(stage.lab.ledger.cost()).toMatchObject({ exchanges: 0 });
  });
});
