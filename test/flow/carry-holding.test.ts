/** Carried requests, through the real doors, and who holds the token (Z26, Z29, Z33). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { post, toolCall } from './carrying.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const key = () => ({
  origin: world.lab.siteA.origin,
  resource: world.resource,
  account: 'default',
});
const read = () => world.ports.store.readGrant(key());
const refused = { refused: { status: 401 as const } };

describe('a first connection by a carried request', () => {
  it('leaves no token in any page, and a step-up names the tool as the site does (Z26, T-16)', async () => {
    await world.carry(post(toolCall('read_notes'), refused)).ended();
    const { head } = await world.carry(post(toolCall('add_note', { text: 'tea' }))).ended();
    expect(head).toMatchObject({ status: 200 });
    expect((await read())?.carriedSoFar).toBe(true);
    const asked = world.prompts.filter(({ stage }) => stage === 'allow');
    expect(asked.map(({ keeper }) => keeper)).toEqual(['broker', 'broker']);
    expect(asked.at(-1)?.tool).toBe('add_note');
    const passive = world.getToken({ interactive: false });
    await expect(passive).rejects.toMatchObject({ code: 'interaction_required' });
  });

  it('goes on with a token, and no second question, where the browser was told no (Z33)', async () => {
    world.hostAccess = () => false;
    const { instead } = await world.carry(post(toolCall('read_notes'), refused)).ended();
    expect(instead).toBe('token');
    const asked = world.prompts.length;
    await world.getToken({ interactive: false });
    expect(world.prompts).toHaveLength(asked);
  });
});

describe('a sealed grant', () => {
  it('is carried on, and needs access to the host rather than a token (Z26, Z33)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await world.own.seal({ ...key(), sealed: true });
    expect((await world.carry(post(toolCall('read_notes'))).ended()).head?.status).toBe(200);
    world.hostAccess = () => false;
    const { error } = await world.carry(post(toolCall('read_notes'))).ended();
    expect(error).toMatchObject({ code: 'host_access_required' });
  });
});

describe('a header that the person has let through', () => {
  it('goes along from then on, for that site alone, and no other name does (Z29)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const request = post(toolCall('read_notes'));
    const headers: [string, string][] = [...request.headers, ['X-Team', 'a'], ['X-Other', 'b']];
    const before = await world.carry({ ...request, headers }).ended();
    expect(before.head?.dropped.sort()).toEqual(['x-other', 'x-team']);
    await world.own.allowHeaders({ ...key(), names: ['x-team'] });
    const after = await world.carry({ ...request, headers }).ended();
    expect(after.head?.dropped).toEqual(['x-other']);
  });
});

describe('the log of what the user decided', () => {
  it('says when a grant was sealed and opened, and no row when there was none (Z26, T-50)', async () => {
    const kinds = async () =>
      (await world.own.activity({ limit: 50 })).rows.map(({ kind }) => kind);
    await world.own.seal({ ...key(), sealed: true });
    expect(await kinds()).not.toContain('sealed');
    await world.getToken({ scopes: ['notes:read'] });
    await world.own.seal({ ...key(), sealed: true });
    await world.own.seal({ ...key(), sealed: false });
    expect((await kinds()).slice(0, 2)).toEqual(['opened', 'sealed']);
    const { rows } = await world.own.activity({ limit: 2 });
    expect(rows[0]).toMatchObject({ ...key(), scopes: [] });
  });
});
