/** What counts as the user's answer: the one to the question that is open, once (Z4, T-16, Z23, Z24). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callsIn, codeOf } from './calls.ts';
import { insufficientScope, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const { call, grantOf, origin } = callsIn(() => world);

/** Brings the question at this stage before the user, and leaves it open. */
async function openQuestion(stage: 'reach' | 'allow') {
  world.answer = (snapshot) => (snapshot.stage === stage ? 'ignore' : 'allow');
  const abort = new AbortController();
  const ended = world
    .getToken({ scopes: ['notes:read'] }, { signal: abort.signal })
    .then(() => 'a token', codeOf);
  await expect.poll(() => world.prompts.at(-1)?.stage).toBe(stage);
  const [{ flow, nonce, digest } = { flow: '', nonce: '', digest: '' }] =
    world.life.flows.pending();
  return { ended, open: { flow, nonce, digest }, abort };
}

describe('a decision', () => {
  it('that cannot be written down ends the flow with an error, and nothing is acted on', async () => {
    const { ended, open } = await openQuestion('allow');
    const { saveFlow } = world.ports.store;
    world.ports.store.saveFlow = (flow) =>
      flow.stage === 'allowed' ? Promise.reject(new Error('The disk is full.')) : saveFlow(flow);
    await expect(world.own.decide({ ...open, decision: 'allow' })).rejects.toThrow('full');
    expect(await ended).not.toBe('a token');
    expect(world.lab.ledger.cost()).toMatchObject({ registrations: 0, authorizations: 0 });
    world.ports.store.saveFlow = saveFlow;
    world.answer = () => 'allow';
    expect(await world.getToken({ scopes: ['notes:read'] })).toHaveProperty('access_token');
  });

  it('with another nonce, hash or flow does nothing, whatever else is right (T-16)', async () => {
    const { ended, open, abort } = await openQuestion('allow');
    const wrong = [
      { ...open, nonce: crypto.randomUUID() },
      { ...open, digest: open.digest.replace(/^./, (first) => (first === '0' ? '1' : '0')) },
      { ...open, nonce: open.digest, digest: open.nonce },
    ];
    for (const one of wrong) {
      expect(await world.own.decide({ ...one, decision: 'allow' })).toEqual({ accepted: false });
    }
    expect(world.lab.ledger.cost()).toMatchObject({ registrations: 0, authorizations: 0 });
    expect(world.life.flows.pending()[0]).toMatchObject({ step: 'deciding', ...open });
    abort.abort();
    await ended;
  });

  it('about a former question does not answer the next one (T-16)', async () => {
    const { ended, open: former } = await openQuestion('reach');
    world.answer = () => 'ignore';
    expect(await world.own.decide({ ...former, decision: 'allow' })).toEqual({ accepted: true });
    await expect.poll(() => world.prompts.at(-1)?.stage).toBe('allow');
    const { nonce, digest } = world.life.flows.pending()[0]!;
    expect([nonce === former.nonce, digest === former.digest]).toEqual([false, false]);
    expect(await world.own.decide({ ...former, decision: 'allow' })).toEqual({ accepted: false });
    expect(world.lab.ledger.cost().authorizations).toBe(0);
    await world.own.decide({ flow: former.flow, nonce, digest, decision: 'deny' });
    expect(await ended).toBe('access_denied');
  });

  it('counts once, though it comes twice at the same moment', async () => {
    await world.close();
    world = await World.open({ registration: false });
    world.answer = ({ stage }) => (stage === 'client' ? 'ignore' : 'allow');
    const abort = new AbortController();
    const ended = world.getToken({}, { signal: abort.signal }).catch(codeOf);
    await expect.poll(() => world.prompts.at(-1)?.stage).toBe('client');
    const { flow, nonce, digest } = world.life.flows.pending()[0]!;
    // Storing the client takes a moment, in which the same click may come again.
    const client = { clientId: 'by-hand', authMethod: 'none' as const };
    const made = { flow, nonce, digest, decision: 'allow' as const, client };
    const twice = await Promise.all([world.own.decide(made), world.own.decide(made)]);
    expect(twice.map(({ accepted }) => accepted).sort()).toEqual([false, true]);
    abort.abort();
    await ended;
  });

  it('is on disk before anything acts on it, and before the prompt hears of it (Z4, Z13)', async () => {
    const { ended, open } = await openQuestion('allow');
    const { store } = world.ports;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    world.ports.store = {
      ...store,
      saveFlow: async (record) => {
        if (record.stage === 'allowed') await gate;
        await store.saveFlow(record);
      },
    };
    let isTaken = false;
    const decided = world.own.decide({ ...open, decision: 'allow' }).then(({ accepted }) => {
      isTaken = accepted;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([isTaken, world.lab.ledger.cost().registrations]).toEqual([false, 0]);
    letGo();
    await decided;
    expect([isTaken, await ended]).toEqual([true, 'a token']);
  });
});

describe('a site that is paused', () => {
  it('is not handed the token that it holds, until it is taken up again', async () => {
    const { access_token: held } = await world.getToken({ scopes: ['notes:read'] });
    await world.own.pause({ origin: origin(), paused: true });
    expect(await call()).toMatchObject({ code: 'access_denied' });
    await world.own.pause({ origin: origin(), paused: false });
    expect((await world.getToken()).access_token).toBe(held);
  });
});

describe('a scope that the user has refused', () => {
  it('is not in the question of another call that waits with it (Z24, guarantee 12)', async () => {
    const { access_token: rejected } = await world.getToken({ scopes: ['notes:read'] });
    world.answer = () => 'deny';
    expect(await call({ challenge: insufficientScope('notes:write'), rejected })).toMatchObject({
      code: 'access_denied',
    });
    world.prompts.length = 0;
    world.answer = () => 'allow';
    // Another is wanted, and so is the refused one again, before it is known that it is refused.
    const both = ['notes:delete', 'notes:write'].map((scope) =>
      call({ challenge: insufficientScope(scope), rejected }),
    );
    await Promise.all(both);
    expect(world.prompts.flatMap(({ scopes }) => scopes.added)).toEqual(['notes:delete']);
    expect((await grantOf()).ceiling).not.toContain('notes:write');
  });

  it('is in no question of another call, though the call that wants it still waits (Z24)', async () => {
    const { access_token: rejected } = await world.getToken({ scopes: ['notes:read'] });
    world.prompts.length = 0;
    const { isInFront } = world.ports;
    let letGo = () => {};
    let held = 0;
    world.ports.isInFront = () => {
      held += 1;
      return new Promise((resolve) => (letGo = () => resolve(true)));
    };
    const waiting = call({ challenge: insufficientScope('notes:write'), rejected });
    await expect.poll(() => held).toBe(1);
    const [at, until] = [world.ports.now(), world.ports.now() + 600_000];
    const refused = { origin: origin(), resource: world.resource, scopes: ['notes:write'] };
    await world.ports.store.saveRefusal({ ...refused, kind: 'denied', at, until });
    world.ports.isInFront = isInFront;
    await call({ challenge: insufficientScope('notes:delete'), rejected });
    expect(world.prompts.flatMap(({ scopes }) => scopes.added)).toEqual(['notes:delete']);
    letGo();
    expect(await waiting).toMatchObject({ code: 'access_denied' });
  });

  it('stays refused when the worker is started anew (architecture §4)', async () => {
    world.answer = () => 'deny';
    expect(await call()).toMatchObject({ code: 'access_denied' });
    const asked = world.prompts.length;
    await world.restart();
    expect(await call()).toMatchObject({ code: 'access_denied' });
    expect(world.prompts.length).toBe(asked);
    expect(await world.own.refusals({})).toMatchObject([{ origin: origin() }]);
  });
});
