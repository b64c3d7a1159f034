/** What a second reader of the rules for real servers found: joints between sites, clocks, servers and registrations. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World, insufficientScope } from './world.ts';
import { callsIn, codeOf } from './calls.ts';
import { formOf, openWithSharedClient } from './changed-answers.ts';
import { discover } from '../../src/background/connect/discovery.ts';
import { obtainRegistration, selectClient } from '../../src/background/connect/client-selection.ts';
import { LiveFlow } from '../../src/background/connect/live-flow.ts';

let world: World;
afterEach(() => world.close());

const { answer, call, grantOf, issuer, origin } = callsIn(() => world);
const siteB = () => ({ origin: world.lab.siteB.origin });
const signIns = () => world.lab.ledger.cost().authorizations;

/** The provider refuses the next refresh, and no other. */
function refuseOneRefresh(): void {
  let refused = 0;
  answer('/token', (real, init) =>
    formOf(init).has('refresh_token') && refused++ === 0
      ? Response.json({ error: 'invalid_grant' }, { status: 400 })
      : real(),
  );
}

describe('a shared client whose refresh token has run out by itself (Z56)', () => {
  const scopes = ['notes:read', 'offline_access'];
  beforeEach(async () => {
    world = await openWithSharedClient();
    await world.getToken({ scopes });
    world.elapsed += 20 * 86_400_000;
    await world.getToken({ scopes }, siteB());
    world.elapsed += 20 * 86_400_000;
  });

  it('says nothing of the server’s ways with other sites', async () => {
    refuseOneRefresh();
    await call({ interactive: false });
    // site B is as good as ever: the server ends nobody's access
    expect(await call({ interactive: false }, siteB())).toHaveProperty('access_token');
    expect(await world.ports.store.findIssuer(issuer())).not.toMatchObject({ endsOthers: true });
  });

  it('is used as before where the server registers nobody', async () => {
    refuseOneRefresh();
    answer('/reg', () => new Response(null, { status: 401 }));
    expect(codeOf(await call())).toBe(undefined);
  });
  it('serves a new site too, and a client that is entered again', async () => {
    refuseOneRefresh();
    answer('/reg', () => new Response(null, { status: 401 }));
    await call();
    await world.own.disconnect({ origin: origin(), resource: world.resource, account: 'default' });
    await world.own.saveClient({ issuer: issuer(), clientId: 'shared', authMethod: 'none' });
    world.elapsed += 86_400_000;
    expect(codeOf(await call({ scopes }))).toBe(undefined);
  });
});

describe('a provider that was down, and is back (Z51)', () => {
  it('is asked for a refresh before a window opens', async () => {
    world = await World.open();
    await world.getToken({ scopes: ['notes:read'] });
    world.elapsed = 2 * 3_600_000;
    let down = true;
    answer('/token', (real) => (down ? new Response(null, { status: 503 }) : real()));
    await call({ interactive: false });
    down = false;
    world.elapsed += 9 * 3_600_000;
    const before = signIns();
    expect(await call({ challenge: 'Bearer' })).toHaveProperty('access_token');
    expect(signIns() - before).toBe(0);
  });
});

describe('a site that has been refused too often (Z24)', () => {
  it('gets no question by way of a silent sign-in', async () => {
    world = await World.open();
    await world.getToken({ scopes: ['notes:read'] });
    const { access_token: rejected } = await world.getToken({ interactive: false });
    // three refusals in ten minutes
    world.answer = () => 'close';
    for (const scope of ['notes:write', 'notes:delete', 'notes:write']) {
      world.elapsed += 61_000;
      await call({ challenge: insufficientScope(scope), rejected });
    }
    world.elapsed += 61_000;
    const shown = world.prompts.length;
    expect(codeOf(await call({ challenge: insufficientScope('notes:write'), rejected }))).toBe(
      'rate_limited',
    );
    expect(world.prompts.length).toBe(shown);
    // no refresh token: as a provider without offline_access gives
    const grant = await grantOf();
    const { refreshToken: _, ...token } = grant.token!;
    await world.ports.store.updateGrant(grant, { token });
    const both = await Promise.all([
      call({ rejected, challenge: 'Bearer' }),
      call({ challenge: insufficientScope('notes:write'), rejected }),
    ]);
    expect([
      both.map(codeOf),
      world.prompts.slice(shown).map(({ scopes }) => scopes.added),
    ]).toEqual([expect.anything(), []]);
  });
});

describe('a scope that is taken away', () => {
  it('leaves no trouble over a newer token (Z55)', async () => {
    world = await World.open();
    await world.getToken({ scopes: ['notes:read', 'notes:write'] });
    world.elapsed = 2 * 3_600_000;
    let refuse = true;
    answer('/token', (real) =>
      refuse ? Response.json({ error: 'nonsense' }, { status: 400 }) : real(),
    );
    await call({ interactive: false });
    refuse = false;
    const key = { origin: origin(), resource: world.resource, account: 'default' };
    expect(await world.own.removeScope({ ...key, scope: 'notes:write' })).toEqual({
      outcome: 'narrowed',
    });
    expect((await grantOf()).trouble).toBeUndefined();
    expect((await world.own.grants({}))[0]).toHaveProperty('expiresAt');
  });
});

describe('a document that a challenge names elsewhere (Z50)', () => {
  it('has to say JSON behind a redirect too', async () => {
    world = await World.open();
    const asked = 'https://files.example/mcp';
    const ports = {
      ...world.life.ports,
      http: (url: string) => {
        if (url === 'https://files.example/u/mallory/doc')
          return Promise.resolve(new Response(null, { status: 302 }));
        if (url === 'https://files.example/u/mallory/doc/')
          return Promise.resolve(
            new Response(
              JSON.stringify({ resource: asked, authorization_servers: ['https://evil.example'] }),
              { headers: { 'content-type': 'text/plain' } },
            ),
          );
        if (url.startsWith('https://evil.example'))
          return Promise.resolve(
            Response.json({
              issuer: 'https://evil.example',
              authorization_endpoint: 'https://evil.example/a',
              token_endpoint: 'https://evil.example/t',
              code_challenge_methods_supported: ['S256'],
            }),
          );
        return Promise.resolve(new Response(null, { status: 404 }));
      },
    };
    const query = {
      asked,
      resourceMetadata: 'https://files.example/u/mallory/doc',
      preferred: [],
      reached: [],
      fresh: true,
      policy: { loopback: false },
    };
    const found = await discover(ports, query).catch((e: unknown) => e);
    expect(found).not.toHaveProperty('server');
  });
});

describe('a registration with a scope (Z54)', () => {
  it('covers what the site has registered for its other servers', async () => {
    world = await World.open();
    const { store } = world.ports;
    const as = 'https://as.example';
    const server = { issuer: as, registration_endpoint: `${as}/reg` } as never;
    await store.learnIssuer(as, { scopeOnRegistration: true });
    let made = 0;
    world.ports.http = () =>
      Promise.resolve(Response.json({ client_id: `c${(made += 1)}` }, { status: 201 }));
    const record = {
      id: 'x',
      origin: origin(),
      asked: world.resource,
      request: { scopes: [], demanded: [], challenged: false, rediscover: false },
      stage: 'allowed' as const,
      createdAt: Date.now(),
      reached: [],
    };
    const flow = new LiveFlow(world.life.ports, record, undefined);
    for (const scopes of [['a'], ['b'], ['a'], ['b'], ['a'], ['b']]) {
      const purpose = { server, scopes };
      await obtainRegistration(
        world.life.ports,
        flow,
        { ...purpose, insists: false },
        await selectClient(world.life.ports, flow, purpose),
      );
    }
    expect(made).toBeLessThanOrEqual(2);
  });
});
