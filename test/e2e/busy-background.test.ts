/** A background that doesn't answer for a while, as in a browser that another page keeps busy: nobody takes it for gone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage();
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

type Finding = Awaited<ReturnType<BarePage['findBroker']>>;

/** Keeps the background from everything else; resolves when that has begun, with what resolves when it ends. */
async function occupy(seconds: 2 | 7): Promise<{ ended: Promise<unknown> }> {
  const ended =
    seconds === 2
      ? stage.browser.evaluateInBackground(() => {
          for (const until = Date.now() + 2000; Date.now() < until;);
        })
      : stage.browser.evaluateInBackground(() => {
          for (const until = Date.now() + 7000; Date.now() < until;);
        });
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { ended };
}

describe(inBrowser('a background that is busy'), () => {
  it('answers a call that was made again after five seconds', async () => {
    const busy = await occupy(7);
    const asked = site.page.evaluate(async (resource) => {
      const { sdk } = globalThis as unknown as { sdk: { broker: NonNullable<Finding> } };
      return sdk.broker.permission(resource).then(
        ({ granted }) => (granted ? 'granted' : 'not granted'),
        (error: { code: string }) => error.code,
      );
    }, stage.lab.mcpServer.url);
    expect(await asked).toBe('not granted');
    await busy.ended;
  });

  it('is found by a page that comes meanwhile', async () => {
    const page = await stage.browser.page(`${stage.lab.siteA.origin}/bare`);
    await page.waitForFunction(() => 'grantkeeper' in globalThis);
    const busy = await occupy(2);
    const found = await page.evaluate(async () => {
      const { grantkeeper } = globalThis as unknown as { grantkeeper: BarePage };
      return (await grantkeeper.findBroker())?.info.name;
    });
    expect(found).toBe('Grantkeeper');
    await busy.ended;
    await page.close();
  });

  it('is found at once behind an id that nobody has', async () => {
    const page = await stage.browser.page(`${stage.lab.siteA.origin}/bare`);
    await page.waitForFunction(() => 'grantkeeper' in globalThis);
    const found = await page.evaluate(async () => {
      const { grantkeeper } = globalThis as unknown as { grantkeeper: BarePage };
      const late = new Promise((resolve) => setTimeout(resolve, 4500, 'waited for nobody'));
      const extensionIds = ['a'.repeat(32)];
      const finding = grantkeeper.findBroker({ extensionIds });
      return Promise.race([late, finding.then((broker) => broker?.info.name)]);
    });
    // The five seconds are for an extension that is there: Chromium closes the port to this one.
    expect(found).toBe('Grantkeeper');
    await page.close();
  });
});
