/** A stream on which nothing comes for longer than a browser lets a background live. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReading, reading, send } from '../support/carried-page.ts';
import { startCarriedServer, type CarriedServer } from '../support/carried-server.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { webClientOn, type Stage, type WebClient } from '../support/stage.ts';

/** Both browsers stop a background after 30 s without an event; milliseconds. */
const SILENCE = 42_000;

let stage: Stage;
let server: CarriedServer;
let client: WebClient;
beforeAll(async () => {
  server = await startCarriedServer(() => stage.lab.authorizationServer);
  stage = await openTestStage({
    watchWorker: false,
    otherScopesOf: (resource) => server.scopesOf(resource),
  });
  client = await webClientOn(
    await stage.browser.page(`${stage.lab.siteA.origin}/bare`),
    server.url,
  );
  const first = send(client.page, `${server.url}/echo`);
  await stage.approve();
  await first;
});
afterAll(() => Promise.all([stage.close(), server.close()]));

describe(inBrowser('a stream on which nothing comes'), () => {
  it('is held for longer than the background would live on its own (Z31)', async () => {
    await openReading(client.page, 'silent', `${server.url}/stream`);
    await sleep(SILENCE);
    expect((await reading(client.page, 'silent')).state).toBe('open');
    server.streams.at(-1)!.send('after the silence');
    const text = async () => (await reading(client.page, 'silent')).text;
    await expect.poll(text).toContain('after the silence');
    expect(server.streams).toHaveLength(1);
  }, 80_000);
});
