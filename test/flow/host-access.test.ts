/** Access to the server's own host, asked of the browser in the Allow click (Z33). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPattern } from '../../src/protocol/url-policy.ts';
import { insufficientScope, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const server = () => hostPattern(world.resource);
const key = () => ({
  origin: world.lab.siteA.origin,
  resource: world.resource,
  account: 'default',
});
const read = () => world.ports.store.readGrant(key());
const allows = () => world.prompts.filter(({ stage }) => stage === 'allow');
const view = async () => (await world.own.grants({}))[0]!;

describe('access to the host of the server', () => {
  it('is asked for with Allow, together with the provider’s, and not where it is held (Z33)', async () => {
    world.hostAccess = () => false;
    await world.getToken({ scopes: ['notes:read'] });
    const asked = allows()[0]!.hostAccess;
    expect(asked).toEqual([server()]);
    world.hostAccess = () => true;
    await world.getToken({ scopes: ['notes:read', 'notes:write'] });
    expect(allows()[1]!.hostAccess).toEqual([]);
  });

  it('is asked for nowhere that requests can’t be carried (Z26, Z33)', async () => {
    world.ports.copiesBytes = false;
    await world.restart();
    world.hostAccess = () => false;
    await world.getToken({ scopes: ['notes:read'] });
    expect(allows()[0]).toMatchObject({ keeper: 'page' });
    expect((await view()).carried).toBe(false);
    expect(await view()).not.toHaveProperty('missingAccess');
  });

  it('that was declined is not asked for again, for no site, and the popup offers it (Z33)', async () => {
    world.hostAccess = () => false;
    await world.getToken({ scopes: ['notes:read'] });
    expect((await read())?.accessDeclined).toBe(true);
    expect(await view()).toMatchObject({ carried: false, missingAccess: server() });
  });

  it('that is given later is told to the pages of its sites, with no question (Z33)', async () => {
    world.hostAccess = () => false;
    await world.getToken({ scopes: ['notes:read'] });
    const page = world.pageOf();
    const told = page.events.length;
    world.hostAccess = () => true;
    world.given([server()]);
    await expect.poll(() => page.events.length).toBeGreaterThan(told);
    expect(page.events.at(-1)).toMatchObject({ type: 'grantchange', resource: world.resource });
    expect(await view()).toMatchObject({ carried: true });
    expect(await view()).not.toHaveProperty('missingAccess');
    expect(allows()).toHaveLength(1);
  });
});

describe('further headers of a site', () => {
  it('are kept for its grant, never one that speaks for somebody else (Z29)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const names = ['X-Project-Id', 'x-project-id', 'x-team'];
    expect(await world.own.allowHeaders({ ...key(), names })).toEqual({ saved: true });
    expect((await view()).headers).toEqual(['x-project-id', 'x-team']);
    for (const name of [
      'Origin',
      'cookie',
      'Authorization',
      'Sec-Fetch-Site',
      'X-Forwarded-For',
      'a b',
    ]) {
      const saving = world.own.allowHeaders({ ...key(), names: ['x-team', name] });
      await expect(saving).rejects.toMatchObject({ code: 'invalid_request' });
    }
    expect((await view()).headers).toEqual(['x-project-id', 'x-team']);
    const challenge = insufficientScope('notes:write');
    await world.getToken({ challenge });
    expect((await view()).headers).toEqual(['x-project-id', 'x-team']);
  });
});
