/**
 * A renderer that was taken over speaks for its own site, and nothing can prevent that (T-08). What it can do is
 * limited to that site's grants: everything that the page door offers, tried against another site's.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reportBar } from '../../support/bars.ts';
import { World } from '../../flow/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

it('a renderer that was taken over reaches the grants of its own site, and no others (T-08, T-01)', async () => {
  const taken = world.openPage(world.lab.siteB.origin);
  const own = await world.getToken({ scopes: ['notes:read'] });
  world.answer = () => 'deny';
  const { resource } = world;
  const asks = [
    taken.call('getToken', { resource, interactive: false }),
    taken.call('getToken', { resource, rejected: own.access_token, interactive: false }),
    taken.call('getToken', { resource, scopes: ['notes:read'] }),
  ];
  const outcomes = await Promise.allSettled(asks);
  expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  const others = [
    await taken.call('permission', { resource }),
    await taken.call('release', { resource }),
  ];
  expect(others).toMatchObject([{ granted: false, scopes: [] }, { released: false }]);
  // What it did to itself has changed nothing for the site that was connected.
  expect(await world.getToken({ interactive: false })).toEqual(own);
  const tokensOfOthers = JSON.stringify(taken.said).split(own.access_token).length - 1;
  expect(tokensOfOthers).toBe(0);
  expect(taken.events).toEqual([]);
  reportBar('a renderer taken over', { calls: outcomes.length + others.length, tokensOfOthers });
});
