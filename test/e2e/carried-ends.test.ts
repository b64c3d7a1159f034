/** What ends a carried stream from outside: a worker that is killed, a page that is kept, access that is taken back. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Listener } from '../../demo/listen.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { POPUP } from '../../drivers/driver.ts';
import { openReading, reading, send } from '../support/carried-page.ts';
import { startCarriedServer, type CarriedServer } from '../support/carried-server.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { goBackTo, leaveFor } from '../support/history.ts';
import { listenKeepable } from '../support/keepable-site.ts';
import { webClientOn, type Stage, type WebClient } from '../support/stage.ts';

let stage: Stage;
let server: CarriedServer;
let kept: Listener;
let page: Page;
let client: WebClient;

const addressOn = (host: string) => `http://${host}:${kept.address.port}/bare.html`;
const stream = () => `${server.url}/stream`;
const newest = () => server.streams.at(-1)!;

beforeAll(async () => {
  server = await startCarriedServer(() => stage.lab.authorizationServer);
  [kept, stage] = await Promise.all([
    listenKeepable(),
    openTestStage({ otherScopesOf: (resource) => server.scopesOf(resource) }),
  ]);
  page = await stage.browser.page(addressOn('127.0.0.1'));
  client = await webClientOn(page, server.url);
  const first = send(page, `${server.url}/echo`);
  await stage.approve();
  expect(await first).toMatchObject({ status: 200 });
});
afterAll(() => Promise.all([stage.close(), server.close(), kept.close()]));

describe(inBrowser('a worker that is killed while a tool runs'), () => {
  it('costs the official client nothing: it resumes where it was, and the tool has run once (Z28)', async () => {
    await page.evaluate(async (url) => {
      const { grantkeeper, sdk } = globalThis as unknown as Globals;
      const { Client, StreamableHTTPClientTransport } = grantkeeper;
      const connected = new Client({ name: 'end-to-end', version: '1' });
      const { fetch } = sdk.broker;
      await connected.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
      Object.assign(globalThis, { client: connected });
    }, server.url);
    const call = client.call('slow');
    await expect.poll(() => server.runs.slow).toBe(1);
    await stage.browser.killBackground();
    await expect.poll(() => newest().lastEventId).toBe('1');
    server.answerSlow();
    expect(await call).toContain('done');
    expect(server.runs.slow).toBe(1);
    expect(newest().origin).toBe(addressOn('127.0.0.1').replace('/bare.html', ''));
  });

  it('ends the streams that the page reads with an error, and serves the next request (Z27)', async () => {
    await openReading(page, 'killed', stream());
    await stage.browser.killBackground();
    await expect.poll(async () => (await reading(page, 'killed')).state).toBe('TypeError');
    expect(await send(page, `${server.url}/echo`)).toMatchObject({ status: 200 });
  });
});

describe(inBrowser('a page that is kept by the browser with a stream open'), () => {
  it('lets go of its server at once, and learns of it when it comes back (Z27)', async () => {
    await openReading(page, 'kept', stream());
    const there = newest();
    await leaveFor(page, addressOn('localhost'));
    await expect.poll(() => there.isClosed()).toBe(true);
    await page.bringToFront();
    await goBackTo(page, addressOn('127.0.0.1'));
    await expect.poll(async () => (await reading(page, 'kept')).state).toBe('TypeError');
    expect(await send(page, `${server.url}/echo`)).toMatchObject({ status: 200 });
  });
});

describe(inBrowser('host access that is taken back'), () => {
  it('ends the streams to that host at once: the browser itself would let them run (Z33)', async () => {
    await openReading(page, 'withdrawn', stream());
    const there = newest();
    const popup = await stage.browser.extensionPage(POPUP);
    await popup.evaluate(async () => {
      const { permissions } = chrome;
      const { origins = [] } = await permissions.getAll();
      await permissions.remove({ origins });
    });
    await expect.poll(() => there.isClosed()).toBe(true);
    await expect.poll(async () => (await reading(page, 'withdrawn')).state).toBe('TypeError');
    await popup.close();
  });

  it('leaves no fault behind', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});

/** What the page holds once it has found the broker. */
interface Globals {
  grantkeeper: BarePage;
  sdk: { broker: { fetch: typeof fetch } };
}
