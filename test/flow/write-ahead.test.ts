/** What is written before it is done, and in which order things are undone (Z4, K16, K22, T-38, T-49, T-34). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/background/storage/open-store.ts';
import { callsIn, codeOf } from './calls.ts';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const { grantOf, origin } = callsIn(() => world);
const key = () => ({ origin: origin(), resource: world.resource, account: 'default' });

/** Looks at what is stored when a request with this in its body is sent, before it is answered. */
function seenAt<T>(part: string, look: () => Promise<T>): T[] {
  const { http } = world.ports;
  const seen: T[] = [];
  world.ports.http = async (url, init, limits) => {
    if (String(init.body).includes(part)) seen.push(await look());
    return http(url, init, limits);
  };
  return seen;
}

describe('written before it is sent', () => {
  it('that a code is spent (K16)', async () => {
    const stages = seenAt('grant_type=authorization_code', async () => {
      const flows = await world.ports.store.listFlows();
      return flows.map(({ stage }) => stage);
    });
    await world.getToken({ scopes: ['notes:read'] });
    expect(stages).toEqual([['exchanging']]);
  });

  it('that the sign-in window opens (Z4)', async () => {
    const { authWindow, store } = world.ports;
    const stages: unknown[] = [];
    world.ports.authWindow = {
      ...authWindow,
      open: async (url, opened) => {
        stages.push((await store.listFlows()).map(({ stage }) => stage));
        return authWindow.open(url, opened);
      },
    };
    await world.getToken({ scopes: ['notes:read'] });
    expect(stages).toEqual([['authorizing']]);
  });

  it('that a refresh token is sent, and how often by now (K22, T-38)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3_700_000;
    const attempts = seenAt(
      'grant_type=refresh_token',
      async () => (await grantOf()).refreshAttempts,
    );
    await world.getToken();
    expect(attempts).toEqual([1]);
    expect((await grantOf()).refreshAttempts).toBe(0);
  });

  it('that a refresh token is sent to take a scope away', async () => {
    await world.getToken({ scopes: ['notes:read', 'notes:delete'] });
    const attempts = seenAt(
      'grant_type=refresh_token',
      async () => (await grantOf()).refreshAttempts,
    );
    await world.own.removeScope({ ...key(), scope: 'notes:delete' });
    expect(attempts).toEqual([1]);
  });
});

describe('a refresh token whose answer never came', () => {
  it('is sent once more by the next worker, and not a third time (K22)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3_700_000;
    const { http } = world.ports;
    let sent = 0;
    world.ports.http = (url, init, limits) => {
      if (!String(init.body).includes('grant_type=refresh_token')) return http(url, init, limits);
      sent += 1;
      return new Promise(() => undefined);
    };
    for (let lives = 0; lives < 4; lives += 1) {
      const before = sent;
      const ended = world.getToken({ interactive: false }).catch(codeOf);
      await Promise.race([ended, expect.poll(() => sent).toBe(before + 1)]);
      // A lock ends with the worker that held it.
      world.ports.lock = (_name, task) => task();
      await world.restart();
    }
    expect(sent).toBe(2);
    await expect(world.getToken({ interactive: false })).rejects.toMatchObject({
      code: 'interaction_required',
    });
  });
});

describe('disconnecting', () => {
  it('deletes here before anything is revoked there (T-49, guarantee 15)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const held = seenAt('token_type_hint', async () => (await world.own.grants({})).length);
    const told = seenAt('token_type_hint', () =>
      Promise.resolve(world.events.filter(({ event }) => event.type === 'revoked').length),
    );
    await world.own.disconnect(key());
    expect(held).toEqual([0, 0]);
    expect(told).toEqual([1, 1]);
  });
});

describe('erasing everything', () => {
  it('revokes first and forgets then, so that an interruption leaves something to try with', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const held = seenAt(
      'token_type_hint',
      async () => (await world.ports.store.listGrants()).length,
    );
    await world.own.erase({ what: 'everything' });
    expect(held).toEqual([1, 1]);
    expect(await world.ports.store.listGrants()).toEqual([]);
  });

  it('leaves a key under which what comes next can be read, in the next worker too (T-34)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const grant = await grantOf();
    const { issuer } = grant.server!;
    const name = `erased ${Math.random()}`;
    const store = await openStore(name);
    await store.eraseEverything();
    await store.commitGrant(grant, { asked: grant.resource, flow: 'none' });
    await store.saveRegistration(issuer, grant.origin, grant.registration!);
    const next = await openStore(name);
    expect((await next.readGrant(grant))?.token).toEqual(grant.token);
    expect(await next.findRegistration(issuer, grant.origin)).toEqual(grant.registration);
  });
});
