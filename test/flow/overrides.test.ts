/** Rules that a person may override, for one exact issuer, server or pair of both (Z53; docs/overrides.md). */
import { describe, expect, it } from 'vitest';
import type { WildServer } from '../wild/server.ts';
import { onTheWire, open, sentTo, settingsOf, startServer, ticking } from './overridden.ts';

onTheWire();

const withoutPkce = (s: WildServer) => {
  delete s.metadata['code_challenge_methods_supported'];
};
const withoutProvider = (s: WildServer) => {
  s.beItsOwnIssuer();
  delete s.resource['authorization_servers'];
};
const refusesResource = (s: WildServer) => {
  s.refuseAuthorization = (request) => (request.has('resource') ? 'invalid_target' : undefined);
};
const codes = ({ failures }: { failures: { code: string; detail: { reason?: string } }[] }) =>
  failures.map(({ code, detail }) => `${code}/${detail.reason ?? ''}`);

describe('a provider that does not advertise PKCE', () => {
  it('is asked about with a control of its own, and Allow alone sets nothing (Z53, R86)', async () => {
    const { server, ours } = await open(withoutPkce);
    const accepted: boolean[] = [];
    ours.answer = (snapshot) => {
      const { flow, nonce, digest } = ours.world.life.flows.pending()[0]!;
      const plain = { flow, nonce, digest, decision: 'allow' as const };
      void ours.world.own
        .decide(plain)
        .then(({ accepted: one }) => accepted.push(one))
        .then(() => ours.world.own.decide({ ...plain, overrides: ['own_provider'] }))
        .then(({ accepted: one }) => accepted.push(one))
        .then(() => ours.world.own.decide({ ...plain, decision: 'deny' }));
      expect(snapshot).toMatchObject({ stage: 'allow', missing: ['pkce'] });
      return 'ignore';
    };
    expect(await ours.call()).not.toBe('200');
    expect(accepted).toEqual([false, false]);
    expect(server.count('register') + server.count('authorize')).toBe(0);
    expect(await settingsOf(ours).list()).toEqual([]);
  });

  it('is signed in at once the person has ticked it; S256 is sent all the same (Z53)', async () => {
    const { server, ours } = await open(withoutPkce);
    ours.answer = ticking;
    expect(await ours.call()).toBe('200');
    expect(sentTo(server, 'authorize')[0]?.get('code_challenge_method')).toBe('S256');
    expect(sentTo(server, 'exchange')[0]?.get('code_verifier')).toMatch(/^[\w~.-]{43,}$/);
    const set = { kind: 'pkce', issuer: server.login, resource: '' };
    expect(await settingsOf(ours).list()).toEqual([
      { ...set, at: expect.closeTo(Date.now(), -5) as number },
    ]);
    const [grant] = await ours.world.own.grants({});
    expect(grant?.overridden).toMatchObject([{ kind: 'pkce' }]);
    const [trace] = await ours.world.own.traces({});
    const { steps = [] } = (await ours.world.own.trace({ id: trace!.id })) ?? {};
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'overrides', missing: ['pkce'] }));
  });

  it('is told of at the next site, which has its own question and no control (Z53)', async () => {
    const { server, ours } = await open(withoutPkce);
    ours.answer = ticking;
    await ours.call();
    const page = ours.world.openPage('https://other.wild.example');
    await page.call('getToken', { resource: server.url });
    const [, second] = ours.world.prompts;
    expect(second).not.toHaveProperty('missing');
    expect(second).toMatchObject({ overridden: [{ kind: 'pkce' }] });
  });

  it('is no question for a site without a grant whose tab is not in front (Z53, Z24)', async () => {
    const { server, ours } = await open(withoutPkce);
    const { ports } = ours.world;
    let looks = 0;
    // In front when it called, and no more when the provider is known.
    ports.isInFront = () => Promise.resolve((looks += 1) <= 2);
    ours.answer = ticking;
    await ours.call();
    expect(codes(ours)).toEqual(['pkce_unsupported/no_pkce']);
    expect(ours.prompts + server.count('authorize')).toBe(0);
    expect(await settingsOf(ours).list()).toEqual([]);
  });

  it('is asked about after another question of the page, whose window is in front of it now', async () => {
    const { ours } = await open(withoutPkce, 4801);
    ours.world.ports.isInFront = () => Promise.resolve(ours.world.openPrompts === 0);
    ours.answer = ticking;
    expect(await ours.call()).toBe('200');
    expect(ours.world.prompts.map(({ stage, missing }) => [stage, missing])).toEqual([
      ['reach', undefined],
      ['allow', ['pkce']],
    ]);
  });

  it('is no question either for a page in the background whose first one was looked up (Z53)', async () => {
    const { server, ours } = await open(withoutPkce, 4802);
    ours.world.inFront = false;
    ours.answer = ticking;
    const call = ours.call();
    await expect.poll(() => ours.world.life.flows.pending().length).toBe(1);
    await ours.world.own.review({ flow: ours.world.life.flows.pending()[0]!.flow });
    expect(await call).not.toBe('200');
    expect(ours.world.prompts.map(({ stage }) => stage)).toEqual(['reach']);
    expect(codes(ours)).toEqual(['pkce_unsupported/no_pkce']);
    expect(server.count('authorize')).toBe(0);
  });

  it('is refused when it has advertised it before (T-43, Z53)', async () => {
    const { server, ours } = await open();
    ours.answer = ticking;
    await ours.call();
    withoutPkce(server);
    ours.pass(2 * 3_600_000);
    server.killAll();
    await ours.call();
    expect(codes(ours).at(-1)).toBe('pkce_unsupported/no_pkce');
    expect(ours.prompts).toBe(1);
  });

  it.each([[['plain']], [['s256']], [[]], ['S256']])(
    'is no question when it advertises something else: %j (R87, R88)',
    async (methods) => {
      const { ours } = await open((s) => {
        s.metadata['code_challenge_methods_supported'] = methods;
      });
      ours.answer = ticking;
      await ours.call();
      expect(ours.prompts).toBe(0);
    },
  );

  it('is not asked about when its OpenID document does advertise it', async () => {
    const { ours } = await open((s) => {
      withoutPkce(s);
      const good = { ...s.metadata, code_challenge_methods_supported: ['S256'] };
      s.at(`${s.login}/.well-known/openid-configuration`, {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(good),
      });
    });
    expect(await ours.call()).toBe('200');
    expect(ours.world.prompts[0]).not.toHaveProperty('missing');
  });
});

describe('a server that names no provider', () => {
  it('is signed in at its own origin, shown as such, once the person has ticked it (Z53)', async () => {
    const { server, ours } = await open(withoutProvider);
    ours.answer = ticking;
    server.at(`${server.mcp}/authorize`, ({ url }) => server.authorize(url.searchParams));
    expect(await ours.call()).toBe('200');
    expect(ours.world.prompts[0]).toMatchObject({ missing: ['own_provider'], issuer: server.mcp });
    expect(await settingsOf(ours).list()).toMatchObject([
      { kind: 'own_provider', issuer: '', resource: server.url },
    ]);
  });

  it('is refused when its origin is no provider, and nothing else is guessed', async () => {
    const { server, ours } = await open((s) => delete s.resource['authorization_servers']);
    ours.answer = ticking;
    await ours.call();
    expect(codes(ours)).toEqual(['discovery_failed/names_no_provider']);
    expect(ours.prompts + server.count('authorize') + server.count('register')).toBe(0);
  });
});

describe('a provider that goes by another name', () => {
  /** The server names its own host, where the metadata of the provider lies. */
  const calledOther = (s: WildServer) => {
    s.beItsOwnIssuer();
    s.resource['authorization_servers'] = [s.mcp];
    s.metadata['issuer'] = s.login;
  };
  const pairOf = (s: WildServer, called = s.login) =>
    ({ kind: 'issuer_pair', issuer: s.mcp, called }) as const;

  it('connects with exactly this pair, and keeps everything by the name that the server gave (Z53)', async () => {
    const { server, ours } = await open((s) => {
      calledOther(s);
      s.metadata['authorization_response_iss_parameter_supported'] = true;
      s.callback = (callback) => callback.searchParams.set('iss', s.login);
    });
    await settingsOf(ours).save(pairOf(server));
    expect(await ours.call()).toBe('200');
    expect(ours.world.prompts[0]).toMatchObject({
      issuer: server.mcp,
      overridden: [{ kind: 'issuer_pair', says: server.login }],
    });
    const [grant] = await ours.world.own.grants({});
    expect(grant?.issuer).toBe(server.mcp);
  });

  it.each(['/', '/a', '.evil.example'])(
    'is refused when the pair says the name and %s',
    async (more) => {
      const { server, ours } = await open((s) => {
        calledOther(s);
        s.metadata['issuer'] = `${s.login}/tenant`;
      });
      await settingsOf(ours).save(pairOf(server, server.login + more));
      await ours.call();
      expect(codes(ours)).toEqual(['issuer_mismatch/other_issuer']);
      expect(ours.prompts).toBe(0);
    },
  );

  it.each(['https://evil.wild.example', 'the issuer'])(
    'is refused when its response names %s: a wrong iss is never let pass (R62)',
    async (iss) => {
      const { server, ours } = await open((s) => {
        calledOther(s);
        s.callback = (callback) =>
          callback.searchParams.set('iss', iss === 'the issuer' ? s.mcp : iss);
      });
      await settingsOf(ours).save(pairOf(server));
      await ours.call();
      expect(codes(ours)).toEqual(['issuer_mismatch/iss_wrong']);
      expect(server.count('exchange')).toBe(0);
    },
  );

  it('gets no code but at its own host: another one that borrows its name is refused (T-22, T-55, Z53)', async () => {
    const { server, ours } = await open((s) => {
      calledOther(s);
      s.metadata['token_endpoint'] = `${s.mcp}/token`;
    });
    await settingsOf(ours).save(pairOf(server));
    await ours.call();
    expect(codes(ours)).toEqual(['issuer_mismatch/other_issuer']);
  });

  it('is sent no token to be revoked elsewhere', async () => {
    const { server, ours } = await open((s) => {
      calledOther(s);
      s.metadata['revocation_endpoint'] = `${s.mcp}/revoke`;
    });
    const { save, remove } = settingsOf(ours);
    await save(pairOf(server));
    expect(await ours.call()).toBe('200');
    expect(await remove({ ...pairOf(server), resource: '' })).toEqual({ ended: 1 });
    expect(server.count('revoke')).toBe(0);
  });

  it('connects with one client that the person has entered under both names (T-22)', async () => {
    const { server, ours } = await open(calledOther);
    const { save, enterClient } = settingsOf(ours);
    await enterClient(server.login);
    await enterClient(server.mcp);
    await save(pairOf(server));
    expect(await ours.call()).toBe('200');
    expect(server.count('register')).toBe(0);
  });

  it('is not sent the secret of the client that the person has at the name it gives itself (R37)', async () => {
    const { server, ours } = await open(calledOther);
    const { save, enterClient } = settingsOf(ours);
    await enterClient(server.login);
    await save(pairOf(server));
    await ours.call();
    expect(JSON.stringify(server.wire)).not.toContain('secret-by-hand');
    expect(server.count('register')).toBe(1);
  });
});

describe('a provider without metadata', () => {
  const hidden = (s: WildServer) => s.remove(s.metadataUrl);
  const typed = (s: WildServer) => ({
    kind: 'endpoints' as const,
    issuer: s.login,
    authorizationEndpoint: `${s.login}/authorize`,
    tokenEndpoint: `${s.login}/token`,
  });

  it('connects at the addresses that were typed in, with a client entered by hand (Z53)', async () => {
    const { server, ours } = await open(hidden);
    await settingsOf(ours).save(typed(server));
    ours.answer = ticking;
    expect(await ours.call()).toBe('200');
    const [client, allow] = ours.world.prompts;
    expect(client).toMatchObject({ stage: 'client' });
    expect(allow).toMatchObject({ overridden: [{ kind: 'endpoints' }] });
    expect(allow).not.toHaveProperty('missing');
    expect(sentTo(server, 'exchange')[0]?.has('code_verifier')).toBe(true);
  });

  it('is read as its own metadata says, where there is some', async () => {
    const { server, ours } = await open();
    await settingsOf(ours).save({ ...typed(server), tokenEndpoint: `${server.login}/elsewhere` });
    expect(await ours.call()).toBe('200');
    expect(ours.world.prompts[0]).not.toHaveProperty('overridden');
  });
});

describe('a provider that refuses the resource', () => {
  it('connects without it for one pair, with a client entered by hand, also when it renews (Z53)', async () => {
    const { server, ours } = await open(refusesResource);
    const { save, enterClient } = settingsOf(ours);
    await enterClient(server.login);
    await save({ kind: 'no_resource', issuer: server.login, resource: server.url });
    expect(await ours.call()).toBe('200');
    ours.pass(2 * 3_600_000);
    server.kill();
    expect(await ours.call()).toBe('200');
    const sent = ['authorize', 'exchange', 'refresh'].flatMap((what) => sentTo(server, what));
    expect(sent.length).toBe(3);
    expect(sent.filter((one) => one.has('resource'))).toEqual([]);
  });

  it('takes no setting without a client entered by hand for that provider (Z53)', async () => {
    const { server, ours } = await open(refusesResource);
    const { save, list, enterClient } = settingsOf(ours);
    const entry = { kind: 'no_resource' as const, issuer: server.login, resource: server.url };
    await enterClient('https://another.wild.example');
    expect(await save(entry)).toBe('invalid_request');
    expect(await list()).toEqual([]);
  });

  it('is told the resource again when the client goes: nobody else is asked without it', async () => {
    const { server, ours } = await open(refusesResource);
    const { save, enterClient, call } = settingsOf(ours);
    await enterClient(server.login);
    await save({ kind: 'no_resource', issuer: server.login, resource: server.url });
    await call('deleteClient', { issuer: server.login });
    await ours.call();
    expect(sentTo(server, 'authorize').map((one) => one.get('resource'))).toEqual([server.url]);
    expect(codes(ours)).toEqual(['authorization_failed/resource_refused']);
  });

  it('leaves it out for no other server of the same provider', async () => {
    const { server, ours } = await open(refusesResource);
    const other = startServer((s) => {
      s.resource['authorization_servers'] = [server.login];
    });
    const { save, enterClient } = settingsOf(ours);
    await enterClient(server.login);
    await save({ kind: 'no_resource', issuer: server.login, resource: server.url });
    const page = ours.world.openPage();
    await page.call('getToken', { resource: other.url }).catch(() => undefined);
    expect(sentTo(server, 'authorize').map((one) => one.get('resource'))).toEqual([other.url]);
  });
});
