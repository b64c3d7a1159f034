/** A provider that refuses what is asked for: the next question asks for less, at real servers (Z45). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, REDIRECT_HOST, World } from './world.ts';

let world: World;
/** `scope` of the authorization requests, in order. */
let requests: (string | null)[];

afterEach(() => world.close());

const issuer = () => world.lab.authorizationServer.issuer;
const failed = () => world.life.flows.pending().findLast(({ step }) => step === 'failed');
const failure = () => failed()?.failure;
const offers = () =>
  world.prompts.filter(({ stage }) => stage === 'allow').map(({ scopes }) => scopes.added);
const wait = () => (world.elapsed += 61_000);

/** A client that the real server holds to these scopes. */
async function openWith(scope: string): Promise<void> {
  const client = {
    client_id: 'by-hand',
    redirect_uris: [`https://${REDIRECT_HOST}/cb`],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none' as const,
    scope,
  };
  world = await World.open({ clients: [client] });
  await world.own.saveClient({ issuer: issuer(), clientId: 'by-hand', authMethod: 'none' });
  watch();
}

function watch(refuses: (scope: string | null) => boolean = () => false): void {
  requests = [];
  const { open } = world.ports.authWindow;
  world.ports.authWindow.open = (url, opened, ...rest) => {
    const { searchParams } = new URL(url);
    const scope = searchParams.get('scope');
    requests.push(scope);
    // What the real one gives to those who name nothing is nothing.
    if (!refuses(scope))
      return open(scope === null ? `${url}&scope=notes:read` : url, opened, ...rest);
    opened(1);
    const answer = new URL(searchParams.get('redirect_uri')!);
    answer.searchParams.set('error', 'invalid_scope');
    answer.searchParams.set('state', searchParams.get('state')!);
    answer.searchParams.set('iss', issuer());
    return Promise.resolve(answer.href);
  };
}

const call = (params: Parameters<World['getToken']>[0] = {}) =>
  world.getToken(params).catch((error: unknown) => error);

describe('after a real provider has refused a scope', () => {
  it('the next question leaves out offline_access, and is shown as it is asked (Z45)', async () => {
    await openWith('openid');
    expect(await call()).toMatchObject({ code: 'authorization_failed' });
    expect(failure()).toMatchObject({ reason: 'scope_refused', offersLess: true });
    wait();
    expect(await call()).toHaveProperty('scope', 'notes:read');
    expect(offers()[0]).toContain('offline_access');
    expect(offers()[1]).toEqual(['notes:read']);
    expect(requests).toEqual(offers().map((scopes) => scopes.join(' ')));
    expect(world.prompts.at(-1)).toMatchObject({ fewer: true, serverDecides: false });
  });
});

describe('a provider that refuses', () => {
  beforeEach(async () => {
    world = await World.open();
  });

  it('is asked for less of what the user had ticked, and never for nothing (Z45)', async () => {
    watch((scope) => scope?.includes('offline_access') === true);
    world.answer = ({ stage }) =>
      stage === 'allow' ? { decision: 'allow', scopes: ['notes:read', 'offline_access'] } : 'allow';
    await call({ scopes: ['notes:read', 'notes:write'] });
    expect(failure()).toMatchObject({ reason: 'scope_refused', offersLess: true });
    expect(await world.own.retry({ flow: failed()!.flow })).toEqual({ started: true });
    await expect.poll(() => requests.length).toBe(2);
    expect(requests).toEqual(['notes:read offline_access', 'notes:read']);
  });

  it('has nothing less to offer where the one permission that was ticked is refused (Z45)', async () => {
    watch((scope) => scope !== null);
    world.answer = ({ stage }) =>
      stage === 'allow' ? { decision: 'allow', scopes: ['notes:read'] } : 'allow';
    await call({ scopes: ['notes:read', 'notes:write'] });
    expect(failure()).toMatchObject({ reason: 'scope_refused' });
    expect(failure()).not.toHaveProperty('offersLess');
    await world.own.retry({ flow: failed()!.flow });
    await expect.poll(() => requests.length).toBe(2);
    expect(requests).toEqual(['notes:read', 'notes:read']);
  });

  it('is asked for less by “Try again” in the same window too (Z45)', async () => {
    watch((scope) => scope?.includes('offline_access') === true);
    await call();
    expect(await world.own.retry({ flow: failed()!.flow })).toEqual({ started: true });
    await expect.poll(() => requests.length).toBe(2);
    expect(requests.at(-1)).toBe('notes:read');
    expect(offers().at(-1)).toEqual(['notes:read']);
  });

  it('everything is at last asked for nothing, and keeps the registration (Z45, Z54)', async () => {
    watch((scope) => scope !== null);
    for (let tries = 0; tries < 3; tries += 1) {
      await call();
      wait();
    }
    // After the first refusal three forms with the scope are tried, which is what some servers want (Z54); never again.
    expect(world.lab.ledger.cost().registrations).toBe(4);
    expect(requests.at(-1)).toBeNull();
    expect(world.prompts.at(-1)).toMatchObject({ fewer: true, serverDecides: true });
    const { ceiling, token } = (await world.ports.store.findGrant(
      world.lab.siteA.origin,
      world.resource,
    ))!;
    expect([ceiling, token?.granted]).toEqual([['notes:read'], ['notes:read']]);
  });

  it('even a request without scope is offered no less, which is said (Z45)', async () => {
    watch(() => true);
    for (let tries = 0; tries < 5; tries += 1) {
      await call();
      wait();
    }
    expect(requests.slice(-2)).toEqual([null, null]);
    expect(failure()).toMatchObject({ reason: 'request_refused' });
    expect(failure()).not.toHaveProperty('offersLess');
  });

  it('keeps the list of a site from all others, and for a week (T-60, Z45)', async () => {
    watch((scope) => scope?.includes('nonsense') === true);
    await call({ scopes: ['nonsense'] });
    const other = { origin: world.lab.siteB.origin };
    await world.getToken({ scopes: ['nonsense'] }, other).catch(() => undefined);
    expect(requests.at(-1)).toContain('offline_access');
    expect(world.prompts.at(-1)).not.toHaveProperty('fewer');
    world.elapsed += 8 * 86_400_000;
    await call({ scopes: ['nonsense'] });
    expect(requests.at(-1)).toContain('offline_access');
  });

  it('leaves a suggested scope alone from then on, and one that the page names ends at once (Z45, PLAN-6)', async () => {
    watch((scope) => scope !== null);
    const challenge = 'Bearer scope="nonsense"';
    for (let tries = 0; tries < 3; tries += 1) {
      await call({ challenge });
      wait();
    }
    const { length } = requests;
    expect(await call({ challenge })).toHaveProperty('access_token');
    expect(await call({ scopes: ['nonsense'] })).toMatchObject({ code: 'insufficient_scope' });
    // Nor when that is forgotten: what is only suggested is never worth a window.
    world.elapsed += 1_800_000;
    expect(await call({ challenge })).toHaveProperty('access_token');
    expect(requests).toHaveLength(length);
    // A page that needs it may ask the user again.
    await call({ scopes: ['nonsense'] });
    expect(requests.at(-1)?.split(' ')).toContain('nonsense');
    expect(world.prompts.at(-1)).toMatchObject({ scopes: { added: ['nonsense'] } });
  });

  it('is asked without what the user unticked, until a page that is connected names it (Z45, Z53)', async () => {
    watch((scope) => scope?.includes('nonsense') === true);
    const scopes = ['notes:read', 'nonsense'];
    await call({ scopes });
    await world.own.retry({ flow: failed()!.flow, leaveOut: ['nonsense'] });
    await expect.poll(() => world.ports.store.listGrants()).toHaveLength(1);
    expect(requests.at(-1)).not.toContain('nonsense');
    world.elapsed += 660_000;
    const { length } = requests;
    // No window opens that could bring nothing: the user is asked.
    await call({ scopes });
    expect(world.prompts.at(-1)).toMatchObject({ scopes: { added: ['nonsense'] } });
    // Unticked once more, it stays so.
    await world.own.retry({ flow: failed()!.flow, leaveOut: ['nonsense'] });
    await expect.poll(() => requests.length).toBe(length + 2);
    expect(requests.at(-1)).not.toContain('nonsense');
  });

  it('of a step-up is asked for all that it needs again: nothing that is held is left out (Z45, Z9)', async () => {
    watch((scope) => scope?.includes('notes:write') === true);
    const { access_token: rejected } = await world.getToken({ scopes: ['notes:read'] });
    const challenge = insufficientScope('notes:write');
    expect(await call({ challenge, rejected })).toMatchObject({ code: 'authorization_failed' });
    expect(failure()).toMatchObject({ reason: 'scope_refused' });
    expect(failure()).not.toHaveProperty('offersLess');
    wait();
    await call({ challenge, rejected });
    expect(requests.at(-1)!.split(' ')).toEqual(
      expect.arrayContaining(['notes:read', 'notes:write']),
    );
  });
});
