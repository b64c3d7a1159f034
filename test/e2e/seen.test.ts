/** The prompt in its real window: what has to be in view before Allow, how much there is to read, and where it stands. */
import type { Page } from 'puppeteer-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONSENT, PATIENCE_MS } from '../../drivers/driver.ts';
import { allow, closeFailed, findPrompt, readToEnd } from '../../drivers/prompt.ts';
import { unseen, watchPieces } from '../popup/support/seen-pieces.ts';
import { wordsOf } from '../popup/support/word-count.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

const LIST = Array.from({ length: 24 }, (_, i) => `area-${String(i)}:${i % 2 ? 'read' : 'admin'}`);

/** Warnings, and the line that quotes the browser's next question: both are there only where there is cause. */
const OTHER_LINES = '.warning, #host-access';

let stage: Stage;
let site: WebClient;
afterEach(() => stage.close());

async function openQuestion(): Promise<Page> {
  const prompt = await stage.browser.consentPrompt();
  await prompt.waitForSelector('#stage[data-step="deciding"] #allow');
  return prompt;
}

const isAwake = (prompt: Page) =>
  prompt.$eval('#allow', (button) => button.getAttribute('data-armed') === 'true');

/** Longer than Allow sleeps once all has been seen. */
const lookOn = (prompt: Page) =>
  prompt.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1600)));

/** New permissions of which no whole line has been above the footer, as this test has measured it. */
const hidden = (prompt: Page) =>
  prompt.$$eval('#scopes-new li', (lines) => {
    const end = document.querySelector('footer')?.getBoundingClientRect().top ?? 0;
    return lines.filter((line) => line.getBoundingClientRect().bottom > end + 3).length;
  });

/** What the browser itself says of its windows. */
const windowsNow = () =>
  stage.browser.evaluateInBackground(async (background) => {
    const { windows } = background.chrome;
    const all = await windows.getAll();
    return all.map(({ id, type, state, left = 0, top = 0, width = 0, height = 0 }) => ({
      ...{ id, type, state, left, top, width, height },
    }));
  });
/** The prompt's; the sign-in window is another one of its kind. */
const promptWindow = async () => {
  const tabs = await stage.browser.evaluateInBackground((background) =>
    background.chrome.tabs.query({ url: background.chrome.runtime.getURL('*') }),
  );
  const [prompt] = tabs.filter(({ url }) => url?.includes(CONSENT));
  return (await windowsNow()).find(({ id }) => id === prompt?.windowId);
};
const isAside = async () => (await promptWindow())?.state === 'minimized';

const isFitted = (prompt: Page) =>
  prompt.evaluate(() => {
    const footer = document.querySelector('footer')?.getBoundingClientRect();
    const sheet = document.querySelector('.sheet')?.getBoundingClientRect();
    const isWhole = document.documentElement.scrollHeight <= innerHeight + 1;
    const isEmpty = (footer?.top ?? 0) - (sheet?.bottom ?? 0) > 48;
    // A small screen holds less than all of it.
    return isWhole ? !isEmpty : outerHeight >= screen.availHeight - 1;
  });

/** The height of the prompt's window once it is fitted and stays so: one that is only just opening says wrong things. */
async function fittedHeight(prompt: Page): Promise<number> {
  let height = 0;
  const stays = async () => {
    const before = height;
    height = await prompt.evaluate(() => outerHeight);
    return height === before && (await isFitted(prompt));
  };
  await expect.poll(stays, { timeout: PATIENCE_MS, interval: 500 }).toBe(true);
  return height;
}

describe(inBrowser('the prompt in its real window'), () => {
  beforeEach(async () => {
    stage = await openTestStage({ https: true });
    site = await stage.visit('siteA');
  });

  it('is allowed only once each permission was in view (T-15, T-19)', async () => {
    const call = site.getToken({ scopes: LIST });
    const prompt = await openQuestion();
    await watchPieces(prompt);
    expect(await hidden(prompt)).toBeGreaterThan(0);
    await lookOn(prompt);
    expect(await isAwake(prompt)).toBe(false);
    await prompt.click('#allow');
    await lookOn(prompt);
    expect(await prompt.$('#stage[data-step="deciding"]')).not.toBeNull();
    await readToEnd(prompt);
    expect(await isAwake(prompt)).toBe(true);
    expect(await unseen(prompt)).toEqual([]);
    await prompt.click('#later').catch(() => undefined);
    expect(await call).toMatchObject({ code: 'access_denied' });
  });

  it('is read in a few words, the plain question and the step-up (Z45)', async () => {
    const first = site.getToken({ scopes: ['notes:read'] });
    const plain = await openQuestion();
    expect(await wordsOf(plain, OTHER_LINES)).toBeLessThanOrEqual(28);
    await allow(plain);
    await stage.signIn();
    expect(await first).toHaveProperty('token');
    const more = site.getToken({ scopes: ['notes:write'] });
    const stepUp = await openQuestion();
    expect(await wordsOf(stepUp, OTHER_LINES)).toBeLessThanOrEqual(34);
    await stepUp.click('#later').catch(() => undefined);
    await more;
  });

  it('is as high as what it shows, and stands beside the page that asks (Z24)', async () => {
    const [asking] = await windowsNow();
    const call = site.getToken({ scopes: ['notes:read'] });
    const prompt = await openQuestion();
    await fittedHeight(prompt);
    const { left = 0, width = 0 } = (await promptWindow()) ?? {};
    const edge = (asking?.left ?? 0) + (asking?.width ?? 0);
    expect(Math.abs(edge - (left + width))).toBeLessThan(48);
    await prompt.click('#later').catch(() => undefined);
    await call;
  });

  it('is out of the way while people sign in, and back when that has failed (Z24)', async () => {
    stage.lab.authorizationServer.twistResponses((response) => {
      response.set('iss', 'https://elsewhere.test');
    });
    const call = site.getToken({ scopes: ['notes:read'] });
    const prompt = await openQuestion();
    await allow(prompt);
    await stage.browser.authorizationWindow(stage.lab.authorizationServer.issuer);
    await expect.poll(isAside, { timeout: PATIENCE_MS }).toBe(true);
    await stage.signIn();
    await prompt.waitForSelector('#failure');
    await expect.poll(isAside, { timeout: PATIENCE_MS }).toBe(false);
    await closeFailed(prompt);
    expect(await call).toMatchObject({ code: 'connect_failed' });
  });
});

describe(inBrowser('two questions in one window'), () => {
  beforeEach(async () => {
    // At loopback people are asked before the server is contacted, and then about the permissions.
    stage = await openTestStage();
    site = await stage.visit('siteA');
  });

  it('have each the height of what it shows (Z24)', async () => {
    const call = site.getToken({ scopes: LIST.slice(0, 3) });
    const heights: number[] = [];
    for (const asked of ['reach', 'allow'] as const) {
      const prompt = await findPrompt(stage.browser, asked);
      heights.push(await fittedHeight(prompt));
      if (asked === 'reach') await allow(prompt);
      else await prompt.click('#later').catch(() => undefined);
    }
    expect(heights[1]).toBeGreaterThan(heights[0]!);
    await call;
  });
});
