/** The page channel: who is let in, what other transports need, and what a page without the broker sees. */
import type { Frame } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../demo/listen.ts';
import type { BarePage } from '../../demo/web-client/bare.ts';
import { CHANNEL_VERSION, RELAY_HANDSHAKE } from '../../src/shared/page-contract.ts';
import { inBrowser, openTestStage } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import { goBackTo, leaveFor } from '../support/history.ts';
import type { Stage, WebClient } from '../support/stage.ts';

let stage: Stage;
let site: WebClient;
beforeAll(async () => {
  stage = await openTestStage();
  site = await stage.visit('siteA');
});
afterAll(() => stage.close());

/** A page without any policy of its own, which the demo's pages all have. */
async function listenPlain(html: string) {
  const { address, close } = await listen((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(html);
  });
  return { origin: `http://127.0.0.1:${address.port}`, close };
}

const HELLO = { v: 1, id: 1, call: 'hello', params: {} };

/** Offers a channel to the relay of the page around a frame, which must not take it. */
function callThroughParent(frame: Frame): Promise<string> {
  const call = (handshake: object, hello: object) =>
    new Promise<string>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<{ ok?: boolean }>) => {
        if (data.ok) resolve('served');
      };
      port1.postMessage(hello);
      window.parent.postMessage(handshake, '*', [port2]);
      setTimeout(() => resolve('no channel'), 1000);
    });
  return frame.evaluate(call, { [RELAY_HANDSHAKE]: CHANNEL_VERSION }, HELLO);
}

describe(inBrowser('the official client over SSE'), () => {
  it('connects with the same fetch, its message endpoint included', async () => {
    const tools = site.connect('sse', stage.lab.mcpServer.sseUrl);
    await stage.approve();
    expect(await tools).toContain('read_notes');
    expect(await site.call('read_notes')).not.toContain('Error');
  });
});

describe(inBrowser('a server that does not expose its challenge'), () => {
  it('is still connected: the broker asks it for the challenge after consent (Q6)', async () => {
    stage.lab.mcpServer.setExposeChallenge(false);
    const other = await stage.visit('siteB');
    const tools = other.connect();
    const shown = await stage.approve();
    expect(await tools).toContain('read_notes');
    expect(shown.added).toContain('notes:read');
  });

  it('is stepped up all the same: the background reads what no page can (Q6, Z26)', async () => {
    const other = await stage.visit('siteB');
    await other.connect();
    const call = other.call('add_note', { text: 'carried' });
    expect((await stage.answer('allow', 'allow')).added).toEqual(['notes:write']);
    await stage.signIn();
    expect(await call).toContain('carried');
    await other.page.close();
  });

  it('tells a page that would rather know which scope is missing, and asks nobody (Q6, Z26)', async () => {
    const other = await stage.visit('siteB');
    const before = stage.browser.consentWindows.length;
    const mark = stage.lab.ledger.mark();
    const error = await other.page.evaluate(async (url) => {
      const { sdk } = globalThis as unknown as {
        sdk: { broker: NonNullable<Awaited<ReturnType<BarePage['findBroker']>>> };
      };
      const fetch = sdk.broker.fetchWith({ onInsufficientScope: 'throw' });
      const body = {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'delete_note', arguments: { id: 1 } },
      };
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      const { name, requiredScope, challengeAvailable } = await fetch(url, init).then(
        () => ({ name: 'none', requiredScope: undefined, challengeAvailable: undefined }),
        (thrown: unknown) => thrown as InstanceType<BarePage['InsufficientScopeError']>,
      );
      return { name, requiredScope, challengeAvailable };
    }, stage.lab.mcpServer.url);
    expect(error).toEqual({
      name: 'InsufficientScopeError',
      requiredScope: 'notes:delete',
      challengeAvailable: true,
    });
    expect(stage.browser.consentWindows.length).toBe(before);
    expect(stage.lab.ledger.since(mark).cost().total).toBe(0);
    stage.lab.mcpServer.setExposeChallenge(true);
  });
});

describe(inBrowser('a page that may not be served'), () => {
  it('is refused inside a frame, and not served in the name of the page around it (T-03, T-04, T-05)', async () => {
    const host = await listenPlain('<!doctype html><title>a page that may be framed</title>');
    const framed = await listenPlain('<!doctype html><title>a frame</title>');
    const page = await stage.browser.page(host.origin);
    const addFrame = (sandbox: string) =>
      page.evaluate(
        (address, tokens) =>
          new Promise<void>((resolve) => {
            const frame = document.createElement('iframe');
            if (tokens) frame.setAttribute('sandbox', tokens);
            frame.onload = () => {
              resolve();
            };
            frame.src = address;
            document.body.append(frame);
          }),
        framed.origin,
        sandbox,
      );
    const before = stage.browser.consentWindows.length;
    await addFrame('');
    await addFrame('allow-scripts');
    const [, foreign, sandboxed] = page.frames();
    expect(foreign?.url()).toContain(framed.origin);
    const { callRaw, ways } = stage.browser;
    const frames = [foreign!, sandboxed!];
    const heard = await Promise.all(frames.map((frame) => callRaw(frame, [HELLO])));
    expect(heard).toEqual([[ways.framedPage], [ways.framedPage]]);
    const asParent = await Promise.all(frames.map(callThroughParent));
    expect(asParent).toEqual(['no channel', 'no channel']);
    expect(await callRaw(page.mainFrame(), [HELLO])).toEqual(['served']);
    expect(stage.browser.consentWindows.length).toBe(before);
    await page.close();
    await Promise.all([host.close(), framed.close()]);
  });

  it('finds no broker over plain http, at once', async () => {
    const { port } = new URL(stage.lab.siteA.origin);
    const page = await stage.browser.page(`http://insecure.test:${port}/bare`);
    await page.waitForFunction(() => 'grantkeeper' in globalThis);
    const answer = await page.evaluate(async () => {
      const { grantkeeper } = globalThis as unknown as { grantkeeper: BarePage };
      const start = performance.now();
      const broker = await grantkeeper.findBroker();
      return { found: broker !== undefined, took: performance.now() - start };
    });
    expect(answer.found).toBe(false);
    // The SDK's own patience is 500 ms; a machine under load adds to it, a missing answer would not end.
    expect(answer.took).toBeLessThan(5000);
    await page.close();
  });

  it('learns nothing from malformed messages but that they are malformed', async () => {
    const answers = await stage.browser.callRaw(site.page.mainFrame(), [
      { v: 2, id: 1, call: 'hello', params: {} },
      { v: 1, id: 1, call: 'grants', params: {} },
      { v: 1, id: 1, call: 'getToken', params: { resource: 7 } },
      { v: 1, id: 1, call: 'getToken', params: { resource: 'x', origin: 'https://bank.test' } },
      { v: 1, id: 1, call: 'hello', params: {}, padding: 'x'.repeat(70_000) },
    ]);
    expect(answers).toEqual(Array(5).fill('invalid_request'));
  });
});

describe(inBrowser('a page that navigates away'), () => {
  it('takes its question with it (T-06)', async () => {
    const page = await stage.visit('siteB');
    void page.getToken({ scopes: ['notes:delete'] }).catch(() => undefined);
    const prompt = await stage.browser.consentPrompt();
    const closed = stage.browser.whenClosed(prompt);
    await page.page.goto(`${stage.lab.siteA.origin}/bare`);
    await closed;
    expect(await dumpDatabase(stage.browser)).not.toContain('"deciding"');
    await page.page.close();
  });

  it('takes it along even when the browser keeps the page alive, and is served when it comes back (T-06)', async () => {
    const { callRaw, consentPrompt, whenClosed } = stage.browser;
    const kept = await listenPlain('<!doctype html><title>a page that may be kept</title>');
    const next = await listenPlain('<!doctype html><title>the next page</title>');
    const page = await stage.browser.page(kept.origin);
    const params = { resource: stage.lab.mcpServer.url };
    // The document will be left: nothing may wait in it for the answer.
    await callRaw(page.mainFrame(), [{ v: 1, id: 1, call: 'getToken', params }], false);
    const prompt = await consentPrompt();
    const closed = whenClosed(prompt);
    await leaveFor(page, next.origin);
    await closed;
    await goBackTo(page, kept.origin);
    expect(await callRaw(page.mainFrame(), [HELLO])).toEqual(['served']);
    await page.close();
    await Promise.all([kept.close(), next.close()]);
  });

  it('leaves no fault behind', () => {
    expect(stage.browser.faults).toEqual([]);
  });
});
