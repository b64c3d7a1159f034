/** What a page sends with `broker.fetch` is carried by the background: what the server sees of it, and what the page does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'puppeteer-core';
import { giveUp, openReading, reading, send } from '../support/carried-page.ts';
import { startCarriedServer, type CarriedServer } from '../support/carried-server.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage } from '../support/stage.ts';

let stage: Stage;
let server: CarriedServer;
let pageA: Page;
let pageB: Page;

beforeAll(async () => {
  server = await startCarriedServer(() => stage.lab.authorizationServer);
  stage = await openTestStage({ otherScopesOf: (resource) => server.scopesOf(resource) });
  pageA = (await stage.visit('siteA')).page;
});
afterAll(() => Promise.all([stage.close(), server.close()]));

const echo = () => `${server.url}/echo`;
const stream = () => `${server.url}/stream`;
const newest = () => server.streams.at(-1)!;

describe(inBrowser('a server without CORS, whose preflight is answered 405'), () => {
  it('answers a page that was allowed to use it (Z26)', async () => {
    const call = send(pageA, echo());
    await stage.approve();
    expect(await call).toMatchObject({ status: 200 });
    // Nothing else of the first contact is the page's: its own request was not let through by the browser.
    expect(server.arrived.filter(({ headers }) => headers.authorization)).toHaveLength(1);
  });

  it('sees the origin of each site, of two at once (Z29)', async () => {
    pageB = (await stage.visit('siteB')).page;
    const first = send(pageB, echo());
    await stage.approve();
    expect(await first).toMatchObject({ status: 200 });
    await pageA.bringToFront();
    const rounds = Array.from({ length: 10 }, () => [send(pageA, echo()), send(pageB, echo())]);
    const got = await Promise.all(rounds.flat());
    const origins = got.map(({ body }) => originIn(body));
    const both = [stage.lab.siteA.origin, stage.lab.siteB.origin];
    expect(origins).toEqual(rounds.flatMap(() => both));
  });

  it('is sent no header that is not on the list, the page’s own Origin least of all (Z29)', async () => {
    const headers = {
      origin: 'https://evil.example',
      cookie: 'a=1',
      'user-agent': 'ZZ',
      'x-forwarded-for': '10.0.0.1',
      'mcp-protocol-version': '2025-11-25',
    };
    const { status, body } = await send(pageA, echo(), { headers });
    expect(status).toBe(200);
    const seen = (JSON.parse(body!) as { headers: Record<string, string> }).headers;
    expect(seen).toMatchObject({
      origin: stage.lab.siteA.origin,
      'mcp-protocol-version': '2025-11-25',
    });
    expect(seen['user-agent']).not.toBe('ZZ');
    expect(seen).not.toHaveProperty('cookie');
    expect(seen).not.toHaveProperty('x-forwarded-for');
    expect(JSON.stringify(seen)).not.toContain('-extension://');
  });
});

function originIn(body: string | undefined): unknown {
  return (JSON.parse(body ?? '{"headers":{}}') as { headers: { origin?: string } }).headers.origin;
}

describe(inBrowser('a carried stream'), () => {
  it.each(['abort', 'cancel'] as const)(
    'is closed at its server when the page gives it up: %s (Z27)',
    async (way) => {
      expect(await openReading(pageA, way, stream())).toBe(200);
      const there = newest();
      expect(there.isClosed()).toBe(false);
      await giveUp(pageA, way, way);
      await expect.poll(() => there.isClosed()).toBe(true);
      const { state } = await reading(pageA, way);
      expect(state).toBe(way === 'abort' ? 'AbortError' : 'ended');
    },
  );

  it('ends with what was sent when its server ends it, and with an error when it breaks off (Z27)', async () => {
    await openReading(pageA, 'ended', stream());
    newest().send('second');
    newest().end();
    await expect.poll(async () => (await reading(pageA, 'ended')).state).toBe('ended');
    expect((await reading(pageA, 'ended')).text).toContain('second');
    await openReading(pageA, 'cut', stream());
    newest().cut();
    await expect.poll(async () => (await reading(pageA, 'cut')).state).toBe('TypeError');
  });

  it('is closed at its server when its page is closed (Z27)', async () => {
    const page = (await stage.visit('siteB')).page;
    await openReading(page, 'left', stream());
    const there = newest();
    await page.close();
    await expect.poll(() => there.isClosed()).toBe(true);
    await pageA.bringToFront();
  });
});

describe(inBrowser('a tool that runs and whose answer lacks CORS'), () => {
  it('is executed once: the page is told that it was interrupted, and nobody sends it again (Z28)', async () => {
    const page = (await stage.visit('siteB')).page;
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"open","arguments":{}}}';
    const call = send(page, server.openUrl, { body });
    await stage.approve();
    expect(await call).toEqual({ threw: 'TypeError', code: 'interrupted' });
    expect(server.runs.open).toBe(1);
    // Now the site is allowed, and the next call is carried.
    expect(await send(page, server.openUrl, { body })).toMatchObject({ status: 200 });
    expect(server.runs.open).toBe(2);
    await page.close();
    await pageA.bringToFront();
  });
});

describe(inBrowser('all the while'), () => {
  it('the extension logs nothing and fails nowhere (T-32)', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
