/** Servers that want a `scope` with every refresh, and answers that name none (RFC 6749 §5.1, §6). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world.ts';

const HOUR = 3_700_000;
let world: World;
/** The refresh requests that were sent, by their `scope`. */
let scopes: (string | null)[];
/** How the server answers a refresh instead of truly; undefined lets it through. */
let refuse: (scope: string | null) => Response | undefined;

beforeEach(async () => {
  world = await World.open();
  scopes = [];
  refuse = () => undefined;
  const { http } = world.ports;
  world.ports.http = (url, init, limits) => {
    const form = new URLSearchParams(String(init.body));
    if (form.get('grant_type') !== 'refresh_token') return http(url, init, limits);
    const scope = form.get('scope');
    scopes.push(scope);
    const refusal = refuse(scope);
    return refusal ? Promise.resolve(refusal) : http(url, init, limits);
  };
});
afterEach(() => world.close());

const error = (code: string) => Response.json({ error: code }, { status: 400 });
const grant = async () =>
  (await world.ports.store.findGrant(world.lab.siteA.origin, world.resource))!;
const words = (text: string | null) => (text ?? '').split(' ').sort();

describe.each(['invalid_request', 'invalid_scope'])('a server that answers %s', (code) => {
  it('to a refresh without scope is asked once more with exactly what was granted, and remembered (B3)', async () => {
    refuse = (scope) => (scope === null ? error(code) : undefined);
    const first = await world.getToken({ scopes: ['notes:read'] });
    const { granted } = (await grant()).token!;
    world.elapsed += HOUR;
    const second = await world.getToken();
    expect(second.access_token).not.toBe(first.access_token);
    expect(scopes.length).toBe(2);
    expect(scopes[0]).toBeNull();
    expect(words(scopes[1]!)).toEqual([...granted].sort());
    await world.restart();
    world.elapsed += HOUR;
    await world.getToken();
    expect(scopes.length).toBe(3);
    expect(scopes[2]).not.toBeNull();
  });

  it('to every refresh is asked twice at most, and not remembered for it (B3)', async () => {
    refuse = () => error(code);
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed += HOUR;
    await world.getToken({ interactive: false }).catch(() => undefined);
    expect(scopes.length).toBe(2);
    const known = await world.ports.store.findIssuer(world.lab.authorizationServer.issuer);
    expect(known?.scopeOnRefresh).toBe(false);
  });
});

it('a refusal for any other reason is not answered with a second request (D9)', async () => {
  refuse = () => error('invalid_grant');
  await world.getToken({ scopes: ['notes:read'] });
  world.elapsed += HOUR;
  await expect(world.getToken({ interactive: false })).rejects.toMatchObject({
    code: 'interaction_required',
  });
  expect(scopes).toEqual([null]);
});

it('never names a scope that was asked for and not granted (B3)', async () => {
  world.choices = { untick: ['notes:write'] };
  refuse = (scope) => (scope === null ? error('invalid_request') : undefined);
  await world.getToken({ scopes: ['notes:read', 'notes:write'] }).catch(() => undefined);
  expect((await grant()).requested).toContain('notes:write');
  world.elapsed += HOUR;
  await world.getToken();
  expect(words(scopes[1]!)).not.toContain('notes:write');
});

describe('an answer without scope', () => {
  const dropScope = () => {
    const { http } = world.ports;
    world.ports.http = async (url, init, limits) => {
      const response = await http(url, init, limits);
      if (!url.endsWith('/token')) return response;
      return Response.json({ ...((await response.json()) as object), scope: undefined });
    };
  };

  it('to the exchange stands for what was asked, and is doubted once a 403 demands it (B1)', async () => {
    dropScope();
    const token = await world.getToken({ scopes: ['notes:read'] });
    expect(token.scope).toContain('notes:read');
    expect((await grant()).token).toMatchObject({ assumed: true });
    const mark = world.lab.ledger.mark();
    const challenge = 'Bearer error="insufficient_scope", scope="notes:read"';
    await world.getToken({ challenge, rejected: token.access_token }).catch(() => undefined);
    expect(world.lab.ledger.since(mark).cost()).toMatchObject({ authorizations: 1, refreshes: 0 });
  });

  it('to a refresh keeps what was granted, narrowed or not (R45, B3)', async () => {
    world.choices = { untick: ['notes:write'] };
    await world.getToken({ scopes: ['notes:read', 'notes:write'] }).catch(() => undefined);
    const before = (await grant()).token!;
    dropScope();
    world.elapsed += HOUR;
    await world.getToken();
    const after = (await grant()).token!;
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after).toMatchObject({ granted: before.granted, assumed: false });
    expect(after.granted).not.toContain('notes:write');
  });
});
