/** The built package: its internal members have other names, and all that others know are spelled as they know them. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildClient } from '../../scripts/client-package.ts';
import { EXTENSION_IDS } from '../../src/client/extension-ids.ts';
import type * as Sdk from '../../src/client/index.ts';
import type { CarriedMessage, CarryRequest } from '../../src/shared/carry-contract.ts';
import { parseCarryRequest } from '../../src/shared/parse-carry.ts';
import { parsePageMessage } from '../../src/shared/parse-page.ts';
import { HELLO, refusal, token } from './fake-broker.ts';
import { FakeWindow } from './fake-window.ts';

const URL_HELD = 'https://held.example/mcp';
const URL_OTHER = 'https://other.example/mcp';
const CHALLENGE = 'Bearer error="insufficient_scope", scope="write", error_description="more"';

let folder: string;
let sdk: typeof Sdk;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'grantkeeper-built-'));
  await buildClient(folder);
  sdk = (await import(pathToFileURL(path.join(folder, 'index.js')).href)) as typeof Sdk;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllGlobals());

type Said = Record<string, unknown>;

/** An extension that reads each message as the background does. */
function install(carried: (request: CarryRequest) => CarriedMessage[]) {
  const asked: unknown[] = [];
  const listeners = new Set<(message: Said) => void>();
  let open = 0;
  const info = { ...HELLO, features: { fetch: '1.0' }, held: [{ url: URL_HELD, carried: true }] };
  const answer = (message: unknown, reply: (said: Said) => void): void => {
    const read = parsePageMessage(message);
    if ('cancel' in read) return;
    const { id, call, params } = read;
    asked.push({ call, params });
    reply({ v: 1, id, ack: true });
    const error = refusal('rate_limited', true);
    if (call === 'permission') reply({ v: 1, id, ok: false, error });
    else reply({ v: 1, id, ok: true, result: call === 'hello' ? info : token('t1') });
  };
  const connect = (id: string, { name }: { name: string }): unknown => {
    expect(id).toBe(EXTENSION_IDS[0]);
    open++;
    let say: (message: Said) => void = () => {};
    const reply = (said: Said): void => void setImmediate(() => say(said));
    return {
      postMessage: (message: unknown) => {
        if (name === 'grantkeeper.page') answer(message, reply);
        else if (!('credit' in (message as object) && !('url' in (message as object))))
          for (const said of carried(parseCarryRequest(message))) reply(said);
      },
      disconnect: () => void open--,
      onMessage: {
        addListener: (listener: typeof say) => {
          say = listener;
          if (name === 'grantkeeper.page') listeners.add(listener);
        },
      },
      onDisconnect: { addListener: () => {} },
    };
  };
  vi.stubGlobal('window', new FakeWindow('https://app.example'));
  vi.stubGlobal('chrome', { runtime: { connect } });
  return {
    asked,
    tell: (said: Said) => listeners.forEach((listener) => listener(said)),
    isOpen: () => open > 0,
  };
}

const head = (status: number, headers: [string, string][] = []): CarriedMessage => ({
  head: { status, statusText: '', headers, hasBody: true, dropped: [] },
});

describe('the built package', () => {
  it('speaks the contract, with the options and errors that it promises', async () => {
    const requests: CarryRequest[] = [];
    const { asked } = install((request) => {
      requests.push(request);
      if (request.method === 'DELETE') return [{ ack: true }, { instead: 'token' }];
      const headers: [string, string][] = [['www-authenticate', CHALLENGE]];
      const answer = request.method === 'POST' ? head(403, headers) : head(200);
      const chunk = new TextEncoder().encode('fine');
      return [{ ack: true }, { sent: true }, answer, { chunk }, { end: true }];
    });
    const broker = (await sdk.findBroker({ extensionIds: [], timeout: 1000 }))!;
    const response = await broker.fetch(`${URL_HELD}#x`, { headers: { accept: 'text/plain' } });
    expect([response.url, await response.clone().text()]).toEqual([URL_HELD, 'fine']);
    const cautious = broker.fetchWith({ onInsufficientScope: 'throw', maxReplayAge: 7 });
    const failed = await cautious(URL_HELD, { method: 'POST', body: 'x' }).catch(
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(sdk.InsufficientScopeError);
    expect(failed).toMatchObject({
      name: 'InsufficientScopeError',
      code: 'insufficient_scope',
      requiredScope: 'write',
      errorDescription: 'more',
      challengeAvailable: true,
      retryable: false,
    });
    expect(requests[1]).toMatchObject({ stepUps: 0, interactive: true });
    const strict = broker.fetchWith({ carry: 'required', interactive: false, maxStepUpRetries: 3 });
    await expect(strict(URL_HELD, { method: 'DELETE' })).rejects.toMatchObject({
      cause: { code: 'host_access_required', correlationId: '' },
    });
    expect(requests[2]).toMatchObject({ stepUps: 3, interactive: false, method: 'DELETE' });
    await expect(broker.permission(URL_HELD)).rejects.toMatchObject({
      code: 'rate_limited',
      correlationId: 'c-rate_limited',
    });
    const params = { resource: URL_OTHER, scopes: ['read'], rejected: 't0', challenge: 'Bearer' };
    const { signal } = new AbortController();
    expect((await broker.getToken({ ...params, signal })).access_token).toBe('t1');
    expect(asked.at(-1)).toEqual({ call: 'getToken', params });
    expect(await broker.authProvider(URL_OTHER).token()).toBe('t1');
  });

  it('has what its server has refused carried, and tells what changes', async () => {
    const refused: CarryRequest['refused'][] = [];
    const { tell } = install((request) => {
      refused.push(request.refused);
      return [{ ack: true }, { sent: true }, head(200), { end: true }];
    });
    vi.stubGlobal('fetch', async () => {
      return new Response('', { status: 401, headers: { 'www-authenticate': 'Bearer' } });
    });
    const broker = (await sdk.findBroker())!;
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    const headers = {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    };
    const response = await broker.fetch(URL_OTHER, { method: 'POST', headers, body });
    expect([response.status, refused]).toEqual([200, [{ status: 401, challenge: 'Bearer' }]]);
    const heard = new Promise((resolve) => broker.addEventListener('revoked', resolve));
    const event = { type: 'revoked', resource: URL_OTHER, scopes: [] };
    tell({ v: 1, event });
    expect(await heard).toEqual(event);
  });

  it('says so when its second part cannot be loaded, and leaves no channel open', async () => {
    const alone = mkdtempSync(path.join(tmpdir(), 'grantkeeper-alone-'));
    for (const file of ['index.js', 'chunk.js']) {
      copyFileSync(path.join(folder, file), path.join(alone, file));
    }
    writeFileSync(path.join(alone, 'package.json'), '{"type":"module"}');
    const { isOpen } = install(() => []);
    const { findBroker } = (await import(
      pathToFileURL(path.join(alone, 'index.js')).href
    )) as typeof Sdk;
    await expect(findBroker({ timeout: 1000 })).rejects.not.toBeInstanceOf(sdk.GrantkeeperError);
    expect(isOpen()).toBe(false);
    rmSync(alone, { recursive: true });
  });

  it('finds the relay of Firefox', async () => {
    const page = new FakeWindow('https://app.example');
    vi.stubGlobal('window', page);
    vi.stubGlobal('location', { origin: 'https://app.example' });
    const heard: unknown[] = [];
    page.addEventListener(
      'message',
      (event) => {
        const { data, ports } = event as { data: Said; ports: MessagePort[] };
        heard.push(data);
        const port = ports[0]!;
        port.onmessage = ({ data: message }: MessageEvent<Said>) => {
          heard.push(message);
          port.postMessage({ v: 1, id: message['id'], ok: true, result: HELLO });
        };
        port.postMessage({ relay: true });
      },
      true,
    );
    expect((await sdk.findBroker({ timeout: 1000 }))?.info).toEqual(HELLO);
    expect(heard).toEqual([
      { 'grantkeeper.connect': 'grantkeeper.page' },
      { v: 1, id: 1, call: 'hello', params: {} },
    ]);
  });
});
