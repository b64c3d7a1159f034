/**
 * Pages know a resource by the address that they asked for. Whatever ends or changes a grant, they hear of it under
 * every such address, whoever did it; a page compares `event.resource` with what it uses.
 */
import { release } from '../../src/background/user/release.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWithSharedClient } from './changed-answers.ts';
import { insufficientScope, World } from './world.ts';

const DAY = 86_400_000;

let world: World;
beforeEach(async () => {
  world = await World.open();
  world.choices = { login: 'alice' };
});
afterEach(() => world.close());

const sub = () => `${world.resource}/sub`;
const both = () => [world.resource, sub()];
const key = (origin = world.lab.siteA.origin) => ({
  origin,
  resource: world.resource,
  account: 'default',
});

/** Connects a site, which knows the resource by two addresses then. */
async function connect(origin = world.lab.siteA.origin): Promise<void> {
  await world.getToken({ scopes: ['notes:read', 'notes:delete'] }, { origin });
  await world.ports.store.addAlias(key(origin), { asked: sub(), flow: 'none' });
  world.events.length = 0;
}

/** The addresses under which a site was told of this, sorted, each once. */
function told(type: 'revoked' | 'grantchange', site = world.lab.siteA.origin): string[] {
  const events = world.events.filter(({ origin, event }) => origin === site && event.type === type);
  return [...new Set(events.map(({ event }) => event.resource))].sort();
}

describe('every address of the resource is told revoked', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['the user disconnects', () => world.own.disconnect(key())],
    [
      'the user disconnects the server',
      () => world.own.disconnectServer({ resource: world.resource }),
    ],
    ['the user pauses the site', () => world.own.pause({ origin: key().origin, paused: true })],
    ['the user erases everything', () => world.own.erase({ what: 'everything' })],
    [
      'the page gives it back, under one of them',
      () => {
        const { ports, flows } = world.life;
        return release(ports, flows, { origin: key().origin, tabId: 1 }, sub());
      },
    ],
  ])('when %s', async (_what, act) => {
    await connect();
    await act();
    expect(told('revoked')).toEqual(both());
    expect(told('revoked', world.lab.siteB.origin)).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is asked for', () => world.getToken({ interactive: false }).catch(() => undefined)],
    ['is listed', () => world.own.grants({})],
    ['is found by the next worker', () => world.restart()],
  ])('when it is over and %s', async (_how, act) => {
    world.duration = 'day';
    await connect();
    world.elapsed = DAY + 1000;
    await act();
    await expect.poll(() => told('revoked')).toEqual(both());
  });

  it('when another site is disconnected together with all that share its client (Z21)', async () => {
    await world.close();
    world = await openWithSharedClient();
    const { siteA, siteB } = world.lab;
    await connect(siteB.origin);
    await connect(siteA.origin);
    await world.own.disconnect({ ...key(), everySharer: true });
    expect([told('revoked'), told('revoked', siteB.origin)]).toEqual([both(), both()]);
  });
});

describe('every address of the resource is told grantchange', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a scope is taken away', () => world.own.removeScope({ ...key(), scope: 'notes:delete' })],
    [
      'the site is taken up again after a pause',
      async () => {
        await world.own.pause({ origin: key().origin, paused: true });
        await world.own.pause({ origin: key().origin, paused: false });
      },
    ],
    [
      'another scope is allowed, under one of them',
      () => world.getToken({ challenge: insufficientScope('notes:write') }),
    ],
    [
      'the user signs in anew',
      async () => {
        const grant = await world.ports.store.readGrant(key());
        await world.ports.store.updateGrant(grant!, { token: undefined });
        await world.getToken();
      },
    ],
    [
      'another account is connected',
      async () => {
        world.choices = { login: 'bob' };
        await world.own.connectAccount({ ...key(), name: 'Work' });
        await expect.poll(async () => (await world.own.grants({})).length).toBe(2);
        await expect.poll(() => world.events.length).toBeGreaterThan(0);
      },
    ],
  ])('when %s', async (_what, act) => {
    await connect();
    await act();
    await expect.poll(() => told('grantchange')).toEqual(both());
    expect(told('grantchange', world.lab.siteB.origin)).toEqual([]);
  });

  it('when the user turns to another account', async () => {
    await connect();
    world.choices = { login: 'bob' };
    await world.own.connectAccount({ ...key(), name: 'Work' });
    await expect.poll(async () => (await world.own.grants({})).length).toBe(2);
    await expect.poll(() => world.events.length).toBeGreaterThan(1);
    world.events.length = 0;
    expect(await world.own.chooseAccount(key())).toEqual({ chosen: true });
    expect(told('grantchange')).toEqual(both());
  });
});
