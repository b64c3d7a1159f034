/** Two pages that have 500 requests carried never see what they went with: not on their ports, not in their memory. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { send } from '../support/carried-page.ts';
import { startCarriedServer, type CarriedServer } from '../support/carried-server.ts';
import { findSecrets, recordPort, type Recorded } from '../support/recorded-port.ts';
import { webClientOn, type Stage } from '../support/stage.ts';

/** Between ten requests and the next ten: a site may have a hundred carried in ten seconds (Z27); milliseconds. */
const PAUSE = 1050;

/** Of each of the two sites, ten at a time. */
const ROUNDS = 25;

let stage: Stage;
let server: CarriedServer;
let pages: { page: Page; recorded: Recorded }[];

beforeAll(async () => {
  server = await startCarriedServer(() => stage.lab.authorizationServer);
  stage = await openTestStage({ otherScopesOf: (resource) => server.scopesOf(resource) });
  pages = [await openConnected('siteA'), await openConnected('siteB')];
});
afterAll(() => Promise.all([stage.close(), server.close()]));

/** A page whose ports are recorded from the beginning, and whose requests are carried. */
async function openConnected(site: 'siteA' | 'siteB') {
  const page = await stage.browser.browser.newPage();
  const recorded = await recordPort(page);
  await page.goto(`${stage.lab[site].origin}/bare`);
  await webClientOn(page, server.url);
  const first = send(page, `${server.url}/echo`);
  await stage.approve();
  expect(await first).toMatchObject({ status: 200 });
  return { page, recorded };
}

/** Sends ten requests and again ten; resolves how many were answered with which status. */
function sendMany(page: Page): Promise<Record<string, number>> {
  return page.evaluate(
    async (url, rounds, pause) => {
      const { broker } = (globalThis as unknown as { sdk: { broker: { fetch: typeof fetch } } })
        .sdk;
      const seen: Record<string, number> = {};
      for (let i = 0; i < rounds; i += 1) {
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
    ROUNDS,
    PAUSE,
  );
}

describe(inBrowser('the credential'), () => {
  it('is in no message of the pages’ ports, over 500 calls (T-32)', async () => {
    const statuses = await Promise.all(pages.map(({ page }) => sendMany(page)));
    expect(statuses).toEqual([{ 200: 250 }, { 200: 250 }]);
    // Of either site, in what the other has got as well.
    expect(server.tokens.size).toBeGreaterThan(1);
    for (const { recorded } of pages) {
      const messages = await recorded.read();
      expect(messages.count).toBeGreaterThan(500);
      expect(findSecrets(messages.text, server.tokens)).toBe(0);
    }
  }, 120_000);

  it('is nowhere in the pages’ memory, where one that is planted is found (T-32)', async () => {
    // Only Chromium hands out what a page holds; Firefox's messages were looked at above.
    const heaps = stage.target === 'chrome' ? 1 : 0;
    const [token = ''] = server.tokens;
    for (const { page, recorded } of pages) {
      const snapshots = await recorded.heap();
      for (const heap of snapshots) expect(findSecrets(heap, server.tokens)).toBe(0);
      await page.evaluate((planted) => Object.assign(globalThis, { planted }), token);
      for (const heap of await recorded.heap()) expect(findSecrets(heap, server.tokens)).toBe(1);
      expect(snapshots.length).toBe(heaps);
    }
  });
});
