/** Each front is broken in the one way that its row says; the servers behind are sound. The rows run in browsers: `npm run broken-servers`. */
import { afterEach, describe, expect, it } from 'vitest';
import { BREAKAGES, type BreakageId } from './breakages.ts';
import { startBrokenServer, type BrokenServer } from './broken-server.ts';
import { EXPECTED } from './expected.ts';
import { closing, faultsOf } from './report.ts';
import type { Result } from './run.ts';

const SITE = 'https://client.example';
let server: BrokenServer | undefined;
afterEach(() => server?.close());

async function start(id: BreakageId): Promise<BrokenServer> {
  const breakage = BREAKAGES.find((one) => one.id === id)!;
  const authority = {
    issuer: 'http://127.0.0.1:1',
    findAccessToken: () => Promise.resolve(undefined),
  };
  return (server = await startBrokenServer(breakage, authority));
}

const preflight = ({ url }: BrokenServer) =>
  fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin: SITE,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,mcp-method',
    },
  });

const post = ({ url }: BrokenServer, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      origin: SITE,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    redirect: 'manual',
  });

const corsOf = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-')).length;

describe('a broken server', () => {
  it.each(['no-cors', 'sse'] as const)('sends no CORS anywhere: %s', async (id) => {
    const there = await start(id);
    const metadata = new URL(there.url);
    metadata.pathname = `/.well-known/oauth-protected-resource${metadata.pathname}`;
    const answers = [await preflight(there), await post(there), await fetch(metadata)];
    expect(answers.map(corsOf)).toEqual([0, 0, 0]);
  });

  it.each([401, 403, 405])(
    'answers a preflight %i, and everything else as it should',
    async (status) => {
      const there = await start(`preflight-${status}` as BreakageId);
      expect((await preflight(there)).status).toBe(status);
      const answer = await post(there);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
    },
  );

  it('keeps its challenge to itself', async () => {
    const answer = await post(await start('unexposed'));
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.headers.get('access-control-expose-headers')).toBeNull();
  });

  it('sends CORS with what it grants, and none with a refusal', async () => {
    const there = await start('no-cors-on-refusals');
    expect(corsOf(await post(there))).toBe(0);
    const authorization = `Bearer ${there.byHand.read}`;
    expect(corsOf(await post(there, { authorization }))).toBeGreaterThan(0);
  });

  it.each([
    ['no-mcp-headers', 'mcp-protocol-version'],
    ['headers-2026', 'mcp-method'],
  ] as const)('does not allow what a client of today sends: %s', async (id, header) => {
    const { headers } = await preflight(await start(id));
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase();
    expect(allowed).toContain('authorization');
    expect(allowed).not.toContain(header);
  });

  it('refuses extensions, and nobody else', async () => {
    const there = await start('extension-origin');
    for (const scheme of ['chrome', 'moz']) {
      const answer = await post(there, { origin: `${scheme}-extension://abc` });
      expect(answer.status).toBe(403);
    }
    expect((await post(there)).status).toBe(401);
  });

  it('sends its clients to a host that takes whatever comes, and counts what strays', async () => {
    const there = await start('redirect');
    const answer = await post(there);
    expect(answer.status).toBe(307);
    const headers = { authorization: `Bearer ${there.byHand.read}` };
    await fetch(answer.headers.get('location')!, { method: 'POST', headers });
    expect(there.strayed()).toBe(1);
  });

  it('is sound behind its front: it knows who may write', async () => {
    const there = await start('unexposed');
    const call = (token: string) =>
      fetch(there.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'add_note', arguments: { text: 'x' } },
        }),
      });
    expect((await call(there.byHand.read)).status).toBe(403);
    expect((await call(there.byHand.write)).status).toBe(200);
  });
});

describe('the table', () => {
  it('says of each of the twelve what has to come of it: eleven step up, the redirect goes nowhere', () => {
    expect(Object.keys(EXPECTED)).toEqual(BREAKAGES.map(({ id }) => id));
    const stepUp = Object.values(EXPECTED).filter(({ with: withUs }) => withUs === 'steps up');
    expect([Object.keys(EXPECTED).length, stepUp.length]).toEqual([12, 11]);
  });
});

describe('a result', () => {
  const good: Result = {
    browser: 'chromium',
    breakage: BREAKAGES[0],
    with: { reached: 'steps up', words: '' },
    without: { reached: 'nothing', words: 'TypeError: Failed to fetch' },
    origins: [SITE],
    executed: 1,
    strayed: 0,
    questions: 3,
    site: SITE,
  };
  const refused: Result = {
    ...good,
    breakage: BREAKAGES.find(({ id }) => id === 'redirect')!,
    with: { reached: 'nothing', words: 'a redirect' },
    origins: [],
    executed: 0,
  };

  it('is as expected when all of it is', () => {
    expect(closing([good, refused])).toBe('2 of 2 as expected, 1 only with Grantkeeper');
  });

  it.each<[string, Partial<Result>]>([
    ['comes less far', { with: { reached: 'calls a tool', words: 'x' } }],
    ['ran a tool twice', { executed: 2 }],
    ['came in the extension’s name', { origins: ['chrome-extension://abc'] }],
    [
      'let a page alone come further than it was said to',
      { without: { reached: 'steps up', words: '' } },
    ],
  ])('is not when it %s', (_what, change) => {
    expect(faultsOf({ ...good, ...change })).not.toEqual([]);
  });

  it.each<[string, Partial<Result>]>([
    ['lost a credential', { strayed: 1 }],
    ['sent one at all', { origins: [SITE] }],
    ['ran a tool', { executed: 1 }],
    [
      'told the page nothing',
      { with: { reached: 'nothing', words: 'TypeError: Failed to fetch' } },
    ],
  ])('is not when a redirect %s', (_what, change) => {
    expect(faultsOf({ ...refused, ...change })).not.toEqual([]);
  });
});
