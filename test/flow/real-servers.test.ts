/** What real servers do on the way to a first grant, and after it: joints that no pure function shows. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerError } from '../../src/shared/errors.ts';
import { insufficientScope, World } from './world.ts';
import { callsIn, codeOf } from './calls.ts';
import { formOf, openWithSharedClient } from './changed-answers.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const { answer, call, grantOf, issuer, origin } = callsIn(() => world);

const failed = () => world.life.flows.pending().filter(({ step }) => step === 'failed');

const withMembers = (change: object) => async (real: () => Promise<Response>) =>
  Response.json({ ...((await (await real()).json()) as object), ...change });

/** Ends the next sign-ins with an error, as long as `when` says so. */
function refuseSignIn(error: string, when: () => boolean = () => true): void {
  world.tamper = (callback) => {
    if (!when()) return;
    callback.searchParams.delete('code');
    callback.searchParams.set('error', error);
  };
}

function closeSignIn(): void {
  world.ports.authWindow = {
    ...world.ports.authWindow,
    open: () => Promise.reject(new BrokerError('access_denied')),
  };
}

describe('a server that holds clients to the scope of their registration (Z54, X8)', () => {
  /** Registrations, as the server got them. */
  let scopes: (string | undefined)[];
  beforeEach(() => {
    scopes = [];
    answer('/reg', (real, init) => {
      const { scope, ...body } = JSON.parse(String(init.body)) as { scope?: string };
      scopes.push(scope);
      // oidc-provider takes registrations with the scopes that it knows itself.
      init.body = JSON.stringify(body);
      return real();
    });
    refuseSignIn('invalid_scope', () => scopes.at(-1) === undefined);
  });

  it('gets a client with the scope that the prompt showed, without a second question', async () => {
    expect(await call({ scopes: ['notes:read'] })).toHaveProperty('access_token');
    const shown = world.prompts.filter(({ stage }) => stage === 'allow');
    expect(shown).toHaveLength(1);
    const [first, second] = scopes;
    expect([first, second?.split(' ')]).toEqual([undefined, shown[0]!.scopes.added]);
    expect(await world.ports.store.findIssuer(issuer())).toMatchObject({
      scopeOnRegistration: true,
    });
  });

  it('is told as the cause where it takes no such client, and asked no third time', async () => {
    answer('/reg', (real, init) =>
      String(init.body).includes('"scope"')
        ? Response.json({ error: 'invalid_client_metadata' }, { status: 400 })
        : real(),
    );
    expect(codeOf(await call({ scopes: ['notes:read'] }))).toBe('authorization_failed');
    expect(failed()[0]?.failure).toMatchObject({
      reason: 'scope_refused',
      host: new URL(issuer()).host,
    });
    expect(world.lab.ledger.cost().authorizations).toBe(1);
  });
});

describe('a sign-in that fails', () => {
  it.each(['invalid_request', 'server_error', 'invalid_target', 'temporarily_unavailable'])(
    'with %s keeps its registration (Z54)',
    async (error) => {
      refuseSignIn(error);
      for (let i = 0; i < 3; i += 1) await call({ scopes: ['notes:read'] });
      expect(world.lab.ledger.cost()).toMatchObject({ registrations: 1, authorizations: 3 });
    },
  );

  it('since the provider does not know the client, makes another, once', async () => {
    refuseSignIn('unauthorized_client');
    await call({ scopes: ['notes:read'] });
    await call({ scopes: ['notes:read'] });
    expect(world.lab.ledger.cost().registrations).toBe(2);
  });

  it('by a closed window with a client that has never worked says which address may be refused (P8)', async () => {
    closeSignIn();
    expect(codeOf(await call({ scopes: ['notes:read'] }))).toBe('access_denied');
    const { redirectUri } = (await world.ports.store.findRegistration(issuer(), origin()))!;
    expect(failed()[0]?.failure).toMatchObject({ reason: 'sign_in_closed', redirectUri });
  });

  it('by a closed window with a client that works says nothing: the user has closed it', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    closeSignIn();
    const { access_token: rejected } = await world.getToken({ interactive: false });
    const challenge = insufficientScope('notes:write');
    expect(codeOf(await call({ challenge, rejected }))).toBe('access_denied');
    expect(failed()).toEqual([]);
  });

  it('by a closed window makes a registration anew that is older than an hour: it may be forgotten', async () => {
    closeSignIn();
    await call({ scopes: ['notes:read'] });
    world.elapsed = 120_000;
    await call({ scopes: ['notes:read'] });
    expect(world.lab.ledger.cost().registrations).toBe(1);
    world.elapsed = 2 * 3_600_000;
    await call({ scopes: ['notes:read'] });
    world.elapsed += 120_000;
    await call({ scopes: ['notes:read'] });
    expect(world.lab.ledger.cost().registrations).toBe(2);
  });
});

describe('tokens that cannot be used (Z51)', () => {
  beforeEach(() => answer('/token', withMembers({ token_type: 'mac' })));

  it('are given back: they are alive at the server', async () => {
    const revoked: string[] = [];
    answer('/token/revocation', (real, init) => {
      revoked.push(formOf(init).get('token_type_hint') ?? '');
      return real();
    });
    expect(codeOf(await call({ scopes: ['notes:read', 'offline_access'] }))).toBe('token_failed');
    expect(revoked).toEqual(expect.arrayContaining(['access_token']));
  });

  it('are forgotten where that could end the tokens of another site', async () => {
    await world.close();
    world = await openWithSharedClient();
    answer('/token', withMembers({ token_type: 'mac' }));
    expect(codeOf(await call({ scopes: ['notes:read'] }))).toBe('token_failed');
    expect(world.lab.ledger.cost().revocations).toBe(0);
  });
});

describe('a 401 that names another scheme only (V10)', () => {
  const challenge = 'Negotiate, Basic realm="files"';

  it('leads to the question where the server has metadata', async () => {
    world.hostAccess = () => true;
    const { http } = world.ports;
    const asked = 'https://files.example/mcp';
    // A public name, mapped to the lab: of a loopback address nothing is read before the user says so.
    world.ports.http = async (url, init, limits) => {
      if (!url.startsWith('https://files.example/')) return http(url, init, limits);
      return url.endsWith('/.well-known/oauth-protected-resource/mcp')
        ? Response.json({ resource: asked, authorization_servers: ['https://login.example'] })
        : new Response(null, { status: 404 });
    };
    expect(codeOf(await call({ resource: asked, challenge }))).toBe('discovery_failed');
    answer('https://login.example/.well-known/oauth-authorization-server', () =>
      Response.json({
        issuer: 'https://login.example',
        authorization_endpoint: 'https://login.example/authorize',
        token_endpoint: 'https://login.example/token',
        registration_endpoint: 'https://login.example/register',
        code_challenge_methods_supported: ['S256'],
      }),
    );
    world.answer = () => 'deny';
    expect(codeOf(await call({ resource: asked, challenge }))).toBe('access_denied');
    expect(world.prompts.map(({ stage }) => stage)).toEqual(['allow']);
  });

  it('asks nobody and tells nobody anything where it has none', async () => {
    const asked = 'https://files.example/mcp';
    const urls: string[] = [];
    world.ports.http = (url) => {
      urls.push(url);
      return Promise.resolve(new Response(null, { status: 404 }));
    };
    expect(codeOf(await call({ resource: asked, challenge }))).toBe('discovery_failed');
    expect([world.prompts, failed()]).toEqual([[], []]);
    expect(urls.filter((url) => !url.includes('/.well-known/oauth-protected-resource'))).toEqual(
      [],
    );
  });

  it('sends nothing to a loopback address', async () => {
    const mark = world.lab.ledger.mark();
    expect(codeOf(await call({ challenge }))).toBe('discovery_failed');
    expect([world.prompts, world.lab.ledger.since(mark).length]).toEqual([[], 0]);
  });
});

describe('a client that several sites share, at a server that keeps one of them signed in (P1, Z56)', () => {
  const siteB = () => ({ origin: world.lab.siteB.origin });
  const scopes = ['notes:read', 'offline_access'];

  beforeEach(async () => {
    await world.close();
    world = await openWithSharedClient();
    // The server ends the refresh token of one site when another signs in with the same client.
    let latest = '';
    answer('/token', async (real, init) => {
      const form = formOf(init);
      const isOver = form.get('client_id') === 'shared' && form.get('refresh_token') !== latest;
      if (form.has('refresh_token') && isOver) {
        return Response.json({ error: 'invalid_grant' }, { status: 400 });
      }
      const response = await real();
      const tokens = (await response.clone().json()) as { refresh_token?: string };
      if (form.get('client_id') === 'shared') latest = tokens.refresh_token ?? latest;
      return response;
    });
    await world.getToken({ scopes });
    await world.getToken({ scopes }, siteB());
  });

  const useInTurn = async (rounds: number) => {
    for (let i = 0; i < rounds; i += 1) {
      world.elapsed += 2 * 3_600_000;
      expect(await call()).toHaveProperty('access_token');
      expect(await call({}, siteB())).toHaveProperty('access_token');
    }
  };

  it('is replaced by one for each site where the server registers any, without ping-pong', async () => {
    const before = world.lab.ledger.cost().authorizations;
    await useInTurn(5);
    const { authorizations, registrations } = world.lab.ledger.cost();
    expect(authorizations - before).toBeLessThanOrEqual(2);
    expect(registrations).toBeGreaterThanOrEqual(1);
    expect((await grantOf()).registration!.clientId).not.toBe('shared');
  });

  it('is said in the popup and asked about where the server registers none', async () => {
    answer('/.well-known/oauth-authorization-server', async (real) => {
      const response = await real();
      const json = (await response.json().catch(() => ({}))) as object;
      return Response.json(
        { ...json, registration_endpoint: undefined },
        { status: response.status },
      );
    });
    const { store } = world.ports;
    for (const grant of [await grantOf(), await grantOf(siteB().origin)]) {
      const { registration_endpoint: _, ...server } = grant.server!;
      await store.updateGrant(grant, { server });
    }
    world.elapsed += 2 * 3_600_000;
    world.prompts.length = 0;
    expect(await call()).toHaveProperty('access_token');
    // From now on it is known, and a site signs in only when the user has said so.
    expect(await store.findIssuer(issuer())).toMatchObject({ endsOthers: true });
    const views = await world.own.grants({});
    expect(views.map(({ endsOthers }) => endsOthers)).toEqual([true, true]);
    world.answer = () => 'deny';
    world.elapsed += 2 * 3_600_000;
    const before = world.lab.ledger.cost().authorizations;
    expect(codeOf(await call({}, siteB()))).toBe('access_denied');
    expect(world.prompts.at(-1)).toMatchObject({ endsOthers: [origin()] });
    expect(world.lab.ledger.cost().authorizations).toBe(before);
  });
});

describe('a clock that was put right (W3, Z46)', () => {
  it.each([3, 26])('locks nobody out, %i hours fast before', async (hours) => {
    const fast = hours * 3_600_000;
    world.elapsed = fast;
    const { access_token: first } = await world.getToken({ scopes: ['notes:read'] });
    const { access_token: second } = await world.getToken({ rejected: first });
    const third = await world.getToken({ rejected: second });
    world.elapsed = 0;
    const signIns = world.lab.ledger.cost().authorizations;
    const fourth = await world.getToken({ rejected: third.access_token, interactive: false });
    expect(fourth.access_token).not.toBe(third.access_token);
    expect(world.lab.ledger.cost().authorizations).toBe(signIns);
  });

  it('forgives what was refused in the future', async () => {
    world.elapsed = 5 * 3_600_000;
    world.answer = () => 'deny';
    expect(codeOf(await call())).toBe('access_denied');
    world.elapsed = 0;
    world.answer = () => 'allow';
    expect(await call()).toHaveProperty('access_token');
    expect(await world.own.refusals({})).toEqual([]);
  });
});

describe('two providers of which the first is not there', () => {
  it('leave the other one, which is named in the question (wild row A24)', async () => {
    const dead = 'http://127.0.0.1:9';
    world.lab.mcpServer.setIssuers([dead, issuer()]);
    expect(await call({ scopes: ['notes:read'] })).toHaveProperty('access_token');
    expect(world.prompts.at(-1)).toMatchObject({ issuer: issuer(), issuers: [dead, issuer()] });
  });

  it('are not changed behind the user who has chosen, or holds a grant of, the first', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    const grant = await grantOf();
    const dead = { ...grant.server, issuer: 'http://127.0.0.1:9' };
    await world.ports.store.updateGrant(grant, { server: dead });
    world.lab.mcpServer.setIssuers([dead.issuer, issuer()]);
    // What is remembered of the server is an hour old by then.
    world.elapsed = 3_700_000;
    const challenge = insufficientScope('notes:write');
    const rejected = grant.token!.accessToken;
    expect(codeOf(await call({ challenge, rejected }))).toBe('network_error');
  });
});
