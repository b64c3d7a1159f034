/** For whom a flow goes on: pages that wait, each as the document that asked, in the tab that shows it (Z40, T-06). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './calls.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** Stops each request for metadata until it is let go; `reached` counts those that were stopped. */
function stopMetadata() {
  const { http } = world.ports;
  const gate = { reached: 0, letGo: (): void => undefined };
  const open = new Promise<void>((resolve) => (gate.letGo = resolve));
  world.ports.http = async (url, init, limits) => {
    if (!url.includes('/.well-known/')) return http(url, init, limits);
    gate.reached += 1;
    await open;
    return http(url, init, limits);
  };
  return gate;
}

/** The tab that the user looks at. */
function lookAt(tab: () => number): void {
  world.ports.isInFront = (tabId) => Promise.resolve(tabId === tab());
}

const pendingOf = () => world.life.flows.pending().map(({ snapshot }) => snapshot.origin);
const moment = () => new Promise((resolve) => setTimeout(resolve, 40));

describe('a sign-in without a question', () => {
  /** A page whose token was refused, with a server that gives no other without a sign-in; counts the windows. */
  async function refusedToken() {
    const { http, authWindow } = world.ports;
    world.ports.http = async (url, init, limits) => {
      const response = await http(url, init, limits);
      if (!url.endsWith('/token') || !response.ok) return response;
      const { refresh_token: _, ...rest } = (await response.json()) as Record<string, unknown>;
      return Response.json(rest);
    };
    const page = world.pageOf();
    const { access_token } = await world.getToken();
    const windows = { opened: 0 };
    world.ports.authWindow = {
      ...authWindow,
      open: (url, opened) => {
        windows.opened += 1;
        return authWindow.open(url, opened);
      },
    };
    world.elapsed += 31_000;
    const gate = stopMetadata();
    const params = { resource: world.resource, rejected: access_token };
    const call = page.call('getToken', params).then(() => 'signed in', codeOf);
    await expect.poll(() => gate.reached).toBe(1);
    return { page, call, windows, gate };
  }

  it('opens its window while the page is in front (Z24)', async () => {
    const { call, windows, gate } = await refusedToken();
    gate.letGo();
    expect([await call, windows.opened]).toEqual(['signed in', 1]);
  });

  it('opens none for a page that has left meanwhile, and registers nothing (Z40, T-06)', async () => {
    const { page, call, windows, gate } = await refusedToken();
    const mark = world.lab.ledger.mark();
    page.leave();
    world.openPage('https://bank.example', page.caller.tabId);
    expect(await call).toBe('aborted');
    gate.letGo();
    await expect.poll(() => world.ports.store.listFlows()).toEqual([]);
    await moment();
    expect(windows.opened).toBe(0);
    expect(world.lab.ledger.since(mark).cost().authorizations).toBe(0);
  });

  it('goes on once it has begun, whether its page stays or not (Z4)', async () => {
    const { page, call, gate } = await refusedToken();
    const { authWindow } = world.ports;
    world.ports.authWindow = {
      ...authWindow,
      open: async (url, opened) => {
        page.leave();
        await moment();
        return authWindow.open(url, opened);
      },
    };
    gate.letGo();
    expect(await call).toBe('aborted');
    const signIns = () => world.lab.ledger.cost().exchanges;
    await expect.poll(signIns).toBe(2);
    await expect.poll(() => world.ports.store.listFlows()).toEqual([]);
  });

  it('opens none over the tab to which the user has turned meanwhile (Z24, Z40)', async () => {
    const { call, windows, gate } = await refusedToken();
    world.inFront = false;
    gate.letGo();
    expect([await call, windows.opened]).toEqual(['interaction_required', 0]);
  });
});

describe('two tabs of one site that ask for the same', () => {
  it('are asked over the tab that is left, once the user looks at it (Z40)', async () => {
    const [first, second] = [world.openPage(), world.openPage()];
    let [front, look] = [first.caller.tabId, (): void => undefined];
    lookAt(() => front);
    world.ports.watchFront = (changed) => {
      look = changed;
      return () => undefined;
    };
    world.answer = () => 'ignore';
    const held = world.ports.store.saveFlow;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    world.ports.store.saveFlow = async (flow) => {
      if (flow.stage === 'deciding') await gate;
      return held(flow);
    };
    const params = { resource: world.resource };
    const calls = [first, second].map((page) => page.call('getToken', params).catch(codeOf));
    await moment();
    first.leave();
    expect(await calls[0]).toBe('aborted');
    // Where the first was, another site is now, and the user looks at it.
    world.openPage('https://bank.example', first.caller.tabId);
    letGo();
    await expect.poll(pendingOf).toEqual([second.caller.origin]);
    await moment();
    expect(world.openPrompts).toBe(0);
    front = second.caller.tabId;
    look();
    await expect.poll(() => world.openPrompts).toBe(1);
    second.leave();
    await expect.poll(() => world.openPrompts).toBe(0);
  });
});

describe('a page that is left for another one of the same site', () => {
  it('has its question closed, and the next document is asked for itself (Z40)', async () => {
    const { origin } = world.lab.siteA;
    world.answer = () => 'ignore';
    const former = world.openPage(origin, 1, 'document 1');
    const params = { resource: world.resource };
    void former.call('getToken', params).catch(codeOf);
    await expect.poll(() => world.prompts.length).toBe(1);
    const [view] = world.life.flows.pending();
    former.leave();
    const next = world.openPage(origin, 1, 'document 2');
    await expect.poll(() => world.openPrompts).toBe(0);
    void next.call('getToken', params).catch(codeOf);
    await expect.poll(() => world.prompts.length).toBe(2);
    expect(world.life.flows.pending().map(({ flow }) => flow)).not.toContain(view!.flow);
    next.leave();
  });

  it('asks nothing over the next one while only its own port is late to close (Z40)', async () => {
    const { origin } = world.lab.siteA;
    // The browser says of the tab that it is in front, whichever document it shows.
    const former = world.openPage(origin, 1, 'document 1');
    former.leave();
    world.openPage(origin, 1, 'document 2');
    const { isInFront } = world.life.ports;
    expect(await isInFront({ origin, tabId: 1, documentId: 'document 1' })).toBe(false);
    expect(await isInFront({ origin, tabId: 1, documentId: 'document 2' })).toBe(true);
    expect(await isInFront({ origin, tabId: 2, documentId: 'document 2' })).toBe(false);
    expect(await isInFront({ origin: 'https://bank.example', tabId: 1 })).toBe(false);
  });

  it('leaves no flow that the next call would end with (Z40)', async () => {
    const gate = stopMetadata();
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'ignore');
    const former = world.openPage();
    const params = { resource: world.resource };
    const left = former.call('getToken', params).catch(codeOf);
    await expect.poll(() => gate.reached).toBe(1);
    const { deleteFlow } = world.ports.store;
    let end = (): void => undefined;
    const ending = new Promise<void>((resolve) => (end = resolve));
    world.ports.store.deleteFlow = async (id) => {
      await ending;
      return deleteFlow(id);
    };
    former.leave();
    // Before the former flow has come to its end.
    const next = world
      .openPage()
      .call('getToken', params)
      .then(() => 'a token', codeOf);
    expect(await left).toBe('aborted');
    await moment();
    end();
    gate.letGo();
    world.answer = () => 'allow';
    expect(await next).toBe('a token');
  });
});

describe('a server that never answers', () => {
  it('holds no place for pages that have left (T-13, Z40)', async () => {
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'ignore');
    const page = world.openPage();
    const gate = stopMetadata();
    const ask = (n: number) =>
      page.call('getToken', { resource: `${world.resource}?n=${n}` }).catch(codeOf);
    const calls = [1, 2, 3].map(ask);
    // One waits for its server, and the two others for their turn on the screen.
    await expect.poll(() => gate.reached).toBe(1);
    await expect.poll(() => pendingOf().length).toBe(2);
    expect(await ask(4)).toBe('rate_limited');
    page.leave();
    expect(await Promise.all(calls)).toEqual(Array(3).fill('aborted'));
    await expect.poll(() => world.ports.store.listFlows()).toEqual([]);
    world.bringBack(page);
    void ask(5);
    await expect.poll(() => gate.reached).toBe(2);
    page.leave();
  });
});

describe('what the user began', () => {
  it('goes on when a page that joined it leaves', async () => {
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      url.includes('oauth-authorization-server') || url.includes('openid-configuration')
        ? Promise.resolve(new Response('{}', { status: 404 }))
        : http(url, init, limits);
    expect(await world.getToken().catch(codeOf)).toBe('discovery_failed');
    world.ports.http = http;
    const gate = stopMetadata();
    const failed = world.life.flows.pending().find(({ step }) => step === 'failed')!;
    expect(await world.own.retry({ flow: failed.flow })).toEqual({ started: true });
    await expect.poll(() => gate.reached).toBe(1);
    const page = world.openPage();
    const call = page.call('getToken', { resource: world.resource }).catch(codeOf);
    await moment();
    page.leave();
    expect(await call).toBe('aborted');
    gate.letGo();
    await expect.poll(() => world.own.grants({})).toHaveLength(1);
  });
});
