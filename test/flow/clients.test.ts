/** Which client the broker is, at a real authorization server (R20–R42). */
import { afterEach, describe, expect, it } from 'vitest';
import type { LabOptions } from '../../demo/lab.ts';
import type { ClientEntry } from '../../src/shared/settings.ts';
import { REDIRECT_HOST, World, type Answer } from './world.ts';

const REDIRECT = `https://${REDIRECT_HOST}/cb`;
const DOCUMENT = 'https://keeper.example/client.json';

let world: World;
afterEach(() => world.close());

async function open(options: LabOptions = {}): Promise<void> {
  world = await World.open(options);
}

const issuer = () => world.lab.authorizationServer.issuer;
const grant = async () =>
  (await world.ports.store.findGrant(world.lab.siteA.origin, world.resource))!;
const stages = () => world.prompts.map(({ stage }) => stage);
const failure = () => world.life.flows.pending().at(-1)?.failure;

/** A client that the server knows from the start, and the user has entered. */
const KNOWN = {
  client_id: 'registered-by-hand',
  client_secret: 'a-secret-of-some-length-for-the-test',
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
};
const entry = (authMethod: ClientEntry['authMethod']): ClientEntry => ({
  issuer: issuer(),
  clientId: KNOWN.client_id,
  ...(authMethod !== 'none' && { clientSecret: KNOWN.client_secret }),
  authMethod,
});
const known = (method: ClientEntry['authMethod']) => [
  { ...KNOWN, token_endpoint_auth_method: method },
];

describe('dynamic registration with a secret', () => {
  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'honours %s in exchange, refresh and revocation (R22, R34)',
    async (method) => {
      await open({ clientAuthMethods: [method] });
      await world.getToken({ scopes: ['notes:read'] });
      const { registration } = await grant();
      expect(registration).toMatchObject({ authMethod: method, clientSecret: expect.any(String) });
      world.elapsed = 3_700_000;
      await expect(world.getToken()).resolves.toBeDefined();
      expect(await world.own.disconnect(await grant())).toEqual({ revocation: 'revoked' });
      expect(world.lab.ledger.cost()).toMatchObject({ registrations: 1, refreshes: 1 });
    },
  );
});

describe('a client of the user’s own', () => {
  it.each(['none', 'client_secret_basic', 'client_secret_post'] as const)(
    'is used before every other way, with %s (R23, R31)',
    async (method) => {
      await open({ clients: known(method) as never });
      await world.own.saveClient(entry(method));
      await world.getToken({ scopes: ['notes:read'] });
      expect((await grant()).registration).toMatchObject({
        clientId: KNOWN.client_id,
        redirectUri: REDIRECT,
        shared: 'pre-registered',
      });
      expect(world.lab.ledger.cost()).toMatchObject({ registrations: 0, exchanges: 1 });
    },
  );

  it('is asked for where the server registers nobody, stored, and used from then on (R20, R23)', async () => {
    await open({ registration: false, clients: known('client_secret_basic') as never });
    const { issuer: _, ...client } = entry('client_secret_basic');
    world.answer = ({ stage }): Answer => (stage === 'client' ? { client } : 'allow');
    await world.getToken({ scopes: ['notes:read'] });
    expect(stages()).toEqual(['reach', 'client', 'allow']);
    expect(world.prompts[1]).toMatchObject({ issuer: issuer(), redirectUri: REDIRECT });
    expect(await world.own.clients({})).toEqual([
      {
        issuer: issuer(),
        clientId: KNOWN.client_id,
        authMethod: 'client_secret_basic',
        hasSecret: true,
      },
    ]);
    await world.getToken({ scopes: ['notes:read'] }, { origin: world.lab.siteB.origin });
    expect(stages().filter((stage) => stage === 'client').length).toBe(1);
  });

  it('is not asked for twice when the worker dies after the answer (R23, K03)', async () => {
    await open({ registration: false, clients: known('none') as never });
    const { issuer: _, ...client } = entry('none');
    world.answer = ({ stage }): Answer =>
      stage === 'client' ? { client } : stage === 'allow' ? 'ignore' : 'allow';
    void world.getToken({ scopes: ['notes:read'] }).catch(() => undefined);
    await expect.poll(stages).toEqual(['reach', 'client', 'allow']);
    await world.restart();
    world.answer = () => 'allow';
    const call = world.getToken({ scopes: ['notes:read'] });
    await expect.poll(() => world.life.flows.pending().length).toBe(1);
    const [view] = world.life.flows.pending();
    expect(view?.snapshot.stage).toBe('allow');
    await world.life.flows.consent.decide({ ...view!, decision: 'allow' });
    await expect(call).resolves.toBeDefined();
  });

  it('that cannot be one is refused, and nothing is stored or decided (R31)', async () => {
    await open({ registration: false });
    world.answer = ({ stage }) => (stage === 'client' ? 'ignore' : 'allow');
    const abort = new AbortController();
    const call = world.getToken({}, { signal: abort.signal }).catch(() => undefined);
    await expect.poll(stages).toEqual(['reach', 'client']);
    const view = world.life.flows.pending()[0]!;
    const decide = (client?: Omit<ClientEntry, 'issuer'>) =>
      world.own.decide({ ...view, decision: 'allow', ...(client && { client }) });
    await expect(decide()).resolves.toEqual({ accepted: false });
    for (const client of [
      { clientId: 'a\nb', authMethod: 'none' },
      { clientId: 'a', authMethod: 'client_secret_post' },
      { clientId: 'a', authMethod: 'client_secret_basic', clientSecret: '\u0000' },
    ] as const) {
      await expect(decide(client)).rejects.toMatchObject({ code: 'invalid_request' });
    }
    expect(await world.own.clients({})).toEqual([]);
    expect(world.life.flows.pending().length).toBe(1);
    abort.abort();
    await call;
  });

  it('keeps its secret when it is saved without one, unless the client id is another (R37)', async () => {
    await open();
    await world.own.saveClient(entry('client_secret_basic'));
    const { clientSecret: _, ...bare } = entry('client_secret_post');
    await world.own.saveClient({ ...bare, clientSecret: '' });
    expect(await world.ports.store.findClient(issuer())).toEqual(entry('client_secret_post'));
    await expect(world.own.saveClient({ ...bare, clientId: 'other' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    for (const strange of ['http://mcp.example', 'nonsense', `${issuer()}?a`]) {
      await expect(
        world.own.saveClient({ ...entry('none'), issuer: strange }),
      ).rejects.toMatchObject({ code: 'invalid_request' });
    }
    expect((await world.own.clients({})).length).toBe(1);
    expect(await world.own.deleteClient({ issuer: issuer() })).toEqual([]);
  });

  it('is found whether or not a bare origin was entered with its slash (Z49)', async () => {
    await open({ clients: known('none') as never });
    await world.own.saveClient({ ...entry('none'), issuer: `${issuer()}/` });
    await world.getToken({ scopes: ['notes:read'] });
    expect((await grant()).registration!.clientId).toBe(KNOWN.client_id);
    expect(world.lab.ledger.cost().registrations).toBe(0);
  });

  it('is valid at its exact issuer only: a path more is another server (R12, R37, R38)', async () => {
    await open({ registration: true });
    await world.own.saveClient({ ...entry('none'), issuer: `${issuer()}/tenant` });
    await world.getToken({ scopes: ['notes:read'] });
    expect((await grant()).registration!.clientId).not.toBe(KNOWN.client_id);
    expect(world.lab.ledger.cost().registrations).toBe(1);
  });

  it('is said to be wrong when the provider does not take it, and is not thrown away or tried again (R35)', async () => {
    await open({ clients: known('client_secret_basic') as never });
    await world.own.saveClient({ ...entry('client_secret_basic'), clientSecret: 'wrong' });
    await expect(world.getToken()).rejects.toMatchObject({ code: 'token_failed' });
    expect(failure()).toMatchObject({ reason: 'wrong_client', issuer: issuer() });
    expect((await world.own.clients({})).length).toBe(1);
    expect(world.lab.ledger.cost()).toMatchObject({ authorizations: 1, registrations: 0 });
  });
});

describe('the client id metadata document', () => {
  const document = (change: object = {}) => ({
    client_id: DOCUMENT,
    client_name: 'Grantkeeper',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    ...change,
  });

  /** Hosts the document, for the server and for us. */
  async function openWith(hosted: object | undefined, options: LabOptions = {}): Promise<void> {
    await open({ clientDocuments: () => Promise.resolve(Response.json(document())), ...options });
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      url === DOCUMENT
        ? Promise.resolve(hosted ? Response.json(hosted) : new Response(null, { status: 404 }))
        : http(url, init, limits);
  }

  it('of the build is the client id, and nothing is registered (R21, R24, R28, Z20)', async () => {
    await openWith(document());
    await world.startWith({ clientDocument: DOCUMENT });
    await world.getToken({ scopes: ['notes:read'] });
    expect((await grant()).registration).toMatchObject({ clientId: DOCUMENT, authMethod: 'none' });
    expect(world.lab.ledger.cost()).toMatchObject({ registrations: 0, exchanges: 1 });
    expect(await world.own.about({})).toEqual({
      version: '0.0.0',
      redirectUri: REDIRECT,
      builtInDocument: DOCUMENT,
    });
  });

  it('of the settings comes before that of the build, and null goes back to it (Z20)', async () => {
    await openWith(document());
    await world.startWith({ clientDocument: 'https://build.example/client.json' });
    await world.own.configure({ clientDocument: { url: DOCUMENT, trusted: false } });
    await world.getToken({ scopes: ['notes:read'] });
    expect((await grant()).registration!.clientId).toBe(DOCUMENT);
    expect(await world.own.configure({ developerMode: true })).toHaveProperty('clientDocument');
    expect(await world.own.configure({ clientDocument: null })).not.toHaveProperty(
      'clientDocument',
    );
  });

  it.each([
    ['unreadable', undefined],
    ['malformed', { client_id: DOCUMENT }],
    ['client_id', document({ client_id: `${DOCUMENT}/` })],
    ['redirect_uris', document({ redirect_uris: ['https://other.example/cb'] })],
  ])(
    'is not saved while it is %s, and the site registers instead (R23, R27, R28, R30)',
    async (fault, hosted) => {
      await openWith(hosted);
      expect(await world.own.checkDocument({ url: DOCUMENT })).toEqual({ usable: false, fault });
      const wanted = { clientDocument: { url: DOCUMENT, trusted: false } };
      await expect(world.own.configure(wanted)).rejects.toMatchObject({ code: 'invalid_request' });
      await world.startWith({ clientDocument: DOCUMENT });
      await world.getToken({ scopes: ['notes:read'] });
      expect(world.lab.ledger.cost().registrations).toBe(1);
    },
  );

  it('that cannot be used is said to be so where nothing else is left (Z20, R35)', async () => {
    await openWith(undefined, { registration: false });
    await world.startWith({ clientDocument: DOCUMENT });
    await expect(world.getToken()).rejects.toMatchObject({ code: 'registration_failed' });
    expect(failure()).toMatchObject({ reason: 'document_unusable', issuer: issuer() });
  });

  it('that is trusted is used unread; an address that cannot be one is not even saved (Z20, R26)', async () => {
    await openWith(undefined);
    await world.own.configure({ clientDocument: { url: DOCUMENT, trusted: true } });
    await world.getToken({ scopes: ['notes:read'] });
    expect((await grant()).registration!.clientId).toBe(DOCUMENT);
    const wanted = { clientDocument: { url: 'https://keeper.example/#a', trusted: true } };
    await expect(world.own.configure(wanted)).rejects.toMatchObject({ code: 'invalid_request' });
    for (const url of ['http://127.0.0.1/client.json', 'https://10.0.0.1/client.json']) {
      expect(await world.own.checkDocument({ url })).toEqual({ usable: false, fault: 'address' });
    }
  });

  it('shared by two sites is not revoked for both when one is disconnected, unless the user says so (Z21)', async () => {
    await openWith(document());
    await world.startWith({ clientDocument: DOCUMENT });
    const { siteA, siteB } = world.lab;
    await world.getToken({ scopes: ['notes:read'] });
    await world.getToken({ scopes: ['notes:read'] }, { origin: siteB.origin });
    const first = await grant();
    expect(await world.own.disconnect(first)).toEqual({
      revocation: 'shared',
      sharedWith: [siteB.origin],
    });
    expect(world.lab.ledger.cost().revocations).toBe(0);
    expect((await world.own.grants({})).map(({ origin }) => origin)).toEqual([siteB.origin]);
    world.elapsed = 3_700_000;
    const again = await world.getToken({}, { origin: siteB.origin });
    expect(again.scope).toContain('notes:read');

    await world.getToken({ scopes: ['notes:read'] });
    const all = { ...(await grant()), everySharer: true };
    expect(await world.own.disconnect(all)).toEqual({ revocation: 'revoked' });
    expect(await world.own.grants({})).toEqual([]);
    expect(world.lab.ledger.cost().revocations).toBe(4);
    const told = world.events.filter(({ event }) => event.type === 'revoked');
    expect(told.map(({ origin }) => origin)).toEqual([siteA.origin, siteA.origin, siteB.origin]);
  });

  it('of the last site that uses it is revoked like any other (Z21, T-49)', async () => {
    await openWith(document());
    await world.startWith({ clientDocument: DOCUMENT });
    await world.getToken({ scopes: ['notes:read'] });
    expect(await world.own.disconnect(await grant())).toEqual({ revocation: 'revoked' });
  });
});

describe('a registration that goes wrong', () => {
  it('over the redirect URI is tried once more as native, then told as such (R34, R35, R36)', async () => {
    await open({ extensionRedirectHosts: [] });
    // Without access to this computer's addresses nothing could be caught there (Z35).
    world.hostAccess = () => false;
    const bodies = sentTo('/reg');
    await expect(world.getToken()).rejects.toMatchObject({ code: 'registration_failed' });
    expect(failure()).toMatchObject({ reason: 'redirect_refused', issuer: issuer() });
    const kinds = bodies.map(
      (body) => (JSON.parse(body) as { application_type: string }).application_type,
    );
    expect(kinds).toEqual(['web', 'native']);
    expect(world.lab.ledger.cost().authorizations).toBe(0);
  });

  it('over a secret that nobody announced succeeds the second time (R36)', async () => {
    await open({ clientAuthMethods: ['client_secret_basic'] });
    const { http } = world.ports;
    // The server's metadata does not tell that it has no public clients.
    world.ports.http = async (url, init, limits) => {
      const response = await http(url, init, limits);
      if (!url.includes('/.well-known/o')) return response;
      const body = (await response.json()) as object;
      return Response.json({ ...body, token_endpoint_auth_methods_supported: undefined });
    };
    await expect(world.getToken()).resolves.toBeDefined();
    expect(world.lab.ledger.cost().registrations).toBe(2);
    expect((await grant()).registration!.authMethod).toBe('client_secret_basic');
  });

  it('later, at the server’s end, is made good within the same flow, once (R22)', async () => {
    await open();
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const { registration } = await grant();
    // The provider shows an error page for a client that it does not know; this one sends the error back.
    const { open: openWindow } = world.ports.authWindow;
    world.ports.authWindow.open = async (url, opened) => {
      const asked = new URL(url).searchParams;
      if (asked.get('client_id') !== registration!.clientId) return openWindow(url, opened);
      const answer = new URLSearchParams({ error: 'unauthorized_client', iss: issuer() });
      answer.set('state', asked.get('state') ?? '');
      return `${asked.get('redirect_uri')}?${answer}`;
    };
    await world.lab.authorizationServer.forgetClients();
    const mark = world.lab.ledger.mark();
    const challenge = 'Bearer error="insufficient_scope", scope="notes:write"';
    const token = await world.getToken({ challenge, rejected: access_token });
    expect(token.scope).toContain('notes:write');
    expect(world.lab.ledger.since(mark).cost()).toMatchObject({ registrations: 1, exchanges: 1 });
    expect((await grant()).registration!.clientId).not.toBe(registration!.clientId);
  });

  it('at the token endpoint is no reason to register for ever (R22)', async () => {
    await open();
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      url.endsWith('/token')
        ? Promise.resolve(
            Response.json(
              { error: 'invalid_client' },
              { status: 401, headers: { 'www-authenticate': 'Basic realm="as"' } },
            ),
          )
        : http(url, init, limits);
    await expect(world.getToken()).rejects.toMatchObject({ code: 'token_failed' });
    expect(failure()).toMatchObject({ reason: 'unknown_client' });
    expect(world.lab.ledger.cost()).toMatchObject({ registrations: 1, authorizations: 1 });
  });
});

/** The bodies of the requests to a path, as they are sent. */
function sentTo(path: string): string[] {
  const bodies: string[] = [];
  const { http } = world.ports;
  world.ports.http = (url, init, limits) => {
    if (url.endsWith(path)) bodies.push(String(init.body));
    return http(url, init, limits);
  };
  return bodies;
}
