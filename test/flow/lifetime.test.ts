/** How long a grant lasts, and what a pause does: what the user decided holds whether or not anybody cleans up. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, World } from './world.ts';

const DAY = 86_400_000;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const passive = () => world.getToken({ interactive: false });
const rows = async () => (await world.own.activity({ limit: 100 })).rows;
const revocations = () => world.lab.ledger.cost().revocations;

describe('a grant for a day', () => {
  beforeEach(() => {
    world.duration = 'day';
  });

  it('ends a day after the decision: deleted, revoked, written down, told to the page', async () => {
    const before = Date.now();
    await world.getToken({ scopes: ['notes:read'] });
    const [view] = await world.own.grants({});
    expect(view).toMatchObject({ duration: 'day' });
    expect(view!.endsAt! - before).toBeGreaterThanOrEqual(DAY);
    expect(view!.endsAt! - Date.now()).toBeLessThanOrEqual(DAY);
    world.elapsed = DAY + 1000;
    await expect(passive()).rejects.toMatchObject({ code: 'interaction_required' });
    expect(await world.own.grants({})).toEqual([]);
    await expect.poll(revocations).toBe(2);
    const { origin } = world.lab.siteA;
    expect((await rows())[0]).toMatchObject({ kind: 'ended', origin, resource: world.resource });
    expect(world.events.at(-1)).toEqual({
      origin,
      event: { type: 'revoked', resource: world.resource, scopes: [] },
    });
  });

  it('is not listed after its end, in a part of the list either', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { origin } = world.lab.siteA;
    const part = { origin, limit: 100 };
    expect(await world.own.grants(part)).toHaveLength(1);
    world.elapsed = DAY + 1000;
    expect(await world.own.grants(part)).toEqual([]);
    expect((await rows())[0]).toMatchObject({ kind: 'ended', origin });
  });

  it('is never handed out after its end, though nothing has cleaned up yet', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const { origin } = world.lab.siteA;
    const key = { origin, resource: world.resource, account: 'default' };
    world.elapsed = DAY + 1000;
    expect(await world.life.ports.store.readGrant(key)).toBeUndefined();
    expect(await world.life.ports.store.findGrant(origin, world.resource)).toBeUndefined();
  });

  it('gives the page no token that outlives it', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const [view] = await world.own.grants({});
    world.elapsed = DAY - 600_000;
    const { expires_at } = await world.getToken();
    expect(expires_at).toBe(view!.endsAt);
  });

  it('ends by itself while the worker lives, and at the next start otherwise', async () => {
    const waits: { milliseconds: number; over: () => void }[] = [];
    const { pause } = world.ports;
    world.ports.pause = (milliseconds) =>
      milliseconds < 60_000
        ? pause(milliseconds)
        : new Promise((over) => waits.push({ milliseconds, over }));
    await world.getToken({ scopes: ['notes:read'] });
    // A question waits for an hour at most (Z39); this one is longer.
    const wait = waits.find(({ milliseconds }) => milliseconds > DAY - 60_000);
    expect(wait).toBeDefined();
    world.elapsed = DAY + 1000;
    wait!.over();
    await expect.poll(() => world.life.ports.store.listGrants()).toEqual([]);
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed += DAY + 1000;
    await world.restart();
    expect(await world.life.ports.store.listGrants()).toEqual([]);
  });

  it('keeps its end through a step-up, unless the user picks another', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const [before] = await world.own.grants({});
    world.elapsed = 3_000_000;
    world.duration = undefined;
    await world.getToken({ challenge: insufficientScope('notes:write') });
    expect(world.prompts.at(-1)).toMatchObject({ stage: 'allow', duration: 'day' });
    expect((await world.own.grants({}))[0]).toMatchObject({
      duration: 'day',
      endsAt: before!.endsAt,
    });
    world.duration = 'always';
    await world.getToken({ challenge: insufficientScope('notes:delete') });
    const [after] = await world.own.grants({});
    expect(after).toMatchObject({ duration: 'always' });
    expect(after).not.toHaveProperty('endsAt');
  });
});

describe('a grant for the session', () => {
  it('outlives the worker and ends with the browser', async () => {
    world.duration = 'session';
    await world.getToken({ scopes: ['notes:read'] });
    await world.restart();
    await expect(passive()).resolves.toBeDefined();
    await world.restartBrowser();
    expect(await world.life.ports.store.listGrants()).toEqual([]);
    await expect.poll(revocations).toBe(2);
    await expect(passive()).rejects.toMatchObject({ code: 'interaction_required' });
  });

  it('leaves a grant without an end as it is', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3 * DAY;
    await world.restartBrowser();
    expect((await world.own.grants({}))[0]).toMatchObject({ duration: 'always' });
    expect(revocations()).toBe(0);
  });
});

describe('a paused site', () => {
  const pause = (paused: boolean) => world.own.pause({ origin: world.lab.siteA.origin, paused });

  it('gets access_denied, and nothing is asked or contacted', async () => {
    await pause(true);
    const mark = world.lab.ledger.mark();
    const denied = { code: 'access_denied' };
    await expect(world.getToken()).rejects.toMatchObject(denied);
    await expect(passive()).rejects.toMatchObject(denied);
    expect(world.prompts).toEqual([]);
    expect(world.lab.ledger.since(mark).length).toBe(0);
    const { siteB } = world.lab;
    await expect(world.getToken({}, { origin: siteB.origin })).resolves.toBeDefined();
  });

  it('keeps its grants, and has them back at once when it is resumed', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    expect(await pause(true)).toMatchObject({ pausedSites: [world.lab.siteA.origin] });
    expect(world.events.at(-1)?.event.type).toBe('revoked');
    await expect(world.getToken()).rejects.toMatchObject({ code: 'access_denied' });
    const caller = { origin: world.lab.siteA.origin, tabId: 1 };
    const held = await world.life.access.permission(caller, world.resource);
    expect(held).toMatchObject({ granted: false, scopes: [] });
    expect((await world.own.grants({})).length).toBe(1);
    expect((await rows())[0]).toMatchObject({ kind: 'paused', scopes: [] });
    await world.restart();
    expect(await pause(false)).toMatchObject({ pausedSites: [] });
    expect(world.events.at(-1)?.event).toMatchObject({ type: 'grantchange' });
    expect((await world.getToken()).access_token).toBe(access_token);
    expect((await rows()).map(({ kind }) => kind)).toContain('resumed');
    expect(revocations()).toBe(0);
  });

  it('has its open prompt withdrawn, which counts as no refusal', async () => {
    world.answer = () => 'ignore';
    const call = world.getToken().catch((error: unknown) => error);
    await expect.poll(() => world.openPrompts).toBe(1);
    await pause(true);
    expect(await call).toMatchObject({ code: 'access_denied' });
    await expect.poll(() => world.openPrompts).toBe(0);
    expect(await world.own.refusals({})).toEqual([]);
  });
});
