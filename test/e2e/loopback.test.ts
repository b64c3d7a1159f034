/**
 * Sign-ins that lead back to this computer, while a program listens on the very port (Z35). The provider takes
 * `localhost` only, so that Firefox's own address is no way out.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redirectShapes } from '../../demo/redirect-shapes.ts';
import { loopbackToAllow } from '../../src/protocol/redirect-choice.ts';
import { LOOPBACK_PATTERNS } from '../../src/shared/facts/loopback-redirect.ts';
import { sha256Hex } from '../../src/shared/facts/sha256.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { plantListener, type PlantedListener } from '../support/planted-listener.ts';
import type { Stage, WebClient } from '../support/stage.ts';

const PATTERN = 'http://localhost/*';
/** Longer than a browser takes to send a request that nothing holds back. */
const A_WHILE = 1500;

let stage: Stage;
let site: WebClient;
let listener: PlantedListener;
let address: string;
beforeEach(async () => {
  const redirects = redirectShapes().find(({ id }) => id === 'localhost')!;
  stage = await openTestStage({ https: true, redirects });
  await stage.browser.preApproveHostAccess(LOOPBACK_PATTERNS);
  const issuerHash = await sha256Hex(stage.lab.authorizationServer.issuer);
  const uri = new URL(loopbackToAllow({ issuerHash }));
  uri.hostname = 'localhost';
  address = uri.href;
  listener = await plantListener(Number(uri.port));
  site = await stage.visit('siteA');
});
afterEach(async () => {
  await stage.close();
  await listener.close();
});

const holds = () => stage.browser.holdsHostAccess(PATTERN);
const rules = () =>
  stage.browser.evaluateInBackground(async ({ chrome }) => {
    const all = await chrome.declarativeNetRequest.getSessionRules();
    return all.filter(({ id }) => id === 3).length;
  });

/**
 * Allows, and where the browser gives access in a click only, clicks once more: the page has been told by then that it
 * did not work, and its next call has what the click brings.
 */
async function begin() {
  const want = () => site.getToken({ scopes: ['notes:read'] });
  const first = want();
  // Not every test waits for it.
  first.catch(() => undefined);
  await stage.answer('allow', 'allow');
  const isRefused = !stage.browser.ways.holdsHostAccessFromStart;
  if (isRefused) {
    const prompt = await stage.browser.consentPrompt();
    await prompt.waitForSelector('#use-loopback', { visible: true });
    await prompt.click('#use-loopback');
  }
  const window = await stage.browser.authorizationWindow('/interaction/');
  await window.waitForSelector('#sign-in');
  const outcome = async () => {
    const told = await first;
    return isRefused ? want() : told;
  };
  return { outcome, window };
}

/** The whole address that would complete the sign-in which is open, as somebody might have guessed it. */
function forged(): string {
  const { state = '' } = stage.lab.ledger.entries.findLast((entry) => entry.state !== undefined)!;
  const { issuer } = stage.lab.authorizationServer;
  const query = new URLSearchParams({ code: 'evil', state, iss: issuer });
  return `${address}?${query}`;
}

describe(inBrowser('a sign-in that leads back to this computer'), () => {
  it('is caught before anything is sent, and what is lent for it is given back (T-56, Z35)', async () => {
    const before = await holds();
    const { outcome } = await begin();
    expect(await holds()).toBe(true);
    expect(await rules()).toBe(1);
    await stage.signIn();
    expect(await outcome()).toHaveProperty('token');
    expect(stage.lab.ledger.cost()).toMatchObject({ exchanges: 1 });
    await expect.poll(holds).toBe(before);
    await expect.poll(rules).toBe(0);
    await sleep(A_WHILE);
    expect(listener.got()).toEqual({ connections: 0, bytes: 0 });
    expect(stage.browser.faults).toEqual([]);
  });

  it('is not ended by another tab with the right state, nor by a second window of the provider (T-57, Z35)', async () => {
    const { outcome, window } = await begin();
    const evil = await stage.browser.browser.newPage();
    await evil.goto(forged()).catch(() => undefined);
    await window.evaluate((url) => void globalThis.open(url), forged()).catch(() => undefined);
    await sleep(A_WHILE);
    expect(stage.lab.ledger.tokenRequests('authorization_code')).toEqual([]);
    // Where a page or a person goes there, Chromium may connect ahead of its request; that is not sent.
    expect(listener.got().bytes).toBe(0);
    await window.bringToFront();
    await stage.signIn();
    expect(await outcome()).toHaveProperty('token');
    const codes = stage.lab.ledger.tokenRequests('authorization_code');
    expect(codes.map(({ status }) => status)).toEqual([200]);
    expect(listener.got().bytes).toBe(0);
  });

  it('ends when its window is closed, and leaves nothing behind (Z35)', async () => {
    const before = await holds();
    const { window } = await begin();
    await window.close();
    await expect.poll(rules).toBe(0);
    await expect.poll(holds).toBe(before);
  });

  it('begins again after the background was killed, without a second question (K13, Z35)', async () => {
    const { outcome, window } = await begin();
    const closed = stage.browser.whenClosed(window);
    await stage.browser.killBackground();
    await closed;
    await stage.signIn();
    await outcome();
    expect(await site.getToken({ interactive: false })).toHaveProperty('token');
    await expect.poll(rules).toBe(0);
    expect(listener.got()).toEqual({ connections: 0, bytes: 0 });
    expect(stage.browser.consentWindows.length).toBe(1);
  });

  it('is one at a time: of two sites both are connected, each with its own (Z35)', async () => {
    const { outcome } = await begin();
    const other = await stage.visit('siteB');
    const second = other.getToken({ scopes: ['notes:read'] });
    await stage.answer('allow', 'allow');
    await stage.signIn();
    await stage.signIn();
    const [one, two] = await Promise.all([outcome(), second]);
    expect([one, two]).toEqual([
      expect.objectContaining({ token: expect.any(Object) }),
      expect.objectContaining({ token: expect.any(Object) }),
    ]);
    expect(one).not.toEqual(two);
    expect(listener.got()).toEqual({ connections: 0, bytes: 0 });
  });
});
