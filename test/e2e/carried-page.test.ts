/** The page's side of carried requests in a real browser: bytes pass both ways, and the page never holds the token. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';
import { POPUP } from '../../drivers/driver.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage();
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

interface Page {
  sdk: { broker: NonNullable<Awaited<ReturnType<BarePage['findBroker']>>> };
}

/** Lets the extension contact the server, in a click, as the next Allow would ask for it. */
async function giveAccess(): Promise<void> {
  const hosts = [
    `${new URL(stage.lab.mcpServer.url).protocol}//${new URL(stage.lab.mcpServer.url).hostname}/*`,
  ];
  if (await stage.browser.holdsHostAccess(hosts[0]!)) return;
  await stage.browser.preApproveHostAccess(hosts);
  const page = await stage.browser.extensionPage(POPUP);
  await page.waitForSelector('main[aria-busy="false"]');
  await page.evaluate((origins) => {
    document.addEventListener('click', () => void chrome.permissions.request({ origins }));
  }, hosts);
  await page.click('h1');
  await expect.poll(() => stage.browser.holdsHostAccess(hosts[0]!)).toBe(true);
  await page.close();
  await site.page.bringToFront();
}

describe(inBrowser('the official client of a page whose requests are carried'), () => {
  it('connects, steps up and calls tools, and its page sends no token (Z26)', async () => {
    await giveAccess();
    const connected = site.connect();
    await stage.approve();
    expect(await connected).toContain('read_notes');
    const permission = await site.page.evaluate(
      (url) => (globalThis as unknown as Page).sdk.broker.permission(url),
      stage.lab.mcpServer.url,
    );
    expect(permission).toMatchObject({ granted: true, carried: true });
    expect(await site.call('read_notes')).not.toContain('Error');
    const adding = site.call('add_note', { text: 'x' });
    await stage.answer('allow', 'allow');
    await stage.signIn();
    expect(await adding).not.toContain('Error');
  });

  it('sends and gets more than one part (Z30)', async () => {
    // The server reads no more than 100 kB at a time, and answers what is more all the same.
    expect(await site.call('add_note', { text: 'ü'.repeat(2_000_000) })).toContain('too large');
    expect(await site.call('add_note', { text: 'ü'.repeat(200) })).not.toContain('Error');
    expect(await site.call('read_notes')).toContain('ü'.repeat(200));
  });
});
