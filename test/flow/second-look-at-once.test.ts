/** What a second reader found, part two: what happens at the same time, and around a restart. */
import { afterEach, describe, expect, it } from 'vitest';
import { insufficientScope, World } from './world.ts';
import { callsIn, codeOf } from './calls.ts';
import { formOf } from './changed-answers.ts';
import type { PagePort } from '../../src/background/ports/ports.ts';
import type { BrokerMessage } from '../../src/shared/page-contract.ts';

let world: World;
afterEach(() => world.close());

const { answer, call, grantOf, issuer, origin } = callsIn(() => world);

describe('a question that is on the screen since before a restart (Z47)', () => {
  it('stays as it is', async () => {
    world = await World.open();
    await world.getToken({ scopes: ['notes:read'] });
    const { access_token: rejected } = await world.getToken({ interactive: false });
    world.answer = () => 'ignore';
    const need = (scope: string) => call({ challenge: insufficientScope(scope), rejected });
    void need('notes:write');
    await expect.poll(() => world.life.flows.pending().length).toBe(1);
    void need('notes:delete');
    await expect.poll(() => world.life.flows.consent.pending()[0]?.waiting).toBe(2);
    const before = world.life.flows.pending()[0]!;
    await world.restart();
    void need('notes:write');
    void need('notes:delete');
    await expect.poll(() => world.life.flows.consent.pending()[0]?.waiting).toBe(2);
    const after = world.life.flows.pending()[0]!;
    expect([after.nonce, after.snapshot.scopes.added]).toEqual([
      before.nonce,
      before.snapshot.scopes.added,
    ]);
  });
});

describe('a quiet look for metadata (V10)', () => {
  it('does not end a call that may ask', async () => {
    world = await World.open();
    const asked = 'https://files.example/mcp';
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const seen: string[] = [];
    world.ports.http = async (url) => {
      seen.push(url);
      await gate;
      return new Response(null, { status: 404 });
    };
    const quiet = call({ resource: asked, challenge: 'Negotiate' });
    await expect.poll(() => seen.length).toBe(1);
    const loud = call({
      resource: asked,
      challenge:
        'Bearer resource_metadata="https://files.example/.well-known/oauth-protected-resource/other"',
    });
    await new Promise((r) => setTimeout(r, 100));
    release();
    const before = seen.length;
    expect(codeOf(await quiet)).toBe('discovery_failed');
    await loud;
    // It has looked by itself, and what it found is told.
    expect(seen.length).toBeGreaterThan(before);
    expect(world.life.flows.pending().map(({ step }) => step)).toEqual(['failed']);
  });
});

describe('a server that is asked for its challenge', () => {
  it('does not lose what a joining call wants (Z47)', async () => {
    world = await World.open();
    const { http } = world.ports;
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let probing = false;
    world.ports.http = async (url, init, limits) => {
      if (init.method === 'POST' && url === world.resource) {
        probing = true;
        const r = await http(url, init, limits);
        await gate;
        return r;
      }
      return http(url, init, limits);
    };
    // no readable challenge: the broker probes the server
    const first = call({});
    await expect.poll(() => probing, { timeout: 5000 }).toBe(true);
    const second = call({ scopes: ['notes:delete'] });
    await new Promise((r) => setTimeout(r, 200));
    release();
    await Promise.all([first, second]);
    const allow = world.prompts.filter(({ stage }) => stage === 'allow');
    expect(allow.map(({ scopes }) => scopes.added)).toHaveLength(1);
  });
});

describe('a quiet look that finds nothing', () => {
  it('tells a page no more than any other failure, and no sooner (T-25)', async () => {
    world = await World.open();
    world.holdsFailuresBack = true;
    world.ports.http = () => Promise.resolve(new Response(null, { status: 404 }));
    const pauses: number[] = [];
    world.ports.pause = (milliseconds) => Promise.resolve(void pauses.push(milliseconds));
    for (const challenge of [
      'Bearer resource_metadata="https://intra.example/.well-known/oauth-protected-resource"',
      'Negotiate',
    ]) {
      const posted: BrokerMessage[] = [];
      let say: (message: unknown) => void = () => {};
      const port: PagePort = {
        post: (message) => void posted.push(message),
        onMessage: (listener) => void (say = listener),
        onClosed: () => {},
        close: () => {},
      };
      world.life.pages.serve(port, { origin: origin(), tabId: 1 });
      const resource = `https://${challenge === 'Negotiate' ? 'intra' : 'other'}.example/mcp`;
      say({ v: 1, id: 1, call: 'getToken', params: { resource, challenge } });
      world.answer = () => 'allow';
      await expect.poll(() => posted.length, { timeout: 8000 }).toBe(2);
      expect(posted[1]).toMatchObject({ ok: false, error: { code: 'connect_failed' } });
      const heldBack = pauses.splice(0).filter((one) => one > 9000 && one <= 10_000);
      expect(heldBack).toHaveLength(1);
    }
  });
});

describe('a refusal that comes after a disconnect', () => {
  it('leaves the registration of a newer sign-in alone', async () => {
    world = await World.open();
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 2 * 3_600_000;
    let go = () => {};
    const gate = new Promise<void>((r) => (go = r));
    let out = false;
    world.ports.lock = (_n, task) => task();
    answer('/token', async (real, init) => {
      if (!formOf(init).has('refresh_token')) return real();
      out = true;
      await gate;
      return Response.json({ error: 'invalid_client' }, { status: 401 });
    });
    const passive = call({ interactive: false });
    await expect.poll(() => out).toBe(true);
    await world.own.disconnect({ origin: origin(), resource: world.resource, account: 'default' });
    await world.ports.store.deleteRegistration(issuer(), origin());
    world.elapsed += 61_000;
    await world.getToken({ scopes: ['notes:read'] });
    const fresh = await world.ports.store.findRegistration(issuer(), origin());
    expect(fresh).toBeDefined();
    go();
    await passive;
    expect(await world.ports.store.findRegistration(issuer(), origin())).toEqual(fresh);
  });
});

describe('an account that is renamed during a refresh', () => {
  it('keeps what the refresh has brought', async () => {
    world = await World.open();
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 2 * 3_600_000;
    let go = () => {};
    const gate = new Promise<void>((r) => (go = r));
    let out = 0;
    answer('/token', async (real, init) => {
      if (!formOf(init).has('refresh_token')) return real();
      const r = await real();
      if (out++ === 0) await gate;
      return r;
    });
    const passive = call({ interactive: false });
    await expect.poll(() => out).toBe(1);
    await world.own.renameAccount({
      origin: origin(),
      resource: world.resource,
      account: 'default',
      name: 'work',
    });
    go();
    const got = await passive;
    expect([codeOf(got), (await grantOf()).trouble]).toEqual([undefined, undefined]);
  });
});
