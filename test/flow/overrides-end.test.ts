/** An override is taken back, lost, or left behind: what rested on it ends (Z53). */
import { describe, expect, it } from 'vitest';
import { html } from '../wild/answers.ts';
import type { Ours } from '../wild/ours.ts';
import type { WildServer } from '../wild/server.ts';
import { onTheWire, open, sentTo, settingsOf, ticking } from './overridden.ts';

onTheWire();

const HOURS = 2 * 3_600_000;
const withoutPkce = (s: WildServer) => {
  delete s.metadata['code_challenge_methods_supported'];
};
const refusesResource = (s: WildServer) => {
  s.refuseAuthorization = (request) => (request.has('resource') ? 'invalid_target' : undefined);
};
/** The server names its own host, where the metadata of the provider lies. */
const calledOther = (s: WildServer) => {
  s.beItsOwnIssuer();
  s.resource['authorization_servers'] = [s.mcp];
  s.metadata['issuer'] = s.login;
};
const pairOf = (s: WildServer) =>
  ({ kind: 'issuer_pair', issuer: s.mcp, called: s.login }) as const;
const pkceOf = (s: WildServer) => ({ kind: 'pkce' as const, issuer: s.login, resource: '' });
const failures = async (ours: Ours) =>
  (await ours.world.own.pending({})).filter(({ step }) => step === 'failed');

describe('an override that is taken back', () => {
  it('ends the tokens that rest on it, here and at the provider, and the site is asked again (Z53)', async () => {
    const { server, ours } = await open(withoutPkce);
    const { remove, list } = settingsOf(ours);
    ours.answer = ticking;
    await ours.call();
    expect(await remove(pkceOf(server))).toEqual({ ended: 1 });
    expect(await list()).toEqual([]);
    expect(sentTo(server, 'revoke').map((one) => one.get('token_type_hint'))).toEqual([
      'refresh_token',
      'access_token',
    ]);
    expect(ours.world.events.at(-1)?.event).toMatchObject({ type: 'grantchange', scopes: [] });
    expect(await ours.world.own.grants({})).toHaveLength(1);
    expect(await ours.call()).toBe('200');
    expect(ours.world.prompts.map(({ missing }) => missing)).toEqual([['pkce'], ['pkce']]);
  });

  it('leaves what rests on another one (Z53)', async () => {
    const { server, ours } = await open(withoutPkce);
    ours.answer = ticking;
    await ours.call();
    const { remove } = settingsOf(ours);
    const elsewhere = { ...pkceOf(server), issuer: `${server.login}/` };
    expect(await remove(elsewhere)).toEqual({ ended: 0 });
    expect(await remove({ ...pkceOf(server), kind: 'endpoints' })).toEqual({ ended: 0 });
    expect(await ours.call()).toBe('200');
    expect(ours.prompts).toBe(1);
  });

  it('lets no token be asked for without its resource any more', async () => {
    const { server, ours } = await open(refusesResource);
    const { save, remove, enterClient } = settingsOf(ours);
    await enterClient(server.login);
    const entry = { kind: 'no_resource' as const, issuer: server.login, resource: server.url };
    await save(entry);
    await ours.call();
    const before = server.wire.length;
    await remove(entry);
    ours.pass(HOURS);
    await ours.call();
    server.wire.splice(0, before);
    const sent = ['authorize', 'exchange', 'refresh'].flatMap((what) => sentTo(server, what));
    expect(sent.map((one) => one.get('resource'))).toEqual([server.url]);
  });

  it('lets no sign-in begin whose question had told of it (Z53)', async () => {
    const { server, ours } = await open(withoutPkce);
    ours.answer = ticking;
    await ours.call();
    const { remove } = settingsOf(ours);
    const windows = ours.windows;
    let told = (): void => undefined;
    const asked = new Promise<void>((resolve) => (told = resolve));
    ours.answer = () => {
      told();
      return 'ignore';
    };
    const page = ours.world.openPage('https://other.wild.example');
    const call = page.call('getToken', { resource: server.url }).catch(() => undefined);
    await asked;
    await remove(pkceOf(server));
    const { flow, nonce, digest } = ours.world.life.flows.pending()[0]!;
    await ours.world.own.decide({ flow, nonce, digest, decision: 'allow' });
    expect(await call).toBeUndefined();
    expect(ours.windows).toBe(windows);
  });

  it('takes the tokens with it of a sign-in that was under way', async () => {
    const { server, ours } = await open(withoutPkce);
    const { save, remove, list } = settingsOf(ours);
    ours.answer = ticking;
    calledOther(server);
    await save(pairOf(server));
    server.at(`${server.login}/authorize`, async ({ url }) => {
      await remove({ ...pairOf(server), resource: '' });
      return server.authorize(url.searchParams);
    });
    await ours.call();
    expect((await list()).map(({ kind }) => kind)).toEqual(['pkce']);
    const held = await ours.world.ports.store.listGrants();
    expect(held.filter(({ token }) => token !== undefined)).toEqual([]);
    expect(server.count('revoke')).toBeGreaterThan(0);
  });

  it('ends what rests on the former one when it is set to something else', async () => {
    const { server, ours } = await open(calledOther);
    const { save } = settingsOf(ours);
    await save(pairOf(server));
    expect(await ours.call()).toBe('200');
    await save({ ...pairOf(server), called: 'https://two.wild.example' });
    const [grant] = await ours.world.ports.store.listGrants();
    expect(grant?.token).toBeUndefined();
  });
});

describe('an override that is lost from the disk', () => {
  it('lets nothing be renewed: no refresh is sent, and the person is asked (Z53, T-46)', async () => {
    const { server, ours } = await open(withoutPkce);
    ours.answer = ticking;
    await ours.call();
    await ours.world.ports.store.deleteOverride(pkceOf(server));
    ours.pass(HOURS);
    server.kill();
    expect(await ours.call()).toBe('200');
    expect(server.count('refresh')).toBe(0);
    expect(ours.prompts).toBe(2);
  });
});

describe('a decision with an override', () => {
  it('is carried out by the next worker without a second question (Z4, Z53)', async () => {
    const { server, ours } = await open(withoutPkce);
    ours.answer = ticking;
    const { authWindow } = ours.world.ports;
    let opened = (): void => undefined;
    const signingIn = new Promise<void>((resolve) => (opened = resolve));
    ours.world.ports.authWindow = {
      ...authWindow,
      open: () => {
        opened();
        return new Promise(() => undefined);
      },
    };
    void ours.call();
    await signingIn;
    expect(await settingsOf(ours).list()).toEqual([]);
    ours.world.ports.authWindow = authWindow;
    await ours.restart();
    expect(await ours.call()).toBe('200');
    expect(ours.prompts).toBe(1);
    expect(await settingsOf(ours).list()).toMatchObject([pkceOf(server)]);
  });
});

describe('a settings file', () => {
  it('holds no override, and one that does is refused as a whole (Z53)', async () => {
    const { server, ours } = await open(withoutPkce);
    ours.answer = ticking;
    await ours.call();
    const { call, list } = settingsOf(ours);
    const file = (await call('exportSettings', {})) as object;
    expect(JSON.stringify(file)).not.toMatch(/pkce|overrides/);
    const set = { kind: 'no_resource', issuer: server.login, resource: server.url, at: 1 };
    expect(await call('importSettings', { file: { ...file, overrides: [set] } })).toBe(
      'invalid_request',
    );
    expect(await call('importSettings', { file })).toEqual({ clients: 0 });
    expect((await list()).map(({ kind }) => kind)).toEqual(['pkce']);
  });
});

describe('scopes that are left out after a failure', () => {
  const spoiled = (s: WildServer) => {
    s.resource['scopes_supported'] = ['read', 'spoils'];
    s.refuseAuthorization = (request) =>
      request.get('scope')?.split(' ').includes('spoils') ? 'invalid_scope' : undefined;
  };
  const again = async (ours: Ours, leaveOut: string[]) => {
    const [failed] = await failures(ours);
    const { started } = (await settingsOf(ours).call('retry', {
      flow: failed!.flow,
      leaveOut,
    })) as { started: boolean };
    return started;
  };

  it('are asked for no more, with the registration that is there, and a challenge brings no loop (Z53)', async () => {
    const { server, ours } = await open(spoiled);
    await ours.call();
    const registered = server.count('register');
    server.challenge = `Bearer resource_metadata="${server.resourceUrl}", scope="read spoils"`;
    expect(await again(ours, ['spoils', 'never-asked'])).toBe(true);
    await expect.poll(() => server.count('exchange')).toBe(1);
    const windows = ours.windows;
    // A page that was refused waits a while before it asks again.
    const page = ours.openPage();
    for (let i = 0; i < 3; i += 1) expect(await ours.call({ as: page })).toBe('200');
    // Its tokens are dead, and it has long forgotten that it was not given all.
    ours.pass(HOURS);
    server.kill();
    expect(await ours.call({ as: page })).toBe('200');
    expect(ours.windows).toBe(windows);
    expect(sentTo(server, 'authorize').at(-1)?.get('scope')).toBe('read');
    expect(server.count('register')).toBe(registered);
    expect(await settingsOf(ours).list()).toMatchObject([
      { kind: 'scopes', issuer: server.login, resource: server.url, scopes: ['spoils'] },
    ]);
  });

  it('are asked for again, in a question, once the exception is taken back (Z53, Z45)', async () => {
    const { server, ours } = await open(spoiled);
    await ours.call();
    await again(ours, ['spoils']);
    await expect.poll(() => server.count('exchange')).toBe(1);
    expect(await ours.call({ as: ours.openPage() })).toBe('200');
    // A week later nothing is known of the provider's refusal.
    ours.pass(8 * 24 * HOURS);
    const [set] = await settingsOf(ours).list();
    await settingsOf(ours).call('removeOverride', {
      kind: 'scopes',
      issuer: set!.issuer,
      resource: set!.resource,
    });
    server.killAll();
    await ours.call({ as: ours.openPage() });
    expect(ours.world.prompts.at(-1)?.scopes.added).toEqual(['spoils']);
    expect(sentTo(server, 'authorize').at(-1)?.get('scope')).toBe('read spoils');
  });

  it('stay out where the user brings them back and then ticks others only (Z45, Z53)', async () => {
    const { server, ours } = await open((s) => {
      spoiled(s);
      s.resource['scopes_supported'] = ['read', 'spoils', 'more'];
    });
    await ours.call();
    await again(ours, ['spoils', 'more']);
    await expect.poll(() => server.count('exchange')).toBe(1);
    expect(await ours.call({ as: ours.openPage() })).toBe('200');
    ours.pass(8 * 24 * HOURS);
    const [set] = await settingsOf(ours).list();
    const { issuer, resource } = set!;
    await settingsOf(ours).call('removeOverride', { kind: 'scopes', issuer, resource });
    server.killAll();
    server.refuseAuthorization = () => undefined;
    ours.answer = () => ({ decision: 'allow', scopes: ['more'] });
    await ours.call({ as: ours.openPage() });
    expect(ours.world.prompts.at(-1)?.scopes.added).toEqual(['spoils', 'more']);
    expect(sentTo(server, 'authorize').at(-1)?.get('scope')).toBe('read more');
    const [grant] = await ours.world.ports.store.listGrants();
    expect(grant).toMatchObject({ requested: ['read', 'more'], ceiling: ['read', 'more'] });
  });

  it('come back to the question when a 403 names one for an operation', async () => {
    const { server, ours } = await open(spoiled);
    await ours.call();
    await again(ours, ['spoils']);
    await expect.poll(() => server.count('exchange')).toBe(1);
    const page = ours.openPage();
    expect(await ours.call({ as: page })).toBe('200');
    ours.pass(660_000);
    const error = 'Bearer error="insufficient_scope", scope="spoils"';
    server.served = () => ({ status: 403, headers: { 'www-authenticate': error } });
    ours.answer = () => 'deny';
    await ours.call({ as: page });
    expect(ours.world.prompts.at(-1)?.scopes.added).toEqual(['spoils']);
  });

  it('may be the wish to stay signed in, where the window was closed at an error page (Z53)', async () => {
    const { server, ours } = await open((s) => {
      s.metadata['scopes_supported'] = ['read', 'offline_access'];
      s.refuseAuthorization = (request) =>
        request.get('prompt') === 'consent' ? html('<h1>Need admin approval</h1>') : undefined;
    });
    await ours.call();
    await again(ours, ['offline_access']);
    await expect.poll(() => server.count('exchange')).toBe(1);
    expect(sentTo(server, 'authorize').at(-1)?.has('prompt')).toBe(false);
  });
});
