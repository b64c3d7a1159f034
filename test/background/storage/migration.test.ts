/** A database as an earlier version left it opens in this one, and nothing is lost. */
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';
import {
  ASKED,
  makeVersion1,
  makeVersion2,
  ORIGIN,
  REGISTRATION,
  RESOURCE,
  TOKEN,
} from '../../support/former-databases.ts';

describe('the database of version 2', () => {
  it('keeps counting in the row of the hour, which the index of version 3 finds', async () => {
    await makeVersion2('counted');
    const store = await openStore('counted');
    const key = { origin: ORIGIN, resource: RESOURCE, account: 'default' };
    await store.countUses([{ key, count: 1, at: 8 }]);
    expect((await store.queryActivity({ limit: 10 })).rows).toMatchObject([
      { kind: 'paused' },
      { kind: 'used', count: 8, at: 8 },
    ]);
  });
});

describe('the database of version 1', () => {
  it('keeps its grants with their secrets, by every way to them, as the chosen account without an end', async () => {
    await makeVersion1('kept');
    const store = await openStore('kept');
    for (const asked of [RESOURCE, ASKED]) {
      expect(await store.findGrant(ORIGIN, asked)).toMatchObject({
        token: TOKEN,
        registration: REGISTRATION,
        ceiling: ['a', 'b'],
        duration: 'always',
        account: 'default',
        uses: 7,
      });
    }
    expect(await store.listGrants()).toMatchObject([{ chosen: true, duration: 'always' }]);
    // By the index that version 3 has made.
    expect(await store.listGrants({ resource: RESOURCE })).toHaveLength(1);
  });

  it('keeps registrations, refusals and settings, and reads documents again (ADR 0043)', async () => {
    await makeVersion1('rest');
    const store = await openStore('rest');
    expect(await store.findRegistration('https://as.example', ORIGIN)).toEqual(REGISTRATION);
    expect(await store.findDocument('https://mcp.example/.well-known/x')).toBeUndefined();
    expect(await store.listRefusals()).toMatchObject([{ scopes: ['c'], kind: 'denied' }]);
    expect(await store.readSettings()).toEqual({ developerMode: true, pausedSites: [] });
  });

  it('has the later stores, empty, and takes a second account', async () => {
    await makeVersion1('later');
    const store = await openStore('later');
    expect(await store.listClients()).toEqual([]);
    expect(await store.listTraces()).toEqual([]);
    const budget = { site: ORIGIN, counts: [], until: 1 };
    await store.saveBudget(budget);
    expect(await store.findBudget(ORIGIN)).toEqual(budget);
    expect((await store.queryActivity({ limit: 10 })).rows).toEqual([]);
    const held = (await store.findGrant(ORIGIN, ASKED))!;
    await store.commitGrant({ ...held, account: 'second' }, { asked: RESOURCE, flow: '' });
    expect((await store.findGrant(ORIGIN, ASKED))?.account).toBe('second');
    await store.deleteGrant({ ...held, account: 'second' });
    expect((await store.findGrant(ORIGIN, ASKED))?.account).toBe('default');
  });
});
