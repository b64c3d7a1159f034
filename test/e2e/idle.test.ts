/**
 * Minutes in which nothing happens: the browser stops an extension's background after half a minute of silence. The
 * two wait side by side, each in a browser of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReading, reading, send } from '../support/carried-page.ts';
import { startCarriedServer, type CarriedServer } from '../support/carried-server.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { webClientOn, type Stage } from '../support/stage.ts';

/** Long enough for the background to be stopped twice. */
const READING_MS = 66_000;
/** Longer than a background lives without an event; milliseconds. */
const SILENCE = 42_000;

let reader: Stage;
let listener: Stage;
let server: CarriedServer;
beforeAll(async () => {
  server = await startCarriedServer(() => listener.lab.authorizationServer);
  reader = await openTestStage({ https: true, watchWorker: false });
  listener = await openTestStage({
    watchWorker: false,
    otherScopesOf: (resource) => server.scopesOf(resource),
  });
});
afterAll(() => Promise.all([reader.close(), listener.close(), server.close()]));

describe(inBrowser('a background to which nothing happens'), () => {
  it.concurrent(
    'has slept twice when a person answers who reads for a minute: the page waits on (T-36)',
    async () => {
      const site = await reader.visit('siteA');
      let settled = false;
      const call = site.getToken({ scopes: ['notes:read'] }).finally(() => {
        settled = true;
      });
      await reader.browser.consentPrompt();
      await sleep(READING_MS);
      expect(settled).toBe(false);
      await reader.answer('allow', 'allow');
      await reader.signIn();
      expect(await call).toHaveProperty('token');
      expect(reader.browser.consentWindows.length).toBe(1);
      expect(reader.lab.ledger.cost()).toMatchObject({ authorizations: 1, exchanges: 1 });
    },
    120_000,
  );

  it.concurrent(
    'lives on for a stream on which nothing comes, longer than it would on its own (Z31)',
    async () => {
      const page = await listener.browser.page(`${listener.lab.siteA.origin}/bare`);
      await webClientOn(page, server.url);
      const first = send(page, `${server.url}/echo`);
      await listener.approve();
      await first;
      await openReading(page, 'silent', `${server.url}/stream`);
      await sleep(SILENCE);
      expect((await reading(page, 'silent')).state).toBe('open');
      server.streams.at(-1)!.send('after the silence');
      const text = async () => (await reading(page, 'silent')).text;
      await expect.poll(text).toContain('after the silence');
      expect(server.streams).toHaveLength(1);
    },
    120_000,
  );
});
