/** Who holds the token: nobody but the broker, until a person lets a page have it (Z26). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, World } from './world.ts';

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
/** What a carried request does to have a token attached to it. */
const carry = (params: { scopes?: string[]; challenge?: string; rejected?: string } = {}) =>
  world.life.access.findGrant(
    {
      caller: world.pageOf().caller,
      signal: new AbortController().signal,
      carried: true,
    },
    { resource: world.resource, ...params },
  );
const isKnown = async (token: string) =>
  (await world.lab.authorizationServer.findAccessToken(token)) !== undefined;
/** What was asked about access; that the server may be contacted comes before it. */
const questions = () => world.prompts.filter(({ stage }) => stage !== 'reach');
const changes = () => world.events.filter(({ event }) => event.type === 'grantchange').length;

describe('a site whose requests are carried from the start', () => {
  it('is said to get no token, and no page has one afterwards (Z26)', async () => {
    const grant = await carry({ scopes: ['notes:read'] });
    expect(grant.carriedSoFar).toBe(true);
    expect(questions()).toHaveLength(1);
    expect(questions()[0]).toMatchObject({ stage: 'allow', keeper: 'broker' });
    expect(questions()[0]).not.toHaveProperty('hands');
  });

  it('is asked one question when it wants the token itself, and asked no more (Z26)', async () => {
    const { token } = await carry({ scopes: ['notes:read'] });
    const mark = world.lab.ledger.mark();
    const given = await world.getToken({ scopes: ['notes:read'] });
    expect(given.access_token).toBe(token?.accessToken);
    expect(questions()).toHaveLength(2);
    expect(questions()[1]).toMatchObject({ stage: 'hand', keeper: 'page', hands: true });
    expect(questions()[1]?.scopes.added).toEqual([]);
    // Nothing was asked of any server.
    expect(world.lab.ledger.since(mark).length).toBe(0);
    expect(await read()).not.toHaveProperty('carriedSoFar', true);
    await world.getToken({ interactive: false });
    await carry();
    expect(questions()).toHaveLength(2);
  });

  it('is told that a person is needed when the call may ask nobody (Z26)', async () => {
    await carry({ scopes: ['notes:read'] });
    const call = world.getToken({ interactive: false });
    await expect(call).rejects.toMatchObject({ code: 'interaction_required' });
    expect(questions()).toHaveLength(1);
    expect((await read())?.carriedSoFar).toBe(true);
  });

  it('goes on as before after a no, which is remembered (Z24, Z26)', async () => {
    const { token } = await carry({ scopes: ['notes:read'] });
    world.answer = () => 'deny';
    await expect(world.getToken()).rejects.toMatchObject({ code: 'access_denied' });
    await expect(world.getToken()).rejects.toMatchObject({ code: 'access_denied' });
    expect(questions()).toHaveLength(2);
    expect((await carry()).token?.accessToken).toBe(token?.accessToken);
    // Nor is a step-up of its carried requests refused with it.
    world.answer = () => 'allow';
    const rejected = token!.accessToken;
    await carry({ challenge: insufficientScope('notes:write'), rejected });
    expect(questions().at(-1)).toMatchObject({ stage: 'allow', keeper: 'broker' });
    expect((await read())?.carriedSoFar).toBe(true);
    world.elapsed = 601_000;
    await world.getToken();
    expect(questions().at(-1)?.stage).toBe('hand');
  });

  it('has its question on the screen still when the worker starts anew (Z26)', async () => {
    await carry({ scopes: ['notes:read'] });
    world.answer = () => 'ignore';
    world.getToken().catch(() => undefined);
    await expect.poll(() => questions().at(-1)?.stage).toBe('hand');
    await expect
      .poll(async () => (await world.ports.store.listFlows())[0]?.promptWindow)
      .toBeDefined();
    await world.restart();
    await expect.poll(() => world.life.flows.pending()).toHaveLength(1);
    const [view] = world.life.flows.pending();
    expect([view?.step, view?.snapshot.stage]).toEqual(['deciding', 'hand']);
    expect(world.openPrompts).toBe(1);
  });

  it('is asked about both at once when it wants more scopes and the token (Z26)', async () => {
    await carry({ scopes: ['notes:read'] });
    const token = await world.getToken({ scopes: ['notes:read', 'notes:write'] });
    expect(token.scope).toContain('notes:write');
    expect(questions()).toHaveLength(2);
    expect(questions()[1]).toMatchObject({ stage: 'allow', keeper: 'page', hands: true });
    expect(questions()[1]?.scopes.added).toEqual(['notes:write']);
    expect(await read()).not.toHaveProperty('carriedSoFar', true);
  });

  it('is asked when the sign-in alone would have needed no question (Z26)', async () => {
    await carry({ scopes: ['notes:read'] });
    await world.ports.store.updateGrant((await read())!, { token: undefined });
    await world.getToken();
    expect(questions()).toHaveLength(2);
    expect(questions().at(-1)).toMatchObject({ stage: 'allow', hands: true });
  });

  it('keeps its token here through step-up, refresh and restart (Z26)', async () => {
    const { token } = await carry({ scopes: ['notes:read'] });
    const rejected = token!.accessToken;
    await carry({ challenge: insufficientScope('notes:write'), rejected });
    world.elapsed = 3_700_000;
    await world.restart();
    await carry();
    expect((await read())?.carriedSoFar).toBe(true);
    const call = world.getToken({ interactive: false });
    await expect(call).rejects.toMatchObject({ code: 'interaction_required' });
  });
});

describe('a site that asked for the token first', () => {
  it('gets it with the one question that it always took (Z26)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    expect(questions()).toHaveLength(1);
    expect(questions()[0]).toMatchObject({ keeper: 'page' });
    expect(questions()[0]).not.toHaveProperty('hands');
    expect(await read()).not.toHaveProperty('carriedSoFar', true);
    await carry();
    await world.getToken({ interactive: false });
    expect(questions()).toHaveLength(1);
  });

  it('is one whose carried requests the browser made impossible, by a no to the host (Z33)', async () => {
    world.hostAccess = () => false;
    await carry({ scopes: ['notes:read'] });
    expect(await read()).not.toHaveProperty('carriedSoFar', true);
    await world.getToken({ interactive: false });
    expect(questions()).toHaveLength(1);
  });
});

describe('a grant that no page gets the token of', () => {
  const seal = (sealed: boolean) => world.own.seal({ ...key(), sealed });

  it('answers `sealed`, whatever the call wants, and its requests are carried on (Z26)', async () => {
    await carry({ scopes: ['notes:read'] });
    const mark = world.lab.ledger.mark();
    expect(await seal(true)).toEqual({ outcome: 'sealed' });
    expect(world.lab.ledger.since(mark).length).toBe(0);
    const calls = [{}, { interactive: false }, { scopes: ['notes:write'] }, { rejected: 'any' }];
    for (const params of calls) {
      await expect(world.getToken(params)).rejects.toMatchObject({ code: 'sealed' });
    }
    expect(questions()).toHaveLength(1);
    await carry();
  });

  it('ends the token that a page had, and tells the page to forget it (Z26)', async () => {
    const given = await world.getToken({ scopes: ['notes:read'] });
    const told = changes();
    expect(await seal(true)).toEqual({ outcome: 'ended' });
    expect(await isKnown(given.access_token)).toBe(false);
    expect(changes()).toBeGreaterThan(told);
    const { token } = await carry();
    expect(token?.accessToken).not.toBe(given.access_token);
    expect(await isKnown(token!.accessToken)).toBe(true);
    await expect(world.getToken()).rejects.toMatchObject({ code: 'sealed' });
  });

  it('says how long a token goes on working that its server would not end (Z26)', async () => {
    const given = await world.getToken({ scopes: ['notes:read'] });
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      url.includes('revo')
        ? Promise.resolve(new Response('', { status: 503 }))
        : http(url, init, limits);
    const { token } = (await read())!;
    expect(await seal(true)).toEqual({ outcome: 'lingers', endsAt: token?.expiresAt });
    await expect(world.getToken()).rejects.toMatchObject({ code: 'sealed' });
    expect((await carry()).token?.accessToken).toBe(given.access_token);
    // It is tried again by the next worker.
    world.ports.http = http;
    await world.restart();
    expect(await isKnown(given.access_token)).toBe(false);
  });

  it('is opened without a server, and the site asks before it gets the token (Z26)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await seal(true);
    await carry();
    const mark = world.lab.ledger.mark();
    expect(await seal(false)).toEqual({ outcome: 'opened' });
    expect(world.lab.ledger.since(mark).length).toBe(0);
    const asked = questions().length;
    await world.getToken();
    expect(
      questions()
        .slice(asked)
        .map(({ stage }) => stage),
    ).toEqual(['hand']);
  });

  it('can be decided in the prompt, and holds for the call that asked (Z26)', async () => {
    world.answer = () => ({ sealed: true });
    const call = world.getToken({ scopes: ['notes:read'] });
    await expect(call).rejects.toMatchObject({ code: 'sealed' });
    expect((await read())?.sealedOnly).toBe(true);
    expect((await carry()).token).toBeDefined();
    world.answer = () => 'allow';
    const rejected = (await read())!.token!.accessToken;
    await carry({ challenge: insufficientScope('notes:write'), rejected });
    expect(questions().at(-1)).toMatchObject({ keeper: 'broker', sealed: true });
    expect((await read())?.sealedOnly).toBe(true);
  });

  it('ends in the prompt what a page had before, and the new token works (Z26)', async () => {
    const given = await world.getToken({ scopes: ['notes:read'] });
    world.answer = () => ({ sealed: true });
    const wider = world.getToken({ scopes: ['notes:write'] });
    await expect(wider).rejects.toMatchObject({ code: 'sealed' });
    expect(await isKnown(given.access_token)).toBe(false);
    const { token } = await carry();
    expect(await isKnown(token!.accessToken)).toBe(true);
    expect(token?.granted).toContain('notes:write');
  });

  it('loses a scope at once, since nobody else has a token with it (Z23, Z26)', async () => {
    const wide = await carry({ scopes: ['notes:read', 'notes:write'] });
    await seal(true);
    await world.own.removeScope({ ...key(), scope: 'notes:write' });
    const { token } = await carry();
    expect(token?.granted).toEqual(['notes:read']);
    expect(token?.accessToken).not.toBe(wide.token?.accessToken);
  });
});
