/** What is left of a flow when its page has gone, and what of a question from before a restart (T-06, architecture §5). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './calls.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** A call of a page that can leave. */
function callFromPage() {
  const page = world.openPage();
  const params = { resource: world.resource, scopes: ['notes:read'] };
  const call = page.call('getToken', params).catch(codeOf);
  return {
    call,
    leave: () => {
      page.leave();
    },
  };
}

/** Stops at the first request whose URL ends so, until it is let go. */
function stopAt(part: string) {
  const { http } = world.ports;
  const gate = { isReached: false, letGo: (): void => undefined };
  const open = new Promise<void>((resolve) => (gate.letGo = resolve));
  world.ports.http = async (url, init, limits) => {
    if (url.endsWith(part) && !gate.isReached) {
      gate.isReached = true;
      await open;
    }
    return http(url, init, limits);
  };
  return gate;
}

describe('a flow whose last page leaves', () => {
  it.each([
    ['while the site is registered', '/reg'],
    ['while the code is exchanged', '/token'],
  ])('%s goes on, and the next call gets what it brought', async (_when, part) => {
    const gate = stopAt(part);
    const { call, leave } = callFromPage();
    await expect.poll(() => gate.isReached).toBe(true);
    leave();
    await call;
    gate.letGo();
    const { origin } = world.lab.siteA;
    await expect.poll(() => world.ports.store.findGrant(origin, world.resource)).toBeDefined();
    const [asked, { authorizations }] = [world.prompts.length, world.lab.ledger.cost()];
    await expect(world.getToken({ interactive: false })).resolves.toHaveProperty('access_token');
    expect([world.prompts.length, world.lab.ledger.cost().authorizations]).toEqual([
      asked,
      authorizations,
    ]);
  });

  it('in the sign-in window goes on as well', async () => {
    const { authWindow } = world.ports;
    let leave = (): void => undefined;
    world.ports.authWindow = {
      ...authWindow,
      open: async (url, opened) => {
        leave();
        await call;
        return authWindow.open(url, opened);
      },
    };
    const page = callFromPage();
    const { call } = page;
    ({ leave } = page);
    await call;
    await expect.poll(() => world.own.grants({})).toHaveLength(1);
  });

  it('while it asks is withdrawn, with its prompt, and nothing is remembered against the site', async () => {
    world.answer = () => 'ignore';
    const { call, leave } = callFromPage();
    await expect.poll(() => world.openPrompts).toBe(1);
    leave();
    await call;
    await expect.poll(() => world.openPrompts).toBe(0);
    await expect.poll(() => world.ports.store.listFlows()).toEqual([]);
    expect(world.life.flows.pending()).toEqual([]);
    expect(await world.own.refusals({})).toEqual([]);
  });
});

describe('a question from before a restart', () => {
  /** Ends the worker while the question is open; `later` ends the wait for its page. */
  async function restartInQuestion() {
    world.answer = () => 'ignore';
    void callFromPage();
    await expect.poll(() => world.openPrompts).toBe(1);
    const waits: { milliseconds: number; end: () => void }[] = [];
    world.ports.pause = (milliseconds) =>
      new Promise((end) => {
        waits.push({ milliseconds, end });
      });
    await world.restart();
    await expect.poll(() => world.life.flows.pending().length).toBe(1);
    return () => {
      for (const { milliseconds, end } of waits) if (milliseconds === 15_000) end();
    };
  }

  it('goes after fifteen seconds when its page does not come back (T-06)', async () => {
    const later = await restartInQuestion();
    later();
    await expect.poll(() => world.life.flows.pending()).toEqual([]);
    await expect.poll(() => world.openPrompts).toBe(0);
  });

  it('stays when its page has asked again by then', async () => {
    const later = await restartInQuestion();
    const { call, leave } = callFromPage();
    await expect.poll(() => world.life.flows.consent.pending()[0]?.waiting).toBe(1);
    later();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(world.life.flows.pending().length).toBe(1);
    expect(world.openPrompts).toBe(1);
    leave();
    await call;
  });
});
