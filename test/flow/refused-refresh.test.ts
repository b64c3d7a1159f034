/**
 * Refreshes that real servers refuse in their own words, and what stands in between and only looks like a refusal
 * (V4, X1, Z51, Z55).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerError } from '../../src/shared/errors.ts';
import { codeOf } from './calls.ts';
import { World } from './world.ts';

let world: World;
/** What the token endpoint answers to a refresh instead of its own answer. */
let answer:
  ((real: () => Promise<Response>, form: URLSearchParams) => Promise<Response>) | undefined;
let refreshes: URLSearchParams[];

beforeEach(async () => {
  world = await World.open();
  refreshes = [];
  answer = undefined;
  const { http } = world.ports;
  world.ports.http = (url, init, limits) => {
    const form = init.body instanceof URLSearchParams ? init.body : new URLSearchParams();
    if (form.get('grant_type') !== 'refresh_token') return http(url, init, limits);
    refreshes.push(form);
    const real = () => http(url, init, limits);
    return answer ? answer(real, form) : real();
  };
  await world.getToken({ scopes: ['notes:read'] });
  world.elapsed = 2 * 3_600_000;
});
afterEach(() => world.close());

const json =
  (body: unknown, status: number, headers = {}) =>
  () =>
    Promise.resolve(Response.json(body, { status, headers }));
const page = (status: number) => () =>
  Promise.resolve(new Response('<p>', { status, headers: { 'content-type': 'text/html' } }));
const signIns = () => world.lab.ledger.cost().authorizations - 1;
const grant = async () =>
  (await world.ports.store.findGrant(world.lab.siteA.origin, world.resource))!;
const view = async () => (await world.own.grants({}))[0]!;
/** A call that may not ask, as most calls of a page. */
const passive = () => world.getToken({ interactive: false }).catch((error: unknown) => error);

/** What real servers say when a refresh token is over; the reports are in docs/wild.md. */
const REFUSALS: [string, () => Promise<Response>][] = [
  ['200 with an error (GitHub)', json({ error: 'bad_refresh_token' }, 200)],
  ['200 with ok: false (Slack)', json({ ok: false, error: 'invalid_refresh_token' }, 200)],
  ['400 invalid_request (Obot, Metabase)', json({ error: 'invalid_request' }, 400)],
  ['400 without an error (Supabase)', json({ code: 400, error_code: 'not_found' }, 400)],
  ['400 with a page', page(400)],
  ['401 without a body', () => Promise.resolve(new Response(null, { status: 401 }))],
  ['401 with an array (SAP)', json([{ message: 'no' }], 401)],
  ['403 with an object', json({ message: 'revoked' }, 403)],
  ['400 interaction_required (Entra)', json({ error: 'interaction_required' }, 400)],
];

describe('a refresh token that is over', () => {
  it.each(REFUSALS)('leads to one sign-in, without a question: %s (V4, X1)', async (_, refusal) => {
    answer = refusal;
    const prompts = world.prompts.length;
    expect((await world.getToken()).access_token).toBeTruthy();
    expect([signIns(), world.prompts.length - prompts]).toEqual([1, 0]);
    answer = undefined;
    expect((await grant()).trouble).toBeUndefined();
  });

  it.each(REFUSALS)(
    'is not sent again, whatever the pages do: %s (Z55, X1)',
    async (_, refusal) => {
      answer = refusal;
      const codes = await Promise.all(Array.from({ length: 50 }, passive));
      for (let i = 0; i < 100; i += 1) codes.push(await passive());
      expect(new Set(codes.map(codeOf))).toEqual(new Set(['interaction_required']));
      // A server that may want a scope is asked a second time with one.
      expect(refreshes.length).toBeLessThanOrEqual(2);
      expect(signIns()).toBe(0);
    },
  );

  it('is said in the popup before any page asks, and stays stored until there is a new one (Z51, Z55)', async () => {
    answer = json({ error: 'bad_refresh_token' }, 200);
    await passive();
    expect(await view()).not.toHaveProperty('expiresAt');
    expect((await view()).renewable).toBe(false);
    expect((await grant()).token?.refreshToken).toBeTruthy();
    const { rows } = await world.own.activity({ limit: 5 });
    expect(rows.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
  });

  it('is tried again after a pause that grows, and may have come back (Z51, Z55)', async () => {
    answer = json({ error: 'nonsense' }, 400);
    await passive();
    world.elapsed += 20_000;
    await passive();
    expect(refreshes).toHaveLength(1);
    world.elapsed += 30_000;
    await passive();
    world.elapsed += 30_000;
    await passive();
    expect(refreshes).toHaveLength(2);
    answer = undefined;
    world.elapsed += 3_600_000;
    expect((await world.getToken({ interactive: false })).access_token).toBeTruthy();
    expect(signIns()).toBe(0);
  });

  it('of a client that the provider has forgotten leads to another registration (Z51)', async () => {
    answer = json({ error: 'invalid_client' }, 401);
    await world.getToken();
    expect(world.lab.ledger.cost().registrations).toBe(2);
  });
});

describe('a server in trouble, or somebody in between', () => {
  const TROUBLE: [string, () => Promise<Response>, string][] = [
    ['503', page(503), 'provider_failed'],
    ['500 with an error', json({ error: 'server_error' }, 500), 'provider_failed'],
    [
      '400 temporarily_unavailable',
      json({ error: 'temporarily_unavailable' }, 400),
      'provider_failed',
    ],
    ['429', json({ error: 'slow_down' }, 429), 'too_many_requests'],
    ['404', page(404), 'provider_failed'],
    ['407 of a proxy', page(407), 'provider_failed'],
    ['403 with a portal’s page', page(403), 'provider_failed'],
    ['511 of a portal', page(511), 'provider_failed'],
    ['a portal’s page with 200', page(200), 'provider_failed'],
    ['a redirect', page(302), 'provider_failed'],
  ];

  it.each(TROUBLE)(
    'opens no window, and the page may try again: %s (Z10, Z51)',
    async (_, trouble, reason) => {
      answer = trouble;
      await expect(world.getToken()).rejects.toMatchObject({
        code: 'network_error',
        detail: { reason },
      });
      expect(signIns()).toBe(0);
      answer = undefined;
      world.elapsed += 10_000;
      expect((await world.getToken({ interactive: false })).access_token).toBeTruthy();
      expect((await grant()).trouble).toBeUndefined();
    },
  );

  it.each(TROUBLE)('is not asked at every call: %s (Z55)', async (_, trouble) => {
    answer = trouble;
    for (let i = 0; i < 100; i += 1) await passive();
    expect(refreshes).toHaveLength(1);
  });

  it('is asked again at once when access to its host is given back (Z13, Z55)', async () => {
    const { detail } = new BrokerError('network_error');
    answer = () => Promise.reject(new BrokerError('network_error', { detail }));
    world.hostAccess = () => false;
    for (let i = 0; i < 20; i += 1) expect(codeOf(await passive())).toBe('host_access_required');
    expect(refreshes).toHaveLength(1);
    answer = undefined;
    world.hostAccess = () => true;
    expect(await passive()).toHaveProperty('access_token');
  });

  it('is given as long as its Retry-After says (Z55)', async () => {
    answer = json({}, 503, { 'retry-after': '600' });
    await passive();
    answer = undefined;
    world.elapsed += 590_000;
    expect(codeOf(await passive())).toBe('network_error');
    world.elapsed += 11_000;
    expect(await passive()).toHaveProperty('access_token');
    expect(refreshes).toHaveLength(2);
  });

  it('counts as a refusal when its page comes again half a minute later, and not before (Z51)', async () => {
    answer = page(403);
    await passive();
    world.elapsed += 10_000;
    await passive();
    expect((await grant()).trouble).toMatchObject({ times: 2 });
    expect((await grant()).trouble).not.toHaveProperty('refused');
    world.elapsed += 60_000;
    expect(codeOf(await passive())).toBe('interaction_required');
    expect((await grant()).trouble).toMatchObject({ refused: true });
  });

  it('is looked for anew when it has said nothing for ten minutes, and the page shows a 401 (Z51)', async () => {
    answer = page(404);
    const rejected = (await grant()).token!.accessToken;
    const call = () => world.getToken({ rejected }).catch((error: unknown) => error);
    await call();
    world.elapsed += 300_000;
    await call();
    expect(signIns()).toBe(0);
    world.elapsed += 301_000;
    // A passive call sends the page to the server, whose 401 it then shows.
    expect(codeOf(await passive())).toBe('interaction_required');
    // Without a 401 in hand the server may be up to its neck, and the token be good.
    expect(codeOf(await world.getToken().catch((error: unknown) => error))).toBe('network_error');
    const mark = world.lab.ledger.mark();
    expect(await call()).toHaveProperty('access_token');
    expect(world.lab.ledger.since(mark).cost()).toMatchObject({ authorizations: 1 });
    expect(world.lab.ledger.since(mark).cost().metadata).toBeGreaterThan(0);
  });

  it('waits no longer for a clock that was wrong (W3, Z46)', async () => {
    answer = json({}, 503, { 'retry-after': '600' });
    await passive();
    answer = undefined;
    world.elapsed -= 90 * 60_000;
    const { trouble } = await grant();
    expect(trouble!.until).toBeGreaterThan(world.ports.now() + 60 * 60_000);
    world.elapsed -= 60 * 60_000;
    const rejected = (await grant()).token!.accessToken;
    expect(await world.getToken({ rejected, interactive: false })).toHaveProperty('access_token');
  });
});

describe('what a refresh names', () => {
  it('is left out once where the server refuses it: the resource (Z51, Entra)', async () => {
    answer = (real, form) =>
      form.has('resource') ? json({ error: 'invalid_target' }, 400)() : real();
    expect(await passive()).toHaveProperty('access_token');
    expect(refreshes.map((form) => form.has('resource'))).toEqual([true, false]);
    expect(signIns()).toBe(0);
  });

  it('is left out once where the server refuses it: a scope that it was known to want (Z51)', async () => {
    const { issuer } = world.lab.authorizationServer;
    await world.ports.store.learnIssuer(issuer, { scopeOnRefresh: true });
    answer = (real, form) => (form.has('scope') ? json({ error: 'invalid_scope' }, 400)() : real());
    expect(await passive()).toHaveProperty('access_token');
    expect(refreshes.map((form) => form.has('scope'))).toEqual([true, false]);
  });

  it('is left out once, and no more: then the user signs in (Z51)', async () => {
    answer = json({ error: 'invalid_target' }, 400);
    expect(codeOf(await passive())).toBe('interaction_required');
    expect(refreshes).toHaveLength(2);
  });
});

describe('an answer to a refresh that is good in other words', () => {
  const changed =
    (change: object, status = 200) =>
    async (real: () => Promise<Response>) =>
      Response.json({ ...((await (await real()).json()) as object), ...change }, { status });

  it.each<[string, object, number?]>([
    ['201', {}, 201],
    ['no type', { token_type: undefined }],
    ['the type user (Slack)', { token_type: 'user' }],
    ['a null end', { expires_in: null }],
    ['an empty scope', { scope: '' }],
    ['a list of scopes', { scope: ['notes:read'] }],
    ['an ID token that is none', { id_token: 'x.y.z' }],
    ['a null ID token', { id_token: null }],
  ])('is taken, its refresh token too: %s (V8, W2)', async (_, change, status) => {
    answer = changed(change, status);
    expect((await world.getToken({ interactive: false })).scope).toBe('notes:read');
    answer = undefined;
    world.elapsed += 2 * 3_600_000;
    expect(await passive()).toHaveProperty('access_token');
    expect(signIns()).toBe(0);
  });

  it('keeps the old refresh token where the new one is null (elizaOS/eliza#30566)', async () => {
    const { refreshToken } = (await grant()).token!;
    answer = changed({ refresh_token: null });
    await world.getToken({ interactive: false });
    expect((await grant()).token!.refreshToken).toBe(refreshToken);
  });
});
