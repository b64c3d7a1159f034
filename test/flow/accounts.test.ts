/** Two users of a real authorization server, one site: each account is a grant of its own (Z1). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
  world.choices = { login: 'alice' };
  await world.getToken({ scopes: ['notes:read'] });
});
afterEach(() => world.close());

const first = () => ({
  origin: world.lab.siteA.origin,
  resource: world.resource,
  account: 'default',
});

/** Connects bob's account, as the user does from the popup. */
async function connectBob() {
  world.choices = { login: 'bob' };
  expect(await world.own.connectAccount({ ...first(), name: 'Work' })).toEqual({ started: true });
  await expect.poll(async () => (await world.own.grants({})).length).toBe(2);
  return (await world.own.grants({})).find(({ accountName }) => accountName === 'Work')!;
}

/** Whose token the site is given now. */
async function user(): Promise<string | undefined> {
  const { access_token } = await world.getToken({ interactive: false });
  return (await world.lab.authorizationServer.findAccessToken(access_token))?.account;
}

describe('a second account', () => {
  it('is connected by a sign-in that does not take the first user silently, without a prompt', async () => {
    const prompts = world.prompts.length;
    const opened: URL[] = [];
    const { authWindow } = world.ports;
    world.ports.authWindow = {
      ...authWindow,
      open: (url, told) => {
        opened.push(new URL(url));
        return authWindow.open(url, told);
      },
    };
    const mark = world.lab.ledger.mark();
    const bob = await connectBob();
    expect(opened.map((url) => url.searchParams.get('prompt'))).toEqual(['login consent']);
    expect(world.prompts.length).toBe(prompts);
    expect(bob).toMatchObject({ chosen: true, accountName: 'Work', granted: ['notes:read'] });
    expect(await user()).toBe('bob');
    const cost = world.lab.ledger.since(mark).cost();
    expect(cost).toMatchObject({ authorizations: 1, exchanges: 1, registrations: 0, metadata: 0 });
    expect(world.events.at(-1)?.event).toMatchObject({ type: 'grantchange' });
  });

  it('asks for select_account where the server knows it (OIDC Core §3.1.2.1)', async () => {
    const grant = (await world.ports.store.readGrant(first()))!;
    const server = { ...grant.server!, prompt_values_supported: ['none', 'select_account'] };
    await world.ports.store.updateGrant(grant, { server });
    const asked: (string | null)[] = [];
    world.ports.authWindow = {
      ...world.ports.authWindow,
      open: (url) => {
        asked.push(new URL(url).searchParams.get('prompt'));
        return Promise.reject(new Error('closed'));
      },
    };
    await world.own.connectAccount({ ...first(), name: 'Work' });
    await expect.poll(() => asked).toEqual(['select_account consent']);
  });

  it('is chosen per site: the page sees one account at a time, and is told of a change', async () => {
    const bob = await connectBob();
    expect(await user()).toBe('bob');
    expect(await world.own.chooseAccount(first())).toEqual({ chosen: true });
    expect(world.events.at(-1)?.event).toMatchObject({
      type: 'grantchange',
      resource: world.resource,
      scopes: ['notes:read'],
    });
    expect(await user()).toBe('alice');
    const chosen = (await world.own.grants({})).map((grant) => [grant.account, grant.chosen]);
    expect(chosen).toEqual(
      expect.arrayContaining([
        ['default', true],
        [bob.account, false],
      ]),
    );
    expect(await world.own.chooseAccount({ ...first(), account: 'nobody' })).toEqual({
      chosen: false,
    });
    await world.restart();
    expect(await user()).toBe('alice');
  });

  it('is renewed by itself, whichever is chosen', async () => {
    await connectBob();
    world.elapsed = 3_700_000;
    expect(await user()).toBe('bob');
    await world.own.chooseAccount(first());
    expect(await user()).toBe('alice');
    expect(world.lab.ledger.cost().refreshes).toBe(2);
  });

  it('takes the place of the chosen one that is disconnected, and only of that one', async () => {
    const bob = await connectBob();
    const { origin, resource, account } = bob;
    await world.own.disconnect({ origin, resource, account });
    expect((await world.own.grants({})).map((grant) => [grant.account, grant.chosen])).toEqual([
      ['default', true],
    ]);
    expect(await user()).toBe('alice');
    const again = await connectBob();
    await world.own.disconnect(first());
    expect((await world.own.grants({})).map((grant) => [grant.account, grant.chosen])).toEqual([
      [again.account, true],
    ]);
    expect(await user()).toBe('bob');
  });

  it('keeps its name through a step-up, and can be given another', async () => {
    const { origin, resource, account } = await connectBob();
    const key = { origin, resource, account };
    await world.getToken({ challenge: 'Bearer error="insufficient_scope", scope="notes:write"' });
    expect(world.prompts.at(-1)).toMatchObject({ stage: 'allow', accountName: 'Work' });
    expect(await world.own.renameAccount({ ...key, name: 'Office' })).toEqual({ renamed: true });
    const grants = await world.own.grants({});
    expect(grants.find((grant) => grant.account === account)).toMatchObject({
      accountName: 'Office',
      granted: ['notes:read', 'notes:write'],
    });
    expect(grants.find((grant) => grant.account === 'default')?.granted).toEqual(['notes:read']);
    const nobody = { ...key, account: 'nobody', name: 'X' };
    expect(await world.own.renameAccount(nobody)).toEqual({ renamed: false });
  });

  it('that comes to nothing leaves everything as it was, and is held against no site', async () => {
    world.choices = { login: 'bob', refuse: true };
    await world.own.connectAccount({ ...first(), name: 'Work' });
    await expect
      .poll(async () => (await world.own.traces({}))[0]?.outcome, { timeout: 5000 })
      .toBe('failed');
    expect((await world.own.grants({})).length).toBe(1);
    expect(await world.own.refusals({})).toEqual([]);
    expect(await user()).toBe('alice');
  });

  it('is another site’s business as little as the first (T-01)', async () => {
    await connectBob();
    const { siteB } = world.lab;
    await expect(
      world.getToken({ interactive: false }, { origin: siteB.origin }),
    ).rejects.toMatchObject({ code: 'interaction_required' });
  });
});
