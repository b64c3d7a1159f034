/** What is written down of what happened: the activity log, and the traces of flows. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TraceStep } from '../../src/shared/activity.ts';
import { toWire } from '../../src/shared/errors.ts';
import { insufficientScope, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const rows = async (query = {}) => (await world.own.activity({ limit: 100, ...query })).rows;
const kinds = async (query = {}) => (await rows(query)).map(({ kind }) => kind);

/** The steps of the newest trace. */
async function newestSteps(): Promise<TraceStep[]> {
  const [newest] = await world.own.traces({});
  return (await world.own.trace({ id: newest!.id }))!.steps;
}

describe('the activity log', () => {
  it('tells a connection, a step-up and a disconnection, newest first, with their scopes', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await world.getToken({ challenge: insufficientScope('notes:write') });
    const { origin } = world.lab.siteA;
    const key = { origin, resource: world.resource, account: 'default' };
    await world.own.disconnect(key);
    const story = (await rows()).filter(({ kind }) => kind !== 'used');
    expect(story.map(({ kind }) => kind)).toEqual([
      'disconnected',
      'widened',
      'allowed',
      'connected',
      'allowed',
    ]);
    expect(story[1]).toMatchObject({ ...key, scopes: ['notes:write'] });
    expect(story[2]).toMatchObject({ scopes: ['notes:write'] });
    expect(story[3]?.scopes).toContain('notes:read');
    const ids = story.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((one, other) => other - one));
  });

  it('counts the uses of one grant and hour in one row, and the next hour in another', async () => {
    for (let i = 0; i < 5; i += 1) await world.getToken({ scopes: ['notes:read'] });
    const used = async () => (await rows()).filter(({ kind }) => kind === 'used');
    expect(await used()).toMatchObject([{ count: 5 }]);
    await world.getToken();
    expect(await used()).toMatchObject([{ count: 6 }]);
    world.elapsed = 3_600_000;
    await world.getToken();
    expect(await used()).toMatchObject([{ count: 1 }, { count: 6 }]);
  });

  it('tells refusals by their kind (Z24)', async () => {
    world.answer = () => 'deny';
    await world.getToken().catch(() => undefined);
    world.elapsed = 86_400_000;
    world.answer = () => 'close';
    await world.getToken().catch(() => undefined);
    expect(await kinds()).toEqual(['dismissed', 'denied']);
  });

  it('names a failure once for all who were told of it, and the flow that it ended', async () => {
    world.tamper = (url) => {
      url.searchParams.set('iss', 'https://evil.example');
    };
    const calls = [world.getToken(), world.getToken(), world.getToken()];
    const failures = await Promise.all(calls.map((call) => call.catch((error: unknown) => error)));
    const { origin } = world.lab.siteA;
    const told = failures.map((error) => {
      const name = world.life.ports.log.noteFailure(error, { origin, resource: world.resource });
      return toWire(error, false, name).correlationId;
    });
    const [failed, ...others] = (await rows()).filter(({ kind }) => kind === 'failed');
    expect(others).toEqual([]);
    expect(told).toEqual([failed!.correlationId, failed!.correlationId, failed!.correlationId]);
    expect(failed).toMatchObject({
      code: 'issuer_mismatch',
      host: new URL(world.lab.authorizationServer.issuer).host,
    });
    expect((await world.own.trace({ id: failed!.flow! }))?.outcome).toBe('failed');
  });

  it('does not count what a passive call may not ask as a failure', async () => {
    const { origin } = world.lab.siteA;
    const error = await world.getToken({ interactive: false }).catch((one: unknown) => one);
    world.life.ports.log.noteFailure(error, { origin });
    expect(await rows()).toEqual([]);
  });

  it('can be asked for by site, by server, and further back', async () => {
    const { siteA, siteB } = world.lab;
    await world.getToken({ scopes: ['notes:read'] });
    await world.getToken({ scopes: ['notes:read'] }, { origin: siteB.origin });
    const all = await rows();
    const ofB = await rows({ origin: siteB.origin });
    expect(ofB.length).toBeGreaterThan(0);
    expect(ofB.length).toBe(all.filter(({ origin }) => origin === siteB.origin).length);
    expect((await rows({ origin: siteA.origin })).length + ofB.length).toBe(all.length);
    expect(await rows({ resource: 'https://other.example' })).toEqual([]);
    const first = await world.own.activity({ limit: 2 });
    const rest = await world.own.activity({ limit: 100, before: first.rows[1]!.id });
    expect(first.more).toBe(true);
    expect(rest.more).toBe(false);
    expect([...first.rows, ...rest.rows]).toEqual(all);
  });

  it('gives failures alone when asked for them, and only those of the page that was asked for', async () => {
    const { store } = world.ports;
    const row = { at: 1, scopes: [], origin: 'https://a.example' };
    const kinds = ['failed', 'used', 'failed', 'allowed', 'failed', 'used'] as const;
    await store.addActivity(kinds.map((kind) => ({ ...row, kind })));
    const newest = await world.own.activity({ limit: 2, failed: true });
    expect(newest.rows.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    expect(newest.more).toBe(true);
    const rest = await rows({ failed: true, before: newest.rows[1]!.id });
    expect(rest.map(({ kind }) => kind)).toEqual(['failed']);
    expect((await rows()).length).toBe(kinds.length);
  });

  it('keeps three thousand decisions, and no more than two hundred failures of one site (T-13, T-50)', async () => {
    const { store } = world.ports;
    const row = { at: 1, scopes: [], kind: 'allowed' as const };
    const failed = { ...row, kind: 'failed' as const, origin: 'https://loud.example' };
    await store.addActivity([{ ...row, origin: 'https://first.example' }]);
    await store.addActivity(Array.from({ length: 2900 }, () => failed));
    const { rows: quiet } = await store.queryActivity({ limit: 5000 });
    expect(quiet.length).toBe(201);
    expect(quiet.at(-1)?.origin).toBe('https://first.example');
    const many = Array.from({ length: 3100 }, () => ({ ...row, origin: 'https://busy.example' }));
    await store.addActivity(many);
    // What others caused stays beside them.
    expect((await store.queryActivity({ limit: 5000 })).rows.length).toBe(3200);
  });

  it('does not make a call that is answered from memory touch the disk', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    await world.getToken();
    const mark = world.lab.ledger.mark();
    const { store } = world.ports;
    let touched = 0;
    world.ports.store = new Proxy(store, {
      get: (held, name: keyof typeof store) => {
        if (name !== 'findGrant' && name !== 'readSettings') touched += 1;
        return held[name];
      },
    });
    await Promise.all(Array.from({ length: 100 }, () => world.getToken()));
    expect(touched).toBe(0);
    expect(world.lab.ledger.since(mark).length).toBe(0);
  });
});

describe('a trace', () => {
  it('shows a first connection step by step: metadata, scopes, client, prompts, iss, tokens', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const steps = await newestSteps();
    const order = steps.map((step) => step.kind);
    expect(order.filter((kind) => kind !== 'request')).toEqual([
      'prompt',
      'discovered',
      'scopes',
      'prompt',
      'registration',
      'returned',
      'response',
      'granted',
    ]);
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'registration', choice: 'dynamic' }),
    );
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'response', row: 1, present: true, accepted: true }),
    );
    const urls = steps.flatMap((step) => (step.kind === 'request' ? [step.url] : []));
    expect(urls.filter((url) => url.includes('/.well-known/')).length).toBeGreaterThan(1);
    expect(urls.filter((url) => url.endsWith('/token'))).toHaveLength(1);
    expect(urls.filter((url) => url.includes('/auth?'))).toHaveLength(1);
    const [summary] = await world.own.traces({});
    expect(summary).toMatchObject({ outcome: 'done', origin: world.lab.siteA.origin });
  });

  it('shows which row of the iss table refused a response (R63)', async () => {
    world.tamper = (url) => {
      url.searchParams.delete('iss');
    };
    await world.getToken().catch(() => undefined);
    const steps = await newestSteps();
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'response', row: 2, present: false, accepted: false }),
    );
    expect(steps.at(-1)).toMatchObject({ kind: 'failed', code: 'issuer_mismatch' });
  });

  it('is made of a refresh too', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 3_700_000;
    await world.getToken();
    const steps = await newestSteps();
    expect(steps.map(({ kind }) => kind)).toEqual(['request', 'granted']);
    expect(steps[0]).toMatchObject({ method: 'POST', status: 200 });
    expect(await kinds()).toContain('renewed');
  });

  it('is one of twenty of its site: the oldest makes room', async () => {
    const { store } = world.ports;
    for (let at = 0; at < 25; at += 1) {
      const id = `trace ${at}`;
      const about = { id, at, origin: 'https://a.example', resource: 'https://b.example' };
      await store.saveTrace({ ...about, outcome: 'done', steps: [] });
    }
    const ids = (await world.own.traces({})).map(({ id }) => id);
    expect(ids.length).toBe(20);
    expect([ids[0], ids.at(-1)]).toEqual(['trace 24', 'trace 5']);
  });

  it('and the log hold no secret of the flow that they tell about (T-32)', async () => {
    const secrets = new Set<string>();
    const { http, authWindow } = world.ports;
    world.ports.http = async (url, init, limits) => {
      for (const name of ['code', 'code_verifier', 'refresh_token', 'token', 'client_secret']) {
        const value = init.body instanceof URLSearchParams ? init.body.get(name) : null;
        if (value) secrets.add(value);
      }
      const response = await http(url, init, limits);
      const body = (await response
        .clone()
        .json()
        .catch(() => ({}))) as Record<string, unknown>;
      const named = ['access_token', 'refresh_token', 'id_token', 'registration_access_token'];
      for (const name of named) if (typeof body[name] === 'string') secrets.add(body[name]);
      if (!body['access_token']) return response;
      // A hostile server repeats it where nobody would look for it.
      return Response.json({ ...body, error: body['access_token'], note: body['access_token'] });
    };
    world.ports.authWindow = {
      ...authWindow,
      open: async (url, opened) => {
        secrets.add(new URL(url).searchParams.get('state')!);
        secrets.add(new URL(url).searchParams.get('code_challenge')!);
        const callback = await authWindow.open(url, opened);
        secrets.add(new URL(callback).searchParams.get('code')!);
        return callback;
      },
    };
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    await world.getToken({ challenge: insufficientScope('notes:write') });
    await world.getToken({ rejected: access_token });
    world.elapsed = 3_700_000;
    await world.getToken();
    // code, verifier, challenge and state twice each, and the tokens of every answer.
    expect(secrets.size).toBeGreaterThanOrEqual(12);
    const summaries = await world.own.traces({});
    expect(summaries.length).toBeGreaterThanOrEqual(3);
    const traces = await Promise.all(summaries.map(({ id }) => world.own.trace({ id })));
    const written = JSON.stringify([traces, await rows()]);
    expect([...secrets].filter((secret) => written.includes(secret))).toEqual([]);
  });
});
