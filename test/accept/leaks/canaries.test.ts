/**
 * L-LEAK in Node: every secret of a whole journey carries a mark, and the marks are hunted in all that the core logs,
 * traces, exports, stores, says to pages and to our documents (T-32, T-34). test/e2e/leaks.test.ts does the same in
 * the browsers.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fileOf } from '../../../src/popup/activity/activity-file.ts';
import { traceText } from '../../../src/popup/activity/trace-text.ts';
import { toWire } from '../../../src/shared/errors.ts';
import { insufficientScope, type World } from '../../flow/world.ts';
import { reportBar } from '../../support/bars.ts';
import { openMemoryWorld, type MemoryServers } from '../support/memory-world.ts';

const OTHER = 'https://other.example';
const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

let world: World<MemoryServers>;
/** Each secret, by its kind. */
let canaries: Map<string, string>;
let said: unknown[];
beforeEach(async () => {
  world = await openMemoryWorld();
  canaries = new Map();
  said = [];
  for (const method of METHODS) {
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => void said.push(words));
  }
  markAll();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

/** Gives every secret of the server a mark, and notes those that the core makes itself. */
function markAll(): void {
  const { provider } = world.lab;
  const { name } = provider;
  provider.name = (kind) => {
    if (kind === 'client') return name(kind);
    const canary = `canary-${kind}-${crypto.randomUUID()}`;
    canaries.set(canary, kind);
    return canary;
  };
  const { http, authWindow } = world.ports;
  world.ports.http = (url, init, limits) => {
    const verifier = init.body instanceof URLSearchParams && init.body.get('code_verifier');
    if (verifier) canaries.set(verifier, 'verifier');
    return http(url, init, limits);
  };
  world.ports.authWindow = {
    ...authWindow,
    open: (url, opened) => {
      const { searchParams } = new URL(url);
      canaries.set(searchParams.get('state')!, 'state');
      return authWindow.open(url, opened);
    },
  };
}

/** A server that repeats in its own words whatever it was sent, refusing it. */
function echoEverything(): void {
  const { http } = world.ports;
  world.ports.http = async (url, init, limits) => {
    if (!url.endsWith('/token')) return http(url, init, limits);
    const words = `I was sent ${String(init.body)} and gave ${[...canaries.keys()].join(' ')}`;
    const answer = { error: 'invalid_grant', error_description: words, error_uri: words };
    return Response.json({ ...answer, [words]: words }, { status: 400 });
  };
}

/** A first connection, more, a renewal, less, another account and site, a refusal, a failure, and the end. */
async function journey(): Promise<Map<string, unknown>> {
  const { origin } = world.lab.siteA;
  const key = { origin, resource: world.resource, account: 'default' };
  const replies: unknown[] = [];
  const errors: unknown[] = [];
  const call = (params = {}, from?: { origin: string }) =>
    world.getToken(params, from).then(
      (token) => replies.push(token),
      (error: unknown) => errors.push(error),
    );
  await call({ scopes: ['read', 'write'] });
  const { access_token: rejected } = await world.getToken();
  await call({ challenge: insufficientScope('delete'), rejected });
  world.elapsed += 3_700_000;
  await call();
  await world.own.removeScope({ ...key, scope: 'write' });
  await world.own.connectAccount({ ...key, name: 'Work' });
  await expect.poll(async () => (await world.own.grants({})).length).toBe(2);
  await call({}, { origin: OTHER });
  const handed = [...replies];
  world.answer = () => 'deny';
  await call({ challenge: insufficientScope('admin') }, { origin: OTHER });
  world.answer = () => 'allow';
  const held = await world.own.grants({});
  echoEverything();
  world.elapsed += 3_700_000;
  await call({ interactive: false });
  await call({ challenge: 'Bearer error="invalid_token"', rejected: 'x' }, { origin: OTHER });
  // Written before the next worker begins: what was refused is in the traces as well.
  const before = await history();
  await world.restart();
  return new Map<string, unknown>([
    ['console', said],
    [
      'errors',
      errors.map((error) => [String(error), toWire(error, true, ''), toWire(error, false, '')]),
    ],
    ['events', world.events],
    ['prompts', world.prompts],
    ['pending', await world.own.pending({})],
    ['grants', held],
    ['refusals', await world.own.refusals({})],
    ['settings file', await world.own.exportSettings({})],
    ...(await history()),
    ['history before', before],
    ['disk', await diskOf(world.database)],
    ['tokens handed out', handed],
  ]);
}

async function history(): Promise<[string, unknown][]> {
  const { rows } = await world.own.activity({ limit: 500 });
  const summaries = await world.own.traces({});
  const traces = await Promise.all(summaries.map(({ id }) => world.own.trace({ id })));
  return [
    ['activity', [rows, fileOf(rows)]],
    ['traces', [traces, ...traces.map((trace) => trace && traceText(trace))]],
  ];
}

/** Every row of every store, bytes as the characters that they would be. */
async function diskOf(name: string): Promise<unknown> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
  });
  const stores = [...database.objectStoreNames];
  const rows = stores.map(
    (store) =>
      new Promise<unknown[]>((resolve) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
      }),
  );
  const all = await Promise.all(rows);
  database.close();
  return all;
}

function textOf(value: unknown): string {
  const readable = (_key: string, one: unknown) =>
    one instanceof ArrayBuffer || ArrayBuffer.isView(one)
      ? Buffer.from(one as ArrayBuffer).toString('latin1')
      : one;
  return JSON.stringify(value, readable);
}

/** Which secrets stand in a text, as they are, in parts long enough to use, or encoded. */
function found(text: string): string[] {
  return [...canaries].flatMap(([canary, kind]) => {
    const forms = [canary, encodeURIComponent(canary), btoa(canary).replace(/=+$/, '')];
    return forms.some((form) => text.includes(form)) ? [kind] : [];
  });
}

describe('the secrets of a whole journey', () => {
  it('are in nothing that is logged, traced, exported, stored or told (L-LEAK, T-32, T-34)', async () => {
    const sinks = await journey();
    const handed = sinks.get('tokens handed out');
    sinks.delete('tokens handed out');
    const kinds = new Set(canaries.values());
    expect([...kinds].sort()).toEqual(['access', 'code', 'refresh', 'secret', 'state', 'verifier']);
    const hits = [...sinks].flatMap(([sink, value]) =>
      found(textOf(value)).map((kind) => `${kind} in ${sink}`),
    );
    expect(hits).toEqual([]);
    // A page is given access tokens, its own, and nothing else.
    expect(new Set(found(textOf(handed)))).toEqual(new Set(['access']));
    const characters = [...sinks.values()].reduce<number>(
      (sum, one) => sum + textOf(one).length,
      0,
    );
    const secrets = canaries.size;
    reportBar('L-LEAK', { sinks: sinks.size, secrets, characters, hits: hits.length });
  });

  it('are found wherever one is planted: the hunt can see each sink', async () => {
    const sinks = await journey();
    const [canary] = canaries.keys();
    const blind = [...sinks.keys()].filter((sink) => {
      const planted = [sinks.get(sink), { deep: new TextEncoder().encode(`x ${canary!} y`) }];
      return found(textOf(planted)).length === 0;
    });
    expect(blind).toEqual([]);
  });
});
