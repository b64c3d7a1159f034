/** What the user, another call or the worker's own work does while a call waits: the later word counts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/background/ports/stores.ts';
import { codeOf } from './calls.ts';
import { World } from './world.ts';

const DAY = 86_400_000;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const origin = () => world.lab.siteA.origin;
const key = () => ({ origin: origin(), resource: world.resource, account: 'default' });

/** Holds every call of a port back until it is let go. */
function hold<N extends 'isInFront'>(name: N) {
  const port = world.ports[name];
  let letGo = () => {};
  const released = new Promise<void>((resolve) => (letGo = resolve));
  let calls = 0;
  world.ports[name] = async (tabId) => {
    calls += 1;
    await released;
    return port(tabId);
  };
  return { letGo: () => letGo(), calls: () => calls };
}

/** The same for a method of the store. */
function holdStore(name: 'listFlows' | 'listAliases' | 'findEnded' | 'deleteGrant') {
  const read = world.ports.store[name] as (...args: unknown[]) => Promise<unknown>;
  let letGo = () => {};
  const released = new Promise<void>((resolve) => (letGo = resolve));
  let calls = 0;
  world.ports.store[name] = (async (...args: unknown[]) => {
    calls += 1;
    await released;
    return read(...args);
  }) as Store[typeof name] & (() => never);
  return {
    letGo: () => {
      letGo();
      world.ports.store[name] = read as never;
    },
    calls: () => calls,
  };
}

describe('while a call looks whether its tab is in front', () => {
  it('a pause keeps it from asking, connecting or storing anything', async () => {
    const front = hold('isInFront');
    const call = world.getToken({ scopes: ['notes:read'] }).catch(codeOf);
    await expect.poll(front.calls).toBe(1);
    await world.own.pause({ origin: origin(), paused: true });
    front.letGo();
    expect(await call).toBe('access_denied');
    expect(world.prompts).toEqual([]);
    expect(await world.ports.store.listGrants()).toEqual([]);
  });

  it('another call may sign in, and this one uses what it brought', async () => {
    const front = hold('isInFront');
    const first = world.getToken({ scopes: ['notes:read'] });
    await expect.poll(front.calls).toBe(1);
    world.ports.isInFront = () => Promise.resolve(true);
    await world.getToken({ scopes: ['notes:read'] });
    front.letGo();
    await first;
    expect(world.lab.ledger.cost().authorizations).toBe(1);
  });
});

describe('a disconnection', () => {
  it('that comes while a sign-in is being stored is not undone by it (T-49)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const aliases = holdStore('listAliases');
    const call = world.getToken({ scopes: ['notes:write'] }).catch(codeOf);
    await expect.poll(aliases.calls).toBe(1);
    const ended = world.own.disconnect(key());
    await expect.poll(aliases.calls).toBe(2);
    aliases.letGo();
    await ended;
    expect(await call).not.toHaveProperty('access_token');
    expect(await world.ports.store.listGrants()).toEqual([]);
  });

  it('is done though the pages could not be told', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    world.ports.store.listAliases = () => Promise.reject(new Error('The disk is gone.'));
    expect(await world.own.disconnect(key())).toEqual({ revocation: 'revoked' });
  });
});

describe('the sweep at a start', () => {
  it('leaves a grant alone that the site has made anew meanwhile', async () => {
    world.duration = 'session';
    await world.getToken({ scopes: ['notes:read'] });
    world.ports.session = 'the next session';
    const deletion = holdStore('deleteGrant');
    const started = world.begin().start();
    await expect.poll(deletion.calls).toBe(1);
    // Stored while the deletion of the former one is under way.
    const former = (await world.ports.store.findGrant(origin(), world.resource))!;
    const from = { asked: world.resource, flow: '' };
    await world.ports.store.commitGrant({ ...former, session: 'the next session' }, from);
    deletion.letGo();
    await started;
    expect(await world.ports.store.listGrants()).toMatchObject([{ session: 'the next session' }]);
    expect(world.events.filter(({ event }) => event.type === 'revoked')).toEqual([]);
  });

  it('tells the pages once that a grant is over, however many look at the same time', async () => {
    world.duration = 'day';
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = DAY + 1;
    world.events.length = 0;
    const started = world.begin().start();
    await Promise.all([started, world.own.grants({}), world.own.grants({})]);
    expect(world.events.map(({ event }) => event.type)).toEqual(['revoked']);
  });
});

describe('the end of a day', () => {
  it('comes for one grant after the other without a call, in a worker that found them at its start', async () => {
    world.duration = 'day';
    await world.getToken({ scopes: ['notes:read'] });
    const grant = (await world.ports.store.findGrant(origin(), world.resource))!;
    const later = { ...grant, origin: 'https://later.example', endsAt: grant.endsAt! + 1000 };
    await world.ports.store.commitGrant(later, { asked: world.resource, flow: '' });
    const alarms: { at: number; ring: () => void }[] = [];
    const { now } = world.ports;
    world.ports.pause = (milliseconds) =>
      new Promise((ring) => alarms.push({ at: now() + milliseconds, ring }));
    await world.restart();
    for (const left of [1, 0]) {
      const next = alarms
        .filter(({ at }) => at - now() > 1000 || at > grant.endsAt! - 1000)
        .at(-1)!;
      world.elapsed += Math.max(0, next.at - now()) + 1;
      next.ring();
      await expect.poll(async () => (await world.ports.store.listGrants()).length).toBe(left);
    }
  });
});

describe('while the flows of a former worker are being read', () => {
  const DECISION = { flow: 'none', nonce: '', digest: '', decision: 'deny' as const };

  it.each<[string, () => Promise<unknown>]>([
    ['a call that has to ask', () => world.getToken({ scopes: ['notes:write'] })],
    ['a disconnection', () => world.own.disconnect(key())],
    ['a pause', () => world.own.pause({ origin: origin(), paused: true })],
    ['an erasure', () => world.own.erase({ what: 'everything' })],
    ['an answer', () => world.own.decide(DECISION)],
    ['a look at the prompt', () => world.own.prompt({ flow: 'none' })],
    ['a look at what waits', () => world.own.pending({})],
    ['a review', () => world.own.review({ flow: 'none' })],
    ['one more account', () => world.own.connectAccount({ ...key(), name: 'Work' })],
    ['a closed window', () => world.life.flows.windowClosed(1)],
  ])('%s waits', async (_what, act) => {
    await world.getToken({ scopes: ['notes:read'] });
    const flows = holdStore('listFlows');
    const started = world.begin().start();
    let isDone = false;
    const done = act()
      .catch(() => undefined)
      .then(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isDone).toBe(false);
    flows.letGo();
    await Promise.all([started, done]);
  });

  it('a refusal that nothing can change does not', async () => {
    const flows = holdStore('listFlows');
    const started = world.begin().start();
    expect(await world.getToken({ interactive: false }).catch(codeOf)).toBe('interaction_required');
    flows.letGo();
    await started;
  });

  it('and cannot be, what the user does works all the same', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { listFlows } = world.ports.store;
    world.ports.store.listFlows = () => Promise.reject(new Error('The disk is gone.'));
    await world.begin().start();
    world.ports.store.listFlows = listFlows;
    expect(await world.own.disconnect(key())).toEqual({ revocation: 'revoked' });
  });
});
