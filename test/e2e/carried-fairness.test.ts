/** Two sites at one HTTP/1.1 server, and the six connections that a browser opens to it for all of them (Z32). */
import type { ServerResponse } from 'node:http';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReading, send } from '../support/carried-page.ts';
import { startCarriedServer, type CarriedServer } from '../support/carried-server.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import type { Stage } from '../support/stage.ts';

let stage: Stage;
let server: CarriedServer;
let pageA: Page;
let pageB: Page;
/** Calls that wait for their answer. */
const held: ServerResponse[] = [];

beforeAll(async () => {
  server = await startCarriedServer(() => stage.lab.authorizationServer);
  server.answers.set('/mcp/hold', (_request, response) => void held.push(response));
  stage = await openTestStage({ otherScopesOf: (resource) => server.scopesOf(resource) });
  for (const site of ['siteA', 'siteB'] as const) {
    const { page } = await stage.visit(site);
    const first = send(page, `${server.url}/echo`);
    await stage.approve();
    expect(await first).toMatchObject({ status: 200 });
    if (site === 'siteA') pageA = page;
    else pageB = page;
  }
});
afterAll(() => Promise.all([stage.close(), server.close()]));

const callOf = (id: number) =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'hold' } });

describe(inBrowser('twenty calls of one site that are not answered'), () => {
  it('keep no other site waiting, with two streams of each beside them, and all arrive (Z32)', async () => {
    for (const name of ['one', 'two']) await openReading(pageA, name, `${server.url}/stream`);
    const calls = Array.from({ length: 20 }, (_, id) =>
      send(pageA, `${server.url}/hold`, { body: callOf(id) }),
    );
    await expect.poll(() => held.length).toBe(2);
    for (let count = 0; count < 5; count += 1) {
      expect(await send(pageB, `${server.url}/echo`)).toMatchObject({ status: 200 });
    }
    expect(await openReading(pageB, 'one', `${server.url}/stream`)).toBe(200);
    expect(await send(pageB, `${server.url}/echo`)).toMatchObject({ status: 200 });
    expect(held.length).toBe(2);
    for (let count = 0; count < 20; count += 1) {
      await expect.poll(() => held.length).toBeGreaterThan(count);
      held[count]?.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }
    const got = await Promise.all(calls);
    expect(got.map(({ status }) => status)).toEqual(got.map(() => 200));
  });
});
