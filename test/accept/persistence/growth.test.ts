/** What pages and servers can make grow has a bound, and hides nothing that a person decided (T-53, T-12, T-50). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';
import { callsIn, codeOf } from '../../flow/calls.ts';
import { World } from '../../flow/world.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const { answer, origin } = callsIn(() => world);
const store = () => world.ports.store;

const caused = (site: string, at: number, kind: 'failed' | 'renewed' = 'failed') => ({
  kind,
  at,
  origin: site,
  scopes: [],
});
const kindsOf = async (site: string) =>
  (await store().queryActivity({ origin: site, limit: 1000 })).rows.map(({ kind }) => kind);

describe('the log of decisions', () => {
  it('survives three thousand rows of a connected site whose server ends each token at once (T-50, T-53)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await world.own.activity({ limit: 1 });
    const before: string[] = (await kindsOf(origin())).filter((kind) => kind !== 'used');
    const rows = isFullForm ? 30_000 : 3000;
    for (let at = 0; at < rows; at += 100) {
      const more = Array.from({ length: 100 }, (_, i) => caused(origin(), at + i, 'renewed'));
      await store().addActivity(more);
    }
    const after = await kindsOf(origin());
    const left = after.filter((kind) => before.includes(kind));
    expect(left).toEqual(before);
    expect(after.filter((kind) => kind === 'renewed').length).toBeLessThanOrEqual(200);
    reportBar('the log of decisions', {
      'rows of a connected site': rows,
      decisions: before.length,
      lost: before.length - left.length,
    });
  });

  it('survives sixteen sites of one owner, which have the room of one, and so does another site’s log (T-53, Z39)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await store().addActivity([caused(origin(), 1)]);
    for (let site = 0; site < 16; site += 1) {
      const name = `https://a${String(site)}.evil.example`;
      await store().addActivity(Array.from({ length: 200 }, (_, at) => caused(name, at + 2)));
    }
    const { rows } = await store().queryActivity({ limit: 5000 });
    expect(rows.filter((row) => row.origin.endsWith('.evil.example')).length).toBe(200);
    expect(await kindsOf(origin())).toEqual(expect.arrayContaining(['failed', 'allowed']));
  });

  it('gives each of very many connected sites a share, so that the loudest hides nobody (T-50)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const grant = (await store().findGrant(origin(), world.resource))!;
    const sites = Array.from({ length: 30 }, (_, i) => `https://s${String(i)}.example`);
    for (const site of sites) {
      const from = { asked: grant.resource, flow: 'none' };
      await store().commitGrant({ ...grant, origin: site }, from);
    }
    await store().addActivity([caused(sites[0]!, 1)]);
    for (const site of sites.slice(1)) {
      await store().addActivity(Array.from({ length: 300 }, (_, at) => caused(site, at + 2)));
    }
    expect(await kindsOf(sites[0]!)).toContain('failed');
    expect((await store().queryActivity({ limit: 9000 })).rows.length).toBeLessThan(3300);
  });

  it('reads as one list in the order of time', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await world.getToken({ resource: 'http://10.0.0.1/' }).catch(codeOf);
    await world.own.disconnect({ origin: origin(), resource: world.resource, account: 'default' });
    const all = (await world.own.activity({ limit: 100 })).rows;
    const rows = all.filter(({ kind }) => kind !== 'used');
    const ids = rows.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((one, other) => other - one));
    expect(rows[0]).toMatchObject({ kind: 'disconnected' });
  });
});

describe('traces', () => {
  it('of sites without a grant have one share, and leave those of a connected site (T-53)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await world.own.traces({});
    for (let i = 0; i < 150; i += 1) {
      await store().saveTrace({
        id: `t${String(i)}`,
        at: Date.now() + i,
        origin: `https://a${String(i % 9)}.evil.example`,
        resource: 'https://x.example',
        outcome: 'failed',
        steps: [],
      });
    }
    const traces = await store().listTraces();
    expect(traces.filter((trace) => trace.origin === origin())).toHaveLength(1);
    expect(traces.length).toBe(21);
  });

  it('hold 64 kB each, however much a server says in how many answers (T-12)', async () => {
    const { traces } = world.life.ports;
    const about = { id: 'long', origin: origin(), resource: world.resource };
    for (let i = 0; i < 200; i += 1) {
      traces.step(about, { kind: 'prompt', stage: 'x'.repeat(5000) });
    }
    const { steps } = (await world.own.trace({ id: 'long' }))!;
    expect(JSON.stringify(steps).length).toBeLessThan(66_000);
    expect(steps.length).toBeGreaterThan(5);
  });
});

describe('metadata documents', () => {
  it('are stored as the parser kept them: without what a server wrote around them (T-53)', async () => {
    const padding = { padding: 'x'.repeat(50_000), authorization_servers_x: ['y'] };
    answer('oauth-protected-resource/mcp', async (real) =>
      Response.json({ ...((await (await real()).json()) as object), ...padding }),
    );
    await world.getToken({ scopes: ['notes:read'] });
    const url = `${new URL(world.resource).origin}/.well-known/oauth-protected-resource/mcp`;
    const held = await store().findDocument(url);
    expect(Object.keys(held!.json as object).sort()).toEqual(
      expect.arrayContaining(['authorization_servers', 'resource']),
    );
    expect(JSON.stringify(held)).not.toContain('xxx');
    // What was stored is worth as much as what was read.
    await world.own.disconnect({ origin: origin(), resource: world.resource, account: 'default' });
    const mark = world.lab.ledger.mark();
    await world.getToken({ scopes: ['notes:read'] });
    expect(world.lab.ledger.since(mark).cost().metadata).toBe(0);
  });

  it('are two hundred at most, those read last, and none of more than 50 kB (T-53, T-46)', async () => {
    const fresh = await openStore(`documents ${String(Math.random())}`);
    const many = isFullForm ? 5000 : 500;
    for (let i = 0; i < many; i += 1) {
      await fresh.saveDocument(`https://x.example/${String(i)}`, { a: 'y'.repeat(100) }, i);
    }
    await fresh.saveDocument('https://x.example/large', { a: 'y'.repeat(50_001) }, many + 1);
    const kept = await Promise.all(
      Array.from({ length: many }, (_, i) => fresh.findDocument(`https://x.example/${String(i)}`)),
    );
    expect(kept.filter(Boolean)).toHaveLength(200);
    expect(kept.slice(-200).every(Boolean)).toBe(true);
    expect(await fresh.findDocument('https://x.example/large')).toBeUndefined();
    const left = kept.filter(Boolean);
    const characters = JSON.stringify(left).length;
    reportBar('documents of servers', { offered: many + 1, kept: left.length, characters });
  });
});

describe('what else a page or a server can make grow', () => {
  it('has a bound: addresses of a grant, registrations, issuers, refusals (T-12)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const grant = (await store().findGrant(origin(), world.resource))!;
    const { resource } = world;
    for (let i = 0; i < 150; i += 1) {
      await store().addAlias(grant, { asked: `${resource}/${String(i)}`, flow: 'none' });
    }
    const addresses = await store().listAliases(origin(), resource);
    expect(addresses.length).toBe(100);
    expect(addresses).toEqual(expect.arrayContaining([resource, `${resource}/149`]));
    const until = Date.now() + 500_000;
    const refusal = { origin: origin(), resource, scopes: ['a'], at: 1, until };
    await store().saveRefusal({ ...refusal, scopes: [], kind: 'embargo' });
    for (let at = 0; at < 250; at += 1) {
      await store().saveRefusal({ ...refusal, at, kind: 'denied' });
    }
    const refusals = await store().findRefusals(origin());
    expect(refusals.length).toBe(200);
    expect(refusals[0]).toMatchObject({ kind: 'embargo' });
    for (let i = 0; i < 1010; i += 1)
      await store().learnIssuer(`https://i${String(i)}.example`, {});
    const known = await Promise.all(
      Array.from({ length: 1010 }, (_, i) => store().findIssuer(`https://i${String(i)}.example`)),
    );
    expect(known.filter(Boolean).length).toBeLessThanOrEqual(1000);
    expect(known.at(-1)).toBeDefined();
  });
});
