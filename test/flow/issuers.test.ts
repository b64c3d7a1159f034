/** Several authorization servers for one resource, and a resource that moves from one to another (R10–R12, SEP-2352). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSecondServer } from './second-server.ts';
import { REDIRECT_HOST, World, type Answer } from './world.ts';

let world: World;
let second: Awaited<ReturnType<typeof startSecondServer>>;
beforeEach(async () => {
  world = await World.open();
  second = await startSecondServer(world);
});
afterEach(async () => {
  await second.close();
  await world.close();
});

const firstIssuer = () => world.lab.authorizationServer.issuer;
const grant = async () =>
  (await world.ports.store.findGrant(world.lab.siteA.origin, world.resource))!;
const allows = () => world.prompts.filter(({ stage }) => stage === 'allow');

describe('a resource that names two authorization servers', () => {
  beforeEach(() => world.lab.mcpServer.setIssuers([firstIssuer(), second.issuer]));

  it('shows both, and takes the first when nothing speaks for another (R10, D15)', async () => {
    await world.getToken({ scopes: ['notes:read'] });
    expect(allows()[0]).toMatchObject({
      issuer: firstIssuer(),
      issuers: [firstIssuer(), second.issuer],
    });
    expect((await grant()).server!.issuer).toBe(firstIssuer());
    expect(second.ledger.length).toBe(0);
  });

  it('asks again for the one that the user turns to, and that is no refusal (R10)', async () => {
    world.answer = ({ stage, issuer }): Answer =>
      stage === 'allow' && issuer === firstIssuer()
        ? { decision: 'choose', issuer: second.issuer }
        : 'allow';
    await world.getToken({ scopes: ['notes:read'] });
    expect(allows().map(({ issuer }) => issuer)).toEqual([firstIssuer(), second.issuer]);
    expect((await grant()).server!.issuer).toBe(second.issuer);
    expect(world.lab.ledger.cost()).toMatchObject({ registrations: 0, authorizations: 0 });
    expect(await world.ports.store.listRefusals()).toEqual([]);
  });

  it('keeps the choice over a restart, with a new question and a new nonce (R10, K03)', async () => {
    world.answer = ({ stage }) => (stage === 'allow' ? 'ignore' : 'allow');
    void world.getToken({ scopes: ['notes:read'] }).catch(() => undefined);
    await expect.poll(() => allows().length).toBe(1);
    const before = world.life.flows.pending()[0]!;
    const choose = { ...before, decision: 'choose' as const, issuer: second.issuer };
    expect(await world.own.decide(choose)).toEqual({ accepted: true });
    await expect.poll(() => allows().length).toBe(2);
    expect(await world.own.decide({ ...before, decision: 'allow' })).toEqual({ accepted: false });
    await world.restart();
    await expect.poll(() => world.life.flows.pending().length).toBe(1);
    const after = world.life.flows.pending()[0]!;
    expect(after.snapshot.issuer).toBe(second.issuer);
    expect(after.nonce).not.toBe(before.nonce);
    const call = world.getToken({ scopes: ['notes:read'] });
    expect(await world.own.decide({ ...after, decision: 'allow' })).toEqual({ accepted: true });
    await expect(call).resolves.toBeDefined();
  });

  it('lets nobody turn to a server that the resource does not name (R10, T-16)', async () => {
    world.answer = ({ stage }) => (stage === 'allow' ? 'ignore' : 'allow');
    const abort = new AbortController();
    const call = world.getToken({}, { signal: abort.signal }).catch(() => undefined);
    await expect.poll(() => allows().length).toBe(1);
    const view = world.life.flows.pending()[0]!;
    for (const issuer of ['https://evil.example', firstIssuer(), `${second.issuer}/`]) {
      expect(await world.own.decide({ ...view, decision: 'choose', issuer })).toEqual({
        accepted: false,
      });
    }
    expect(await world.own.decide({ ...view, decision: 'choose' })).toEqual({ accepted: false });
    expect(world.life.flows.pending().length).toBe(1);
    abort.abort();
    await call;
  });

  it('opens the choice again when the chosen one fails before it was allowed (R10)', async () => {
    const { http } = world.ports;
    world.ports.http = (url, init, limits) =>
      url.startsWith(second.issuer)
        ? Promise.resolve(new Response(null, { status: 503 }))
        : http(url, init, limits);
    world.answer = ({ stage }): Answer =>
      stage === 'allow' ? { decision: 'choose', issuer: second.issuer } : 'allow';
    await expect(world.getToken()).rejects.toMatchObject({ code: 'discovery_failed' });
    const failed = world.life.flows.pending().at(-1)!;
    expect(failed.failure).toMatchObject({ host: new URL(second.issuer).host });
    world.answer = () => 'allow';
    await world.own.retry({ flow: failed.flow });
    await expect.poll(() => world.events.length).toBe(1);
    expect((await grant()).server!.issuer).toBe(firstIssuer());
  });

  it('keeps to the one that was allowed when the sign-in there is tried again (R10)', async () => {
    const { http } = world.ports;
    let broken = true;
    world.ports.http = (url, init, limits) =>
      broken && url === `${second.issuer}/token`
        ? Promise.resolve(Response.json({ error: 'server_error' }, { status: 500 }))
        : http(url, init, limits);
    world.answer = ({ stage, issuer }): Answer =>
      stage === 'allow' && issuer === firstIssuer()
        ? { decision: 'choose', issuer: second.issuer }
        : 'allow';
    await expect(world.getToken({ scopes: ['notes:read'] })).rejects.toBeDefined();
    broken = false;
    const asked = world.prompts.length;
    await world.own.retry({ flow: world.life.flows.pending().at(-1)!.flow });
    await expect.poll(() => world.events.length).toBe(1);
    expect((await grant()).server!.issuer).toBe(second.issuer);
    expect(world.prompts.length).toBe(asked);
  });

  it('takes the one where the user has a client of their own (R10, R23)', async () => {
    const clientId = 'mine';
    await world.own.saveClient({ issuer: second.issuer, clientId, authMethod: 'none' });
    world.answer = ({ stage }) => (stage === 'allow' ? 'deny' : 'allow');
    await expect(world.getToken()).rejects.toMatchObject({ code: 'access_denied' });
    expect(allows()[0]?.issuer).toBe(second.issuer);
  });

  it('stays with the one of the grant (R10, R11)', async () => {
    world.answer = ({ stage, issuer }): Answer =>
      stage === 'allow' && issuer === firstIssuer()
        ? { decision: 'choose', issuer: second.issuer }
        : 'allow';
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    const challenge = 'Bearer error="insufficient_scope", scope="notes:write"';
    await world.getToken({ challenge, rejected: access_token });
    expect(allows().map(({ issuer }) => issuer)).toEqual([
      firstIssuer(),
      second.issuer,
      second.issuer,
    ]);
    expect(second.ledger.cost()).toMatchObject({ registrations: 1, exchanges: 2 });
  });
});

describe('a resource that moves to another authorization server', () => {
  /** The site is connected, the resource has moved, and its server refuses the old tokens. */
  async function moved() {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    world.lab.mcpServer.setIssuers([second.issuer]);
    return refusedTwice(access_token);
  }

  /** The SDK's way with 401s: a refresh is tried first, then everything is discovered anew. */
  async function refusedTwice(rejected: string) {
    const renewed = await world.getToken({ rejected });
    return world.getToken({ rejected: renewed.access_token });
  }

  it('says so, registers there anew, and sends the new server nothing of the old one (R11, R12, R37, R38, R39)', async () => {
    const sent: { url: string; body: string; authorization: string | null }[] = [];
    const { http } = world.ports;
    world.ports.http = (url, init, limits) => {
      const authorization = new Headers(init.headers).get('authorization');
      sent.push({ url, body: String(init.body ?? ''), authorization });
      return http(url, init, limits);
    };
    const before = async () => {
      const { registration, token } = await grant();
      return [registration!.clientId, token!.accessToken, token!.refreshToken!];
    };
    await world.getToken({ scopes: ['notes:read'] });
    const old = await before();
    const token = await moved();
    expect(token.scope).toContain('notes:read');
    expect(allows().at(-1)).toMatchObject({ issuer: second.issuer, formerIssuer: firstIssuer() });
    expect((await grant()).server!.issuer).toBe(second.issuer);
    expect(second.ledger.cost()).toMatchObject({ registrations: 1, exchanges: 1, refreshes: 0 });
    const there = sent.filter(({ url }) => url.startsWith(second.issuer));
    expect(there.length).toBeGreaterThan(2);
    for (const { body, authorization } of there) {
      expect(authorization).toBeNull();
      for (const secret of old) expect(body).not.toContain(secret);
    }
    // The tokens of a provider that is named no more are of no use to anybody.
    expect(world.lab.ledger.cost().revocations).toBe(2);
  });

  it('is refused when the user will not have it, and nothing is sent to the new server (R38, Z2)', async () => {
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    world.answer = () => 'deny';
    world.lab.mcpServer.setIssuers([second.issuer]);
    await expect(refusedTwice(access_token)).rejects.toMatchObject({ code: 'access_denied' });
    expect(second.ledger.cost()).toMatchObject({ registrations: 0, authorizations: 0 });
    expect((await grant()).server!.issuer).toBe(firstIssuer());
  });

  it('takes a client id metadata document along: its id is the same everywhere (R41)', async () => {
    const document = 'https://keeper.example/client.json';
    const redirect_uris = [`https://${REDIRECT_HOST}/cb`];
    const clientDocuments = () =>
      Promise.resolve(
        Response.json({
          client_id: document,
          client_name: 'Grantkeeper',
          redirect_uris,
          grant_types: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_method: 'none',
        }),
      );
    const third = await startSecondServer(world, { clientDocuments, registration: false });
    const fourth = await startSecondServer(world, { clientDocuments, registration: false });
    await world.own.configure({ clientDocument: { url: document, trusted: true } });
    world.lab.mcpServer.setIssuers([third.issuer]);
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    world.lab.mcpServer.setIssuers([fourth.issuer]);
    await refusedTwice(access_token);
    expect(await grant()).toMatchObject({
      server: { issuer: fourth.issuer },
      registration: { clientId: document },
    });
    expect(fourth.ledger.cost().registrations).toBe(0);
    await Promise.all([third.close(), fourth.close()]);
  });

  it('never tries the user’s client of the old one where the new one registers nobody (R38, R40)', async () => {
    const client = {
      client_id: 'mine',
      redirect_uris: [`https://${REDIRECT_HOST}/cb`],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none' as const,
    };
    const from = await startSecondServer(world, { clients: [client], registration: false });
    const to = await startSecondServer(world, { registration: false });
    await world.own.saveClient({ issuer: from.issuer, clientId: 'mine', authMethod: 'none' });
    world.lab.mcpServer.setIssuers([from.issuer]);
    const { access_token } = await world.getToken({ scopes: ['notes:read'] });
    world.lab.mcpServer.setIssuers([to.issuer]);
    const asked = world.prompts.length;
    await expect(refusedTwice(access_token)).rejects.toMatchObject({ code: 'registration_failed' });
    expect(world.life.flows.pending().at(-1)?.failure).toMatchObject({
      reason: 'client_of_other_issuer',
      issuer: to.issuer,
    });
    expect(world.prompts.length).toBe(asked);
    expect(to.ledger.cost()).toMatchObject({ authorizations: 0, exchanges: 0 });
    await Promise.all([from.close(), to.close()]);
  });
});
