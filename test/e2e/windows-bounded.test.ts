/** E-BOMB in the real extension: what a page that asks and asks can have opened (T-13, Z39). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATIENCE_MS } from '../../drivers/driver.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { isFullForm, reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { webClientOn, type Stage, type WebClient } from '../support/stage.ts';

const CALLS = isFullForm ? 1000 : 200;

let stage: Stage;
let site: WebClient;
beforeEach(async () => {
  stage = await openTestStage();
  site = await stage.visit('siteA');
});
afterEach(() => stage.close());

interface PageGlobals {
  sdk: { broker: NonNullable<Awaited<ReturnType<BarePage['findBroker']>>> };
  takeBack: () => void;
}

const windows = () => stage.browser.consentWindows.length;
const openPrompts = async () =>
  (await stage.browser.openPages((url) => url.includes('/consent.html'))).length;

/** Asks with a signal, which the page's `takeBack` aborts; resolves once the question is on the screen. */
async function ask(): Promise<void> {
  const opened = windows();
  await site.page.evaluate((resource) => {
    const globals = globalThis as unknown as PageGlobals;
    const abort = new AbortController();
    globals.takeBack = () => {
      abort.abort();
    };
    void globals.sdk.broker.getToken({ resource, signal: abort.signal }).catch(() => undefined);
  }, stage.lab.mcpServer.url);
  await expect.poll(windows, { timeout: PATIENCE_MS }).toBe(opened + 1);
  await expect.poll(openPrompts, { timeout: PATIENCE_MS }).toBe(1);
}

/** Asks and takes back as fast as the broker answers; resolves how often each code was the answer. */
function askAndTakeBack(calls: number): Promise<Record<string, number>> {
  return site.page.evaluate(
    async (address, count) => {
      const { broker } = (globalThis as unknown as PageGlobals).sdk;
      const codes: Record<string, number> = {};
      for (let i = 0; i < count; i += 1) {
        const abort = new AbortController();
        const late = setTimeout(() => {
          abort.abort();
        }, 300);
        const resource = i % 2 === 0 ? address : `${address}?n=${i}`;
        const code = await broker.getToken({ resource, signal: abort.signal }).then(
          () => 'token',
          (error: unknown) => (error as { code?: string }).code ?? 'taken back',
        );
        clearTimeout(late);
        codes[code] = (codes[code] ?? 0) + 1;
      }
      return codes;
    },
    stage.lab.mcpServer.url,
    calls,
  );
}

describe(inBrowser('a page that asks and takes it back'), () => {
  it('has one window opened, whatever address of the server it names (E-BOMB, T-13)', async () => {
    await ask();
    await site.page.evaluate(() => {
      (globalThis as unknown as PageGlobals).takeBack();
    });
    await expect.poll(openPrompts, { timeout: PATIENCE_MS }).toBe(0);
    const codes = await askAndTakeBack(CALLS);
    expect(windows()).toBe(1);
    expect(Object.keys(codes)).not.toContain('token');
    expect(codes['access_denied']).toBeGreaterThan(0);
    const calls = Object.values(codes).reduce((sum, one) => sum + one, 1);
    reportBar(inBrowser('E-BOMB'), { calls, windows: windows() });
  });
});

describe(inBrowser('a page that asks and reloads'), () => {
  it('has three windows opened, though its background is stopped in between (E-BOMB, Z39)', async () => {
    let reloads = 0;
    for (; reloads < 3; reloads += 1) {
      await ask();
      await site.page.reload();
      await expect.poll(openPrompts, { timeout: PATIENCE_MS }).toBe(0);
      if (reloads === 1) await stage.browser.killBackground();
      await site.page.bringToFront();
      site = await webClientOn(site.page, stage.lab.mcpServer.url);
    }
    for (let i = 0; i < 3; i += 1) {
      expect(await site.getToken()).toMatchObject({ code: 'rate_limited' });
    }
    expect(windows()).toBe(3);
    reportBar(inBrowser('E-BOMB reloads'), { reloads, windows: windows() });
  });
});
