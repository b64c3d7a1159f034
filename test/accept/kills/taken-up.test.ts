/** What a dead worker has left of tokens is taken up, and what the user has done since counts (K13b, K23, K25–K27). */
import { openDB } from 'idb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../../demo/lab.ts';
import { openStore } from '../../../src/background/storage/open-store.ts';
import { BrokerError } from '../../../src/shared/errors.ts';
import { reportBar } from '../../support/bars.ts';
import { insufficientScope, World } from '../../flow/world.ts';
import { JOURNEYS, keyOf, live, openLab } from './journeys.ts';
import { Lives, type Point } from './mortal.ts';
import { expectSound, settled } from './sound.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const counted = { kills: 0 };

const todo = (what: string) => (args: readonly unknown[]) =>
  (args[1] as { todo: string }).todo === what;
const KEPT: Point = { port: 'store.saveUnfinished', when: 'after', only: todo('commit') };
const RENEWED: Point = { port: 'store.saveUnfinished', when: 'after', only: todo('renew') };
const REVOKING = (args: readonly unknown[]) =>
  String((args[1] as RequestInit).body ?? '').includes('token_type_hint');

/** A world whose worker has died at a point of what `act` does, with nothing started after it. */
async function leave(point: Point, act: (world: World) => unknown, elapsed = 0) {
  const world = await World.beside(lab);
  const lives = new Lives(world);
  await lives.begin();
  await world.getToken({ scopes: ['notes:read'] });
  world.elapsed = elapsed;
  const life = await lives.begin(point);
  void Promise.resolve(act(world)).catch(() => undefined);
  await life.died;
  counted.kills += 1;
  return { world, lives };
}

const stepUp = async (world: World) => {
  const rejected = (await (await openStore(world.database)).readGrant(keyOf(world)))!.token!;
  const challenge = insufficientScope('notes:write');
  return world.getToken({ challenge, rejected: rejected.accessToken });
};

/** Whether the server takes this access token still. */
async function isAlive(accessToken = ''): Promise<boolean> {
  return (await lab.authorizationServer.findAccessToken(accessToken)) !== undefined;
}

describe('tokens that a dead worker had kept', () => {
  it('are a wider grant in the next life, with nobody at the keyboard (K18)', async () => {
    const { world, lives } = await leave(KEPT, stepUp);
    const mark = lab.ledger.mark();
    await lives.begin();
    await settled(lives);
    const [grant] = await world.own.grants({});
    expect(grant?.granted).toEqual(['notes:read', 'notes:write']);
    expect(lab.ledger.since(mark).cost().total).toBe(0);
  });

  it.each(['disconnected', 'paused', 'erased'])(
    'are nobody’s when the site was %s since, and are revoked where no grant would end with them (K18, T-49, Z51)',
    async (what) => {
      const { world, lives } = await leave(KEPT, stepUp);
      const store = await openStore(world.database);
      const kept = (await store.listUnfinished())[0]!.work.grant.token!;
      if (what === 'disconnected') await store.deleteGrant(keyOf(world));
      if (what === 'paused') {
        const settings = await store.readSettings();
        await store.writeSettings({ ...settings, pausedSites: [lab.siteA.origin] });
      }
      if (what === 'erased') await store.eraseEverything();
      await lives.begin();
      await settled(lives);
      const granted = (await world.ports.store.listGrants()).map(({ token }) => token?.granted);
      expect(granted).toEqual(what === 'paused' ? [['notes:read']] : []);
      // A pause leaves the former grant, whose tokens a server may take away with these.
      if (what !== 'erased') expect(await isAlive(kept.accessToken)).toBe(what === 'paused');
    },
  );

  it('are nobody’s when a scope was taken away since (K18, Z23)', async () => {
    const { world, lives } = await leave(KEPT, stepUp);
    const store = await openStore(world.database);
    const grant = (await store.readGrant(keyOf(world)))!;
    await store.updateGrant(grant, { ceiling: [] });
    await lives.begin();
    await settled(lives);
    const [held] = await world.ports.store.listGrants();
    expect(held?.ceiling).toEqual([]);
    expect(held?.token?.granted).toEqual(['notes:read']);
  });
});

describe('a renewed token that a dead worker had kept', () => {
  it('is the next life’s, and the old one is not sent again (K23, T-39)', async () => {
    const { world, lives } = await leave(RENEWED, (at) => at.getToken(), 3_700_000);
    const mark = lab.ledger.mark();
    await lives.begin(undefined, false);
    await world.getToken({ interactive: false });
    await settled(lives);
    expect(lab.ledger.since(mark).cost()).toMatchObject({ refreshes: 0, authorizations: 0 });
    expect([...lives.witness.refreshed.values()]).toEqual([1]);
  });

  it('is revoked when its grant is gone (T-49)', async () => {
    const { world, lives } = await leave(RENEWED, (at) => at.getToken(), 3_700_000);
    const store = await openStore(world.database);
    const [left] = await store.listUnfinished();
    const { token } = left!.work as { token?: { accessToken?: string } };
    const kept = token?.accessToken;
    expect(await isAlive(kept)).toBe(true);
    await store.deleteGrant(keyOf(world));
    await lives.begin();
    await settled(lives);
    expect(await isAlive(kept)).toBe(false);
  });

  it('that the disk does not take is not handed out, and not asked for again in this life (K23)', async () => {
    const world = await World.beside(lab);
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3_700_000;
    const { saveUnfinished } = world.ports.store;
    const full = new DOMException('no room', 'QuotaExceededError');
    world.ports.store.saveUnfinished = () => Promise.reject(full);
    const mark = lab.ledger.mark();
    await expect(world.getToken()).rejects.toThrow();
    await expect(world.getToken()).rejects.toThrow();
    world.ports.store.saveUnfinished = saveUnfinished;
    await expect(world.getToken()).resolves.toHaveProperty('access_token');
    expect(lab.ledger.since(mark).cost()).toMatchObject({ refreshes: 1, authorizations: 0 });
  });
});

describe('a sign-in', () => {
  it('whose window the person closes sends no code, in this life or the next (K13b)', async () => {
    const world = await World.beside(lab);
    world.ports.authWindow.open = (_url, opened) => {
      opened(1);
      return Promise.reject(new BrokerError('access_denied'));
    };
    const mark = lab.ledger.mark();
    await expect(world.getToken({ scopes: ['notes:read'] })).rejects.toMatchObject({
      code: 'access_denied',
    });
    await world.restart();
    expect(await world.ports.store.listFlows()).toEqual([]);
    expect(lab.ledger.since(mark).cost().exchanges).toBe(0);
  });

  it('is asked for the same after a kill before its prompt, without what was refused (K25)', async () => {
    const world = await World.beside(lab);
    const lives = new Lives(world);
    await lives.begin();
    await world.getToken({ scopes: ['notes:read'] });
    world.answer = () => 'deny';
    const refused = { challenge: insufficientScope('notes:delete') };
    const { access_token: rejected } = await world.getToken();
    await expect(world.getToken({ ...refused, rejected })).rejects.toThrow();
    world.answer = () => 'allow';
    const shown = world.prompts.length;
    await lives.begin({ port: 'store.saveFlow', when: 'before' });
    await lives.ask({ challenge: insufficientScope('notes:write'), rejected });
    expect(world.prompts.slice(shown).map(({ scopes }) => scopes.added)).toEqual([['notes:write']]);
  });
});

describe('a revocation that the worker did not live to send', () => {
  it.each(['before', 'after'] as const)(
    'is sent by the next life, killed %s the first request; the grant is unusable meanwhile (K26)',
    async (when) => {
      const point = { port: 'http', when, only: REVOKING };
      const { world, lives } = await leave(point, (at) => at.own.disconnect(keyOf(at)));
      const store = await openStore(world.database);
      const held = (await store.listUnfinished())[0]!.work.grant.token?.accessToken;
      expect(await store.listGrants()).toEqual([]);
      await lives.begin();
      await expectSound(lives, {}, { connected: false, windows: 1 });
      expect(await isAlive(held)).toBe(false);
    },
  );

  it('is in the transaction of the deletion (K26)', async () => {
    const point = { port: 'store.deleteGrant', when: 'after' } as const;
    const { lives } = await leave(point, (at) => at.own.disconnect(keyOf(at)));
    const before = lives.witness.revocations;
    await lives.begin();
    await settled(lives);
    expect(lives.witness.revocations - before).toBe(2);
  });

  it('is tried by three more workers while the server does not answer, and then no more (T-49)', async () => {
    const world = await World.beside(lab);
    await world.getToken({ scopes: ['notes:read'] });
    const { http } = world.ports;
    let tries = 0;
    world.ports.http = (url, init, limits) => {
      if (!REVOKING([url, init])) return http(url, init, limits);
      tries += 1;
      return Promise.reject(new BrokerError('network_error'));
    };
    expect(await world.own.disconnect(keyOf(world))).toEqual({ revocation: 'unconfirmed' });
    for (let lives = 0; lives < 6; lives += 1) await world.restart();
    expect(tries).toBe(4);
    expect(await world.ports.store.listUnfinished()).toEqual([]);
  });
});

describe('an upgrade of the database that is cut off', () => {
  it('leaves the rows as they were, and the next start completes it (K27)', async () => {
    const { lives } = await live(lab, JOURNEYS['a first connection']!);
    const { database, ports } = lives.world;
    const held = await ports.store.listGrants();
    const cutOff = openDB(database, 99, {
      upgrade: (_db, _old, _new, tx) => {
        tx.done.catch(() => undefined);
        tx.abort();
      },
      blocking: () => undefined,
    });
    await expect(cutOff).rejects.toThrow();
    expect(await (await openStore(database)).listGrants()).toEqual(held);
  });

  it('says what was counted', () => {
    expect(counted.kills).toBeGreaterThan(0);
    reportBar('kills taken up', counted);
  });
});
