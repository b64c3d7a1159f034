/** What is held by a lock, and by which: one for each thing that must not happen twice, and for no more (architecture §5). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callsIn, codeOf } from './calls.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const { grantOf } = callsIn(() => world);

/** Answers for a second resource of the same host and provider; the real servers know one. */
function withSecondResource() {
  const second = `${new URL(world.resource).origin}/second`;
  const { http } = world.ports;
  world.ports.http = async (url, init, limits) => {
    if (!url.includes('oauth-protected-resource/second')) return http(url, init, limits);
    const { issuer } = world.lab.authorizationServer;
    return Response.json({ resource: second, authorization_servers: [issuer] });
  };
  return second;
}

describe('a refresh', () => {
  it('does not wait for that of another resource of the same site', async () => {
    const second = `${world.resource}/second`;
    await world.getToken({ scopes: ['notes:read'] });
    const grant = await grantOf();
    const other = { ...grant, resource: second };
    await world.ports.store.commitGrant(other, { asked: second, flow: 'none' });
    world.elapsed = 3_700_000;
    let isWaiting = false;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    world.ports.http = async (_url, init) => {
      const isSecond = String(init.body).includes(encodeURIComponent(second));
      isWaiting ||= !isSecond;
      if (!isSecond) await gate;
      return Response.json({
        access_token: isSecond ? 'of-the-second' : 'of-the-first',
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: 'the-next',
      });
    };
    const first = world.getToken();
    await expect.poll(() => isWaiting).toBe(true);
    expect((await world.getToken({ resource: second })).access_token).toBe('of-the-second');
    letGo();
    expect((await first).access_token).toBe('of-the-first');
  });

  it('is one request for two workers of one browser, under a lock (T-38)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3_700_000;
    const { access: other } = world.life;
    world.begin();
    const held = world.lab.authorizationServer.holdTokenResponses();
    const mark = world.lab.ledger.mark();
    const { origin } = world.lab.siteA;
    const params = { resource: world.resource };
    const { signal } = new AbortController();
    const calls = [world.getToken(), other.getToken({ origin, tabId: 1 }, params, signal)];
    await held.reached;
    // Time in which the other would send its own.
    await new Promise((resolve) => setTimeout(resolve, 200));
    held.release();
    const tokens = await Promise.all(calls);
    expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(1);
    expect(world.lab.ledger.since(mark).cost().refreshes).toBe(1);
  });

  it('waits while a scope is taken away from the same grant, and sends what that has left', async () => {
    await world.getToken({ scopes: ['notes:read', 'notes:delete'] });
    const { origin } = world.lab.siteA;
    const key = { origin, resource: world.resource, account: 'default' };
    const held = world.lab.authorizationServer.holdTokenResponses();
    const removal = world.own.removeScope({ ...key, scope: 'notes:delete' });
    await held.reached;
    world.elapsed = 3_700_000;
    const call = world.getToken({ interactive: false }).catch(codeOf);
    await new Promise((resolve) => setTimeout(resolve, 50));
    held.release();
    await removal;
    await call;
    const requests = world.lab.ledger.tokenRequests('refresh_token');
    expect(requests.map(({ scope }) => scope)).not.toContain(undefined);
  });
});

describe('a registration', () => {
  it('is one for two servers of one issuer that are connected at the same time (T-45)', async () => {
    const second = withSecondResource();
    const { http } = world.ports;
    let registering = 0;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    world.ports.http = async (url, init, limits) => {
      if (url.endsWith('/reg')) {
        registering += 1;
        await gate;
      }
      return http(url, init, limits);
    };
    const calls = [world.getToken({}), world.getToken({ resource: second })];
    const ended = Promise.allSettled(calls);
    const stages = () => world.life.flows.pending().map(({ step }) => step);
    await expect.poll(() => world.prompts.filter(({ stage }) => stage === 'allow').length).toBe(2);
    // Both are allowed: without the lock the second would be at the endpoint by now.
    await expect.poll(stages).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    letGo();
    await ended;
    expect(registering).toBe(1);
    expect(world.lab.ledger.registrations().length).toBe(1);
  });
});
