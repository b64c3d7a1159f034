/**
 * What the user keeps in hand after a connection, clicked in the packaged extension: how long, one scope less, a
 * pause, a second account, what happened, and the end of it all.
 */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import type { Outcome, Stage, WebClient } from '../support/stage.ts';
import { DOCUMENTS, type DocumentName } from '../../src/shared/documents.ts';

let stage: Stage;
let site: WebClient;
let popup: Page;
/** Every access token that the page was given; none may be found where the user looks. */
const tokens: string[] = [];

beforeAll(async () => {
  stage = await openTestStage();
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

const prompts = () => stage.browser.consentWindows.length;
const scopesOf = (outcome: Outcome) => {
  if (!('token' in outcome)) return outcome.code;
  tokens.push(outcome.token.access_token);
  return outcome.token.scope.split(' ').sort();
};
const open = (name: DocumentName, fragment = '') =>
  stage.browser.extensionPage(DOCUMENTS[name] + fragment);
const click = async (page: Page, selector: string) => {
  await page.waitForSelector(selector);
  await page.click(selector);
};
const kinds = async () => {
  const page = await open('activity');
  await page.waitForSelector('.event');
  const all = await page.$$eval('.event', (rows) =>
    rows.map((row) => row.getAttribute('data-kind')),
  );
  const written = await page.content();
  await page.close();
  return { all, written };
};

interface WithRuntime {
  chrome: { runtime: { sendMessage(message: unknown): Promise<unknown> } };
}

describe(inBrowser('how long and how much'), () => {
  it('is what the user chose in the prompt: a day', async () => {
    const call = site.getToken({ scopes: ['notes:read', 'notes:write'] });
    await stage.answer('reach', 'allow');
    const prompt = await stage.browser.consentPrompt();
    await prompt.waitForSelector('#duration');
    await prompt.select('#duration', 'day');
    await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(scopesOf(await call)).toEqual(['notes:read', 'notes:write']);
    popup = await open('popup');
    await popup.waitForSelector('.lifetime[data-duration="day"]');
  });

  it('is one scope less at a click, and the page is not asked about for it again (Z23, Z24)', async () => {
    const before = prompts();
    await click(popup, '.remove[aria-label*="notes:write"]');
    await click(popup, '.confirm');
    await popup.waitForSelector('.scope-outcome[data-outcome="narrowed"]');
    expect(scopesOf(await site.getToken())).toEqual(['notes:read']);
    expect(scopesOf(await site.getToken({ scopes: ['notes:write'] }))).toBe('access_denied');
    expect(prompts()).toBe(before);
  });
});

describe(inBrowser('a paused site'), () => {
  it('gets nothing and opens nothing, and all of it again afterwards', async () => {
    const [before, mark] = [prompts(), stage.lab.ledger.mark()];
    // The switch stands in the toolbar's own panel, which no driver reaches in Firefox; test/popup clicks it.
    await popup.evaluate((origin) => {
      const pause = { door: 'extension', call: 'pause', params: { origin, paused: true } };
      return (globalThis as unknown as WithRuntime).chrome.runtime.sendMessage(pause);
    }, stage.lab.siteA.origin);
    expect(scopesOf(await site.getToken())).toBe('access_denied');
    expect(stage.lab.ledger.since(mark).length).toBe(0);
    const settings = await open('settings');
    await click(settings, '.resume');
    await settings.waitForFunction(() => !document.querySelector('.resume'));
    await settings.close();
    expect(scopesOf(await site.getToken())).toEqual(['notes:read']);
    expect(prompts()).toBe(before);
  });
});

describe(inBrowser('a second account'), () => {
  it('signs in apart from the first, under the name that the user gave it (Z1)', async () => {
    await click(popup, '.grant-details > summary');
    await click(popup, '.add-account');
    await popup.type('.naming input', 'Work');
    const window = stage.browser.authorizationWindow('/interaction/');
    await popup.click('.naming [type=submit]');
    const signIn = await window;
    await signIn.waitForSelector('#login');
    await signIn.$eval('#login', (field) => field.setAttribute('value', 'somebody-else'));
    await stage.signIn();
    await popup.waitForFunction(
      () =>
        document.querySelectorAll('.account').length === 2 &&
        document.querySelector('.account:has(:checked) .account-name')?.textContent === 'Work',
    );
    const [, request] = stage.lab.ledger.authorizationRequests();
    expect(request).toBeDefined();
  });

  it('is what the site uses until the user chooses the other one', async () => {
    const [work] = [await site.getToken()];
    await click(popup, '.account[data-account="default"] input');
    await popup.waitForFunction(() =>
      document.querySelector<HTMLInputElement>('.account[data-account="default"] :checked'),
    );
    const first = await site.getToken();
    expect(scopesOf(first)).toEqual(scopesOf(work));
    expect(first).not.toEqual(work);
    expect((await site.events()).map(({ type }) => type)).toContain('grantchange');
  });
});

describe(inBrowser('what happened'), () => {
  it('is told newest first, step by step for developers, and holds no token (T-32)', async () => {
    const { all, written } = await kinds();
    expect(all).toEqual(
      expect.arrayContaining(['connected', 'narrowed', 'paused', 'resumed', 'used']),
    );
    // What was allowed and then done is one act, and has one row.
    expect(all).not.toContain('allowed');
    const page = await open('activity', '#traces');
    await click(page, '#traces .event-done a');
    await page.waitForSelector('#steps .step');
    const places = [written, await page.content(), await dumpDatabase(stage.browser)];
    for (const token of tokens) {
      for (const place of places) expect(place).not.toContain(token);
    }
    await page.close();
  });
});

describe(inBrowser('the end of it all'), () => {
  it('is one button with a second step: tokens revoked, nothing kept, the page told', async () => {
    const mark = stage.lab.ledger.mark();
    const settings = await open('settings');
    await click(settings, '.erase-everything');
    await click(settings, '#erase .confirm');
    await settings.waitForFunction(() => document.querySelector('.erase-everything'));
    expect(stage.lab.ledger.since(mark).cost().revocations).toBeGreaterThan(0);
    const held = await dumpDatabase(stage.browser);
    expect(held).not.toContain(stage.lab.mcpServer.url);
    expect((await site.events()).map(({ type }) => type)).toContain('revoked');
    await settings.close();
    expect(scopesOf(await site.getToken({ interactive: false }))).toBe('interaction_required');
  });

  it('left no complaint of the extension behind (T-32)', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
