/**
 * A page that is left and come back to: both browsers keep it as it was (back/forward cache), and close its channel
 * to the extension behind its back.
 */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Listener } from '../../demo/listen.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { POPUP } from '../../drivers/driver.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { goBackTo, leaveFor } from '../support/history.ts';
import { listenKeepable } from '../support/keepable-site.ts';
import type { Stage } from '../support/stage.ts';

/** What the page keeps in its memory while it is away. */
interface Kept {
  grantkeeper: BarePage;
  broker: NonNullable<Awaited<ReturnType<BarePage['findBroker']>>>;
  events: string[];
  persisted: boolean;
}

let stage: Stage;
let server: Listener;
let page: Page;
beforeAll(async () => {
  stage = await openTestStage();
  server = await listenKeepable();
  page = await stage.browser.page(addressOn('127.0.0.1'));
  await page.waitForFunction(() => 'grantkeeper' in globalThis);
});
afterAll(() => Promise.all([stage.close(), server.close()]));

const addressOn = (host: string) => `http://${host}:${server.address.port}/bare.html`;

/** Goes to another page, lets something happen meanwhile, and comes back to the very document that was left. */
async function leaveAndReturn(meanwhile: () => Promise<void>): Promise<void> {
  await page.evaluate(() => {
    Object.assign(globalThis, { persisted: false });
    addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }));
  });
  await leaveFor(page, addressOn('localhost'));
  await meanwhile();
  await page.bringToFront();
  await goBackTo(page, addressOn('127.0.0.1'));
  expect(await page.evaluate(() => (globalThis as unknown as Kept).persisted)).toBe(true);
}

/** The code of a passive call, or `token`; nothing is asked of anybody for it. */
function passively(): Promise<string> {
  return page.evaluate(async (resource) => {
    const { broker } = globalThis as unknown as Kept;
    const token = broker.getToken({ resource, interactive: false });
    return token.then(
      () => 'token',
      (error: unknown) => (error as { code: string }).code,
    );
  }, stage.lab.mcpServer.url);
}

async function connect(): Promise<void> {
  const call = page.evaluate(
    (resource) => (globalThis as unknown as Kept).broker.getToken({ resource }),
    stage.lab.mcpServer.url,
  );
  await stage.approve();
  await call;
}

async function disconnectInPopup(): Promise<void> {
  const popup = await stage.browser.extensionPage(POPUP);
  await (await popup.waitForSelector('[data-grant] .disconnect'))!.click();
  await (await popup.waitForSelector('[data-grant] .confirm'))!.click();
  await popup.waitForSelector('[data-grant] .outcome[data-outcome="revoked"]');
  await popup.close();
}

const events = () => page.evaluate(() => (globalThis as unknown as Kept).events);

describe(inBrowser('a page that the browser keeps and brings back'), () => {
  beforeAll(async () => {
    await page.evaluate(async () => {
      const kept = globalThis as unknown as Kept;
      const broker = await kept.grantkeeper.findBroker();
      if (!broker) throw new Error('No broker answers');
      Object.assign(kept, { broker, events: [] });
      for (const type of ['grantchange', 'revoked'] as const) {
        broker.addEventListener(type, () => kept.events.push(type));
      }
    });
    await connect();
  });

  it('is served at once by the broker that it had found (T-36)', async () => {
    await leaveAndReturn(() => Promise.resolve());
    expect(await passively()).toBe('token');
  });

  it('knows nothing of a token that was taken away meanwhile', async () => {
    await leaveAndReturn(disconnectInPopup);
    expect(await passively()).toBe('interaction_required');
  });

  it('is told again of what happens', async () => {
    const before = (await events()).length;
    await connect();
    await expect.poll(async () => (await events()).slice(before)).toEqual(['grantchange']);
  });

  it('leaves no fault behind', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
