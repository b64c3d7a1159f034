/** Two flows that end in one grant: nothing that was allowed is lost, and what was taken back stays so (T-37, B5). */
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callsIn, codeOf } from './calls.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const { answer, grantOf, origin } = callsIn(() => world);

/** A second address of the same resource, which names it in its metadata. */
function addresses(): [string, string] {
  const both = ['a', 'b'].map((name) => `${world.resource}/${name}`) as [string, string];
  for (const name of ['a', 'b']) {
    answer(`oauth-protected-resource/mcp/${name}`, () =>
      Promise.resolve(
        Response.json({
          resource: world.resource,
          authorization_servers: [world.lab.authorizationServer.issuer],
        }),
      ),
    );
  }
  return both;
}

/** Holds every sign-in window closed until both questions were answered. */
function holdSignIns(): () => void {
  const { authWindow } = world.ports;
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  world.ports.authWindow = {
    ...authWindow,
    open: async (url, opened) => {
      await gate;
      return authWindow.open(url, opened);
    },
  };
  return letGo;
}

const allowed = () => world.prompts.filter(({ stage }) => stage === 'allow').length;

describe('two addresses of one resource', () => {
  it('keep both scopes when both step up at once, in the grant and in its token (T-37)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const [a, b] = addresses();
    const letGo = holdSignIns();
    const before = allowed();
    const calls = [
      world.getToken({ resource: a, scopes: ['notes:write'] }),
      world.getToken({ resource: b, scopes: ['notes:delete'] }),
    ];
    await expect.poll(() => allowed() - before).toBe(2);
    letGo();
    const tokens = await Promise.all(calls);
    const grant = await grantOf();
    const all = ['notes:read', 'notes:write', 'notes:delete'];
    expect(grant.ceiling).toEqual(expect.arrayContaining(all));
    expect(grant.requested).toEqual(expect.arrayContaining(all));
    expect(grant.token?.granted).toEqual(expect.arrayContaining(all));
    expect(await world.own.grants({})).toHaveLength(1);
    expect(new Set(tokens.map(({ scope }) => scope.includes('notes:read')))).toEqual(
      new Set([true]),
    );
  });

  it('keep both scopes when neither was connected before', async () => {
    const [a, b] = addresses();
    const letGo = holdSignIns();
    const calls = [
      world.getToken({ resource: a, scopes: ['notes:write'] }),
      world.getToken({ resource: b, scopes: ['notes:delete'] }),
    ];
    await expect.poll(allowed).toBe(2);
    letGo();
    await Promise.all(calls);
    expect((await grantOf()).token?.granted).toEqual(
      expect.arrayContaining(['notes:write', 'notes:delete']),
    );
  });

  it('do not bring back what the user takes away between the two (Z23)', async () => {
    await world.getToken({ scopes: ['notes:read', 'notes:write'] });
    const [a] = addresses();
    const letGo = holdSignIns();
    const before = allowed();
    const call = world.getToken({ resource: a, scopes: ['notes:delete'] }).catch(codeOf);
    await expect.poll(() => allowed() - before).toBe(1);
    const key = { origin: origin(), resource: world.resource, account: 'default' };
    await world.own.removeScope({ ...key, scope: 'notes:write' });
    letGo();
    await call;
    expect((await grantOf()).ceiling).not.toContain('notes:write');
  });
});

describe('a grant that is written', () => {
  it('is merged with what another context wrote since it was read, by revision (T-37)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const began = await grantOf();
    const { store } = world.ports;
    let merges = 0;
    const stored = await store.commitGrant(began, {
      asked: world.resource,
      flow: 'none',
      began,
      merge: (latest) => {
        merges += 1;
        const next = latest ?? began;
        return { ...next, ceiling: [...next.ceiling, 'one'] };
      },
    });
    expect([stored, merges]).toEqual([true, 1]);
    const { ceiling } = await grantOf();
    expect(ceiling).toContain('one');
    // Now somebody writes between the read and the write: a transaction that is begun before ours can be.
    const raw = await openDB(world.database);
    const [row] = (await raw.getAll('grants')) as { ceiling: string[] }[];
    let isFirst = true;
    await store.commitGrant(began, {
      asked: world.resource,
      flow: 'none',
      began,
      merge: (latest) => {
        merges += 1;
        const next = latest!;
        const theirs = { ...row, ceiling: [...next.ceiling, 'two'], revision: 'theirs' };
        if (isFirst) void raw.put('grants', theirs);
        isFirst = false;
        return { ...next, ceiling: [...next.ceiling, 'three'] };
      },
    });
    expect(merges).toBe(3);
    expect((await grantOf()).ceiling).toEqual([...ceiling, 'two', 'three']);
  });

  it('leaves the account that the user has chosen during the sign-in (Z1)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const began = await grantOf();
    const { store } = world.ports;
    const from = { asked: world.resource, flow: 'none' };
    await store.commitGrant({ ...began, account: 'work' }, from);
    expect((await store.findGrant(origin(), world.resource))?.account).toBe('work');
    await store.commitGrant(began, { ...from, began, merge: (latest) => latest ?? began });
    expect((await store.findGrant(origin(), world.resource))?.account).toBe('work');
    expect((await store.findGrant(origin(), `${world.resource}/new`))?.account).toBeUndefined();
  });

  it('refers to a decision in the log, whatever a killed worker had not written (T-50)', async () => {
    const { store } = world.ports;
    world.ports.store = { ...store, addActivity: () => new Promise(() => undefined) };
    await world.restart();
    void world.getToken({ scopes: ['notes:read'] }).catch(codeOf);
    await expect.poll(async () => (await store.listGrants()).length).toBe(1);
    const { decision } = (await store.listGrants())[0]!;
    const { rows } = await store.queryActivity({ limit: 100 });
    expect(rows.filter(({ digest }) => digest === decision.digest)).toMatchObject([
      { kind: 'allowed', origin: origin(), resource: world.resource },
    ]);
  });

  it('has one row for its decision, though the log and the commit both write it (T-50)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await world.getToken({ scopes: ['notes:write'] });
    const { rows } = await world.own.activity({ limit: 100 });
    const rests = (await world.ports.store.listGrants()).map(({ decision }) => decision.digest);
    expect(rows.filter(({ kind }) => kind === 'allowed')).toHaveLength(2);
    expect(rows.filter(({ digest }) => digest === rests[0])).toHaveLength(1);
  });
});
