/** A page that has 500 requests carried never sees what they went with: not on its ports, not in its memory. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { send } from '../support/carried-page.ts';
import { startCarriedServer, type CarriedServer } from '../support/carried-server.ts';
import { findSecrets, recordPort, type Recorded } from '../support/recorded-port.ts';
import { webClientOn, type Stage } from '../support/stage.ts';

/** Between ten requests and the next ten: a site may have a hundred carried in ten seconds (Z27); milliseconds. */
const PAUSE = 1050;

let stage: Stage;
let server: CarriedServer;
let page: Page;
let recorded: Recorded;

beforeAll(async () => {
  server = await startCarriedServer(() => stage.lab.authorizationServer);
  stage = await openTestStage({ otherScopesOf: (resource) => server.scopesOf(resource) });
  page = await stage.browser.browser.newPage();
  recorded = await recordPort(page);
  await page.goto(`${stage.lab.siteA.origin}/bare`);
  await webClientOn(page, server.url);
  const first = send(page, `${server.url}/echo`);
  await stage.approve();
  expect(await first).toMatchObject({ status: 200 });
});
afterAll(() => Promise.all([stage.close(), server.close()]));

describe(inBrowser('the credential'), () => {
  it('is in no message of the page’s ports, over 500 calls (T-32)', async () => {
    const statuses = await page.evaluate(
      async (url, pause) => {
        const { broker } = (globalThis as unknown as { sdk: { broker: { fetch: typeof fetch } } })
          .sdk;
        const seen: Record<string, number> = {};
        for (let i = 0; i < 50; i += 1) {
          await new Promise((resolve) => setTimeout(resolve, pause));
          const ten = Array.from({ length: 10 }, () =>
            broker.fetch(url, { method: 'POST', body: '{}' }),
          );
          for (const response of await Promise.all(ten)) {
            await response.text();
            seen[response.status] = (seen[response.status] ?? 0) + 1;
          }
        }
        return seen;
      },
      `${server.url}/echo`,
      PAUSE,
    );
    expect(statuses).toEqual({ 200: 500 });
    const messages = await recorded.read();
    expect(messages.count).toBeGreaterThan(1000);
    expect(findSecrets(messages.text, server.tokens)).toBe(0);
    expect(server.tokens.size).toBeGreaterThan(0);
  }, 120_000);

  it('is nowhere in the page’s memory, where one that is planted is found (T-32)', async () => {
    // Only Chromium hands out what a page holds; Firefox's messages were looked at above.
    const snapshots = await recorded.heap();
    for (const heap of snapshots) expect(findSecrets(heap, server.tokens)).toBe(0);
    const [token = ''] = server.tokens;
    await page.evaluate((planted) => Object.assign(globalThis, { planted }), token);
    for (const heap of await recorded.heap()) expect(findSecrets(heap, server.tokens)).toBe(1);
    expect(snapshots.length).toBe(stage.target === 'chrome' ? 1 : 0);
  });
});
