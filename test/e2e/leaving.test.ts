/** E-NAV in real browsers: a page asks and goes to another site, at six moments. Nobody is asked over that one (T-06, Z40). */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen, type Listener } from '../../demo/listen.ts';
import { CONSENT, PATIENCE_MS } from '../../drivers/driver.ts';
import { reportBar } from '../support/bars.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import { leaveFor } from '../support/history.ts';
import type { Stage } from '../support/stage.ts';

/** Time in which a question would have come; milliseconds. */
const MEANWHILE = 1500;

let stage: Stage;
/** A site and a server on this computer, where the first question is whether the server may be contacted. */
let local: Listener;
let isReached: () => void = () => undefined;
let letGo: () => void = () => undefined;
const counts = { moments: 0, windowsOverOthers: 0, windowsLeft: 0 };

beforeAll(async () => {
  stage = await openTestStage({ https: true });
  await stage.browser.preApproveHostAccess(['http://127.0.0.1/*']);
  local = await listen((request, response) => {
    response.setHeader('content-type', 'text/html');
    const answer = () => response.end('<!doctype html><title>a local site</title>');
    if (request.url?.startsWith('/.well-known/')) void hold().then(answer);
    else answer();
  });
});
afterEach(() => {
  letGo();
  stage.lab.holdMetadata = undefined;
});
afterAll(async () => {
  reportBar(inBrowser('E-NAV'), counts);
  await Promise.all([stage.close(), local.close()]);
});

let gate: Promise<void> | undefined;

/** Waits at the first request for metadata, and at those that come after it, until it is let go. */
function hold(): Promise<void> {
  isReached();
  return gate ?? Promise.resolve();
}

/** Arms the gate; resolves once a request stands before it. */
function holdRequests(applies: (request: IncomingMessage) => boolean = () => true): Promise<void> {
  gate = new Promise((resolve) => (letGo = resolve));
  stage.lab.holdMetadata = (request) => (applies(request) ? hold() : Promise.resolve());
  return new Promise((resolve) => (isReached = resolve));
}

const prompts = () =>
  stage.browser.openPages((url) => url.startsWith(stage.browser.root + CONSENT));

/** Opens the site and asks. The document will be left: nothing may wait in it for the answer. */
async function ask(site: string, resource: string): Promise<Page> {
  const page = await stage.browser.page(site);
  const params = { resource };
  const call = { v: 1, id: 1, call: 'getToken', params };
  await stage.browser.callRaw(page.mainFrame(), [call], false);
  return page;
}

const askAtServer = () => ask(`${stage.lab.siteA.origin}/bare`, stage.lab.mcpServer.url);
const askAtHome = () => {
  const origin = `http://127.0.0.1:${local.address.port}`;
  return ask(origin, `${origin}/mcp`);
};

/** The moments; each resolves the page that is about to leave. */
const MOMENTS: Record<string, () => Promise<Page>> = {
  'its call is received': askAtServer,
  'metadata is under way': async () => {
    const reached = holdRequests();
    const page = await askAtServer();
    await reached;
    return page;
  },
  'the last metadata comes': async () => {
    const reached = holdRequests(({ headers }) => headers.host?.startsWith('as.') ?? false);
    const page = await askAtServer();
    await reached;
    letGo();
    return page;
  },
  'the window is being created': async () => {
    const before = stage.browser.consentWindows.length;
    const page = await askAtServer();
    const windows = () => stage.browser.consentWindows.length;
    await expect.poll(windows, { timeout: PATIENCE_MS, interval: 5 }).toBe(before + 1);
    return page;
  },
  'the question is open': async () => {
    const page = await askAtServer();
    const prompt = await stage.browser.consentPrompt();
    await prompt.waitForSelector('#stage[data-stage="allow"]');
    return page;
  },
  'the second question is to come': async () => {
    const reached = holdRequests();
    const page = await askAtHome();
    await stage.answer('reach', 'allow');
    await reached;
    return page;
  },
};

describe(inBrowser('a page that asks and goes to another site'), () => {
  it.each(Object.keys(MOMENTS))('while %s is asked about no more (T-06, Z40)', async (moment) => {
    const page = await MOMENTS[moment]!();
    const next = `${stage.lab.siteB.origin}/bare`;
    await leaveFor(page, next);
    const windows = stage.browser.consentWindows.length;
    letGo();
    await sleep(MEANWHILE);
    await expect.poll(async () => (await prompts()).length).toBe(0);
    expect(page.url()).toBe(next);
    // None came up over the next site.
    expect(stage.browser.consentWindows.length).toBe(windows);
    expect(await dumpDatabase(stage.browser, ['traces'])).not.toContain('"stage":"');
    counts.moments += 1;
    counts.windowsOverOthers += stage.browser.consentWindows.length - windows;
    counts.windowsLeft += (await prompts()).length;
    await page.close();
  });

  it('leaves no fault behind', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
