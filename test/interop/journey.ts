/** What every server is put through: the same journey, as far as the server can go. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WebClient } from '../support/stage.ts';
import type { ToolCall } from './server.ts';
import type { InteropStage } from './stage.ts';
import { startServer, type FoundServer, type StartedServer } from './start-server.ts';
import { DOCUMENTS } from '../../src/shared/documents.ts';

/** What was counted since a moment ago. */
interface Counted {
  clicks: number;
  /** Grant types of the token requests to this server, in order. */
  requests: string[];
}

/** Registers the tests of one server. They rest on each other, in this order. */
export function takeJourney(
  { file, about, particulars }: FoundServer,
  getStage: () => InteropStage,
): void {
  let server: StartedServer;
  let first: WebClient;
  let second: WebClient | undefined;
  beforeAll(async () => {
    const stage = getStage();
    server = await startServer(file);
    const { mcpUrl } = server;
    first = about.cors ? await stage.newSite(mcpUrl) : await stage.visitAt(mcpUrl);
  });
  // A page that is gone asks nothing any more.
  afterAll(async () => {
    for (const site of [first, second]) await site?.page.close();
    await server.close();
  });

  /** Runs `task`; resolves what it took. */
  const count = async (task: () => Promise<unknown>): Promise<Counted> => {
    const stage = getStage();
    const [clicks, seen] = [await stage.clicks(), stage.tokenRequests.length];
    await task();
    const here = stage.tokenRequests.slice(seen).map(({ grantType }) => grantType);
    return { clicks: (await stage.clicks()) - clicks, requests: here };
  };

  it('connects with two clicks, and a tool answers', async () => {
    const cost = await count(async () => {
      expect(await first.connect()).toContain(about.tool.name);
      await expectAnswer(first, about.tool);
    });
    expect(cost).toEqual({ clicks: 2, requests: ['authorization_code'] });
  });

  if (about.bound) {
    it('keeps its tokens from the page, since they are bound to a key (Z36)', async () => {
      const cost = await count(async () => {
        expect(await first.getToken()).toMatchObject({ code: 'sealed' });
      });
      expect(cost).toEqual({ clicks: 0, requests: [] });
    });
  } else {
    it('hands the token to the page itself after one more click (Z26)', async () => {
      const cost = await count(() => takeToken(first));
      expect(cost).toEqual({ clicks: 1, requests: [] });
    });
  }

  if (about.stepUps.length > 0) {
    it('steps up with one click each, loses nothing, and sends no refresh (B1, B5)', async () => {
      for (const further of about.stepUps) {
        const cost = await count(() => stepUp(first, further));
        expect(cost).toEqual({ clicks: 1, requests: ['authorization_code'] });
      }
      const after = await count(() => expectAnswer(first, about.tool));
      expect(after).toEqual({ clicks: 0, requests: [] });
    });
  }

  if (about.cors) {
    it('lets a second site in by a question of its own, and the first stays as it is', async () => {
      const site = await getStage().newSite(server.mcpUrl);
      const cost = await count(async () => {
        expect(await site.connect()).toContain(about.tool.name);
      });
      expect(cost.requests).toEqual(['authorization_code']);
      expect(cost.clicks).toBeGreaterThan(0);
      const after = await count(async () => {
        for (const one of [first, site, first, site]) await expectAnswer(one, about.tool);
      });
      expect(after).toEqual({ clicks: 0, requests: [] });
      if (!about.bound) expect((await takeToken(site)) === (await tokenOf(first))).toBe(false);
      second = site;
    });
  }

  if (about.renewal === 'refresh') {
    it('renews tokens that have ended, once for each site, and asks nobody', async () => {
      await server.expireTokens();
      for (const site of second ? [first, second] : [first]) {
        const cost = await count(() =>
          Promise.all([1, 2, 3].map(() => expectAnswer(site, about.tool))),
        );
        expect(cost).toEqual({ clicks: 0, requests: ['refresh_token'] });
      }
    });
  } else {
    it('hands on the answer of a server that does not tell that a token has ended', async () => {
      await server.expireTokens();
      const cost = await count(async () => {
        expect(await first.call(about.tool.name, about.tool.args)).toContain('server_error');
      });
      expect(cost).toEqual({ clicks: 0, requests: [] });
    });
  }

  it('ends what the popup disconnects, and nothing else', async () => {
    const stage = getStage();
    const token = await tokenOf(first);
    if (!about.bound) expect(await statusWith(server.mcpUrl, token)).not.toBe(401);
    expect(await disconnect(stage, first, server.mcpUrl)).toBe(about.revocation.outcome);
    if (about.revocation.endsAccess) expect(await statusWith(server.mcpUrl, token)).toBe(401);
    expect((await first.events()).map(({ type }) => type)).toContain('revoked');
    expect(await first.getToken({ interactive: false })).toMatchObject({
      code: 'interaction_required',
    });
    const other = second;
    if (!other) return;
    const after = await count(() => expectAnswer(other, about.tool));
    expect(after).toEqual({ clicks: 0, requests: [] });
  });

  it('connects anew when the person allows it again', async () => {
    // A question for a tab that is not in front waits for the person to come and look.
    await first.page.bringToFront();
    const { clicks, requests } = await count(async () => {
      expect(await first.getToken()).toHaveProperty('token');
    });
    expect(clicks).toBeGreaterThan(0);
    expect(requests).toEqual(['authorization_code']);
    await expectAnswer(first, about.tool);
  });

  for (const [title, check] of Object.entries(particulars)) {
    it(title, async () => check(server.mcpUrl, await tokenOf(first)));
  }

  it('leaves no fault in the extension behind (T-32)', () => {
    expect(getStage().browser.faults).toEqual([]);
  });
}

/** Calls a tool, whose answer has to be the one that is known. */
export async function expectAnswer(site: WebClient, { name, args, says }: ToolCall): Promise<void> {
  expect(await site.call(name, args)).toContain(says);
}

async function stepUp(site: WebClient, further: ToolCall | string): Promise<void> {
  if (typeof further !== 'string') return expectAnswer(site, further);
  const before = await scopesOf(site, {});
  expect(await scopesOf(site, { scopes: [further] })).toEqual([...before, further].sort());
}

async function scopesOf(site: WebClient, asked: { scopes?: string[] }): Promise<string[]> {
  const outcome = await site.getToken(asked);
  return 'token' in outcome ? outcome.token.scope.split(' ').sort() : [outcome.code];
}

/** The token that the background has kept so far; the person agrees. */
async function takeToken(site: WebClient): Promise<string> {
  await site.page.bringToFront();
  expect(await site.getToken()).toHaveProperty('token');
  return tokenOf(site);
}

async function tokenOf(site: WebClient): Promise<string> {
  const outcome = await site.getToken({ interactive: false });
  return 'token' in outcome ? outcome.token.access_token : outcome.code;
}

/** What the server answers to whoever shows this token. */
async function statusWith(mcpUrl: string, token: string): Promise<number> {
  const { status, body } = await fetch(mcpUrl, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  await body?.cancel();
  return status;
}

/** Clicks it in the popup; resolves what the popup says of the revocation. */
async function disconnect(
  { browser }: InteropStage,
  site: WebClient,
  mcpUrl: string,
): Promise<string | null> {
  const popup = await browser.extensionPage(DOCUMENTS.popup);
  const origin = await site.page.evaluate(() => location.origin);
  // Some servers name their origin as the resource.
  const row = `[data-grant^="${origin} ${new URL(mcpUrl).origin}"]`;
  for (const button of ['.disconnect', '.confirm']) {
    await popup.waitForSelector(`${row} ${button}`);
    await popup.click(`${row} ${button}`);
  }
  const outcome = await popup.waitForSelector(`${row} .outcome`);
  const said = await outcome?.evaluate((line) => line.getAttribute('data-outcome'));
  await popup.close();
  return said ?? null;
}
