/** Tokens that are bound to a key (RFC 9449), from the first question to the last proof, at real servers. */
import { afterEach, describe, expect, it } from 'vitest';
import { credentialOf } from '../../src/background/access/credential-of.ts';
import { carry, openBoundWorld, type BoundServers, type Seen } from './bound-servers.ts';
import { codeOf } from './calls.ts';
import type { World } from './world.ts';

let world: World<BoundServers>;
afterEach(() => world.close());

const open = async (...change: Parameters<typeof openBoundWorld>) => {
  world = await openBoundWorld(...change);
  return world.lab;
};
const grantOf = async (origin = world.lab.siteA.origin) =>
  (await world.ports.store.findGrant(origin, world.resource))!;
const schemes = (seen: readonly Seen[]) => seen.map((one) => one.authorization.split(' ')[0]);
const last = (seen: readonly Seen[]) => seen.at(-1)!;

describe('a resource that takes bound tokens, before a provider that binds them (Z36)', () => {
  it('gets a proof with each request, of that request alone (RFC 9449 §4.2)', async () => {
    const { seen } = await open();
    await carry(world);
    await carry(world, { method: 'GET', url: `${world.resource}?since=7#part` });
    expect(seen.map(({ status }) => status)).toEqual([200, 200]);
    expect(schemes(seen)).toEqual(['DPoP', 'DPoP']);
    const [first, second] = seen.map(({ read }) => read!.payload);
    expect([first!['htm'], second!['htm']]).toEqual(['POST', 'GET']);
    expect([first!['htu'], second!['htu']]).toEqual([world.resource, world.resource]);
    expect(first!['jti']).not.toBe(second!['jti']);
  });

  it('is asked about once, and the question says that no page gets the token', async () => {
    await open();
    await carry(world);
    expect(world.prompts.map(({ stage, bound }) => [stage, bound])).toEqual([
      ['reach', undefined],
      ['allow', true],
    ]);
  });

  it('is a grant of which no page is ever given the token', async () => {
    await open();
    await carry(world);
    for (const interactive of [false, true]) {
      const error = await world.getToken({ interactive }).catch((one: unknown) => one);
      expect(codeOf(error)).toBe('sealed');
    }
    const { token } = await grantOf();
    const said = JSON.stringify(world.pageOf().said);
    expect(said).not.toContain(token!.accessToken);
  });

  it('gets a bearer token where the page holds it itself, and says so', async () => {
    await open({ knowsProofs: false, namesProofs: false });
    expect(await world.getToken()).toHaveProperty('access_token');
    expect((await grantOf()).credential).toBeUndefined();
    expect(world.prompts.at(-1)).not.toHaveProperty('bound');
  });

  it.each([
    ['metadata that lists ES256', {}],
    ['metadata that requires binding', { metadata: { dpop_bound_access_tokens_required: true } }],
    ['a challenge only', { metadata: {} }],
  ])('is known by %s', async (_, knobs) => {
    await open(knobs);
    await carry(world, { challenge: 'DPoP algs="ES256"' });
    expect((await grantOf()).credential).toBe('dpop');
  });

  it('names the key in the authorization request (RFC 9449 §10)', async () => {
    await open();
    const urls: string[] = [];
    const { authWindow } = world.ports;
    world.ports.authWindow = {
      ...authWindow,
      open: (url, ...rest) => {
        urls.push(url);
        return authWindow.open(url, ...rest);
      },
    };
    await carry(world);
    const jkt = new URL(urls[0]!).searchParams.get('dpop_jkt');
    const { header } = last(world.lab.seen).read!;
    const { thumbprint } = await import('../support/proof-gate.ts');
    expect(jkt).toBe(thumbprint(header.jwk!));
  });
});

describe('a provider that binds tokens, before a resource that does not ask for it', () => {
  it('gives a bearer token: it lists what it can do, whoever is behind it (Z36)', async () => {
    const { seen } = await open({ metadata: {}, knowsProofs: false, namesProofs: false });
    expect((await carry(world)).status).toBe(200);
    expect(schemes(seen)).toEqual(['Bearer']);
    expect(last(seen).proof).toBeUndefined();
  });
});

describe('a resource that asks for bound tokens and does not know them', () => {
  it('gets a bearer token, after one more sign-in and no more questions; the next site does not try (Z36)', async () => {
    const { seen, siteB } = await open({ knowsProofs: false, namesProofs: false });
    expect((await carry(world)).status).toBe(200);
    expect(schemes(seen)).toEqual(['DPoP', 'Bearer']);
    expect(world.prompts.filter(({ stage }) => stage === 'allow')).toHaveLength(1);
    seen.length = 0;
    expect((await carry(world, { origin: siteB.origin })).status).toBe(200);
    expect(schemes(seen)).toEqual(['Bearer']);
  });

  it('gives no page the token then either: the question said so', async () => {
    await open({ knowsProofs: false, namesProofs: false });
    await carry(world);
    const error = await world.getToken().catch((one: unknown) => one);
    expect(codeOf(error)).toBe('sealed');
  });

  it('is left alone where its metadata requires binding', async () => {
    const { seen } = await open({
      knowsProofs: false,
      namesProofs: false,
      metadata: { dpop_bound_access_tokens_required: true },
    });
    expect((await carry(world)).status).toBe(401);
    expect(new Set(schemes(seen))).toEqual(new Set(['DPoP']));
    expect(seen.length).toBeLessThanOrEqual(3);
  });
});

describe('a bound token that its resource has taken', () => {
  it('is refreshed when it is refused in words of another scheme, with no sign-in (Z36)', async () => {
    const { seen, knobs } = await open({ namesProofs: false });
    expect((await carry(world)).status).toBe(200);
    const { token, signedInAt } = await grantOf();
    knobs.over = token!.accessToken;
    expect((await carry(world)).status).toBe(200);
    expect(schemes(seen)).toEqual(['DPoP', 'DPoP', 'DPoP']);
    expect((await grantOf()).signedInAt).toBe(signedInAt);
  });
});

describe('binding that is required and cannot be done', () => {
  const metadata = { dpop_bound_access_tokens_required: true };

  it.each([
    ['the provider does not bind', { metadata, provider: { proofs: false as const } }, true],
    ['the browser copies no bytes, so that nothing can be carried', { metadata }, false],
  ])('is refused before any question, since %s', async (_, change, copiesBytes) => {
    await open(change);
    Object.assign(world.ports, { copiesBytes });
    await world.restart();
    const error = await world.getToken().catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'discovery_failed', detail: { reason: 'dpop_required' } });
    expect(world.prompts.map(({ stage }) => stage)).not.toContain('allow');
  });
});

describe('nonces (RFC 9449 §8, §9)', () => {
  it('of the resource cost one more answer the first time, and no refused token', async () => {
    const { seen } = await open({ nonce: 'n-1' });
    expect((await carry(world)).status).toBe(200);
    expect((await carry(world)).status).toBe(200);
    expect(seen.map(({ status }) => status)).toEqual([401, 200, 200]);
    expect(seen.map(({ read }) => read!.payload['nonce'])).toEqual([undefined, 'n-1', 'n-1']);
    expect(new Set(seen.map(({ authorization }) => authorization)).size).toBe(1);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  });

  it('that come with good answers are in the next proof: no request is lost for them', async () => {
    const { seen, knobs } = await open({ nonce: 'n-1' });
    await carry(world);
    seen.length = 0;
    let count = 1;
    knobs.passed = () => (knobs.nonce = `n-${(count += 1)}`);
    for (let i = 0; i < 3; i += 1) expect((await carry(world)).status).toBe(200);
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('are shared by requests that are under way at once', async () => {
    const { seen, knobs } = await open({ nonce: 'n-1' });
    await carry(world);
    knobs.nonce = 'n-2';
    seen.length = 0;
    const all = await Promise.all(Array.from({ length: 8 }, () => carry(world)));
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(seen.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(8);
    expect((await carry(world)).status).toBe(200);
  });

  it('that are good once only are lost to others under way, and found again', async () => {
    const { seen, knobs } = await open({ nonce: 'n-0' });
    let count = 0;
    await carry(world);
    knobs.passed = () => (knobs.nonce = `n-${(count += 1)}`);
    const all = await Promise.all([carry(world), carry(world), carry(world)]);
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
    const passed = seen.filter(({ status }) => status === 200);
    expect(new Set(passed.map(({ body }) => body)).size).toBe(1);
    expect(passed).toHaveLength(4);
  });

  it('that a server changes with each answer end after a few, as its own 401', async () => {
    const { seen, knobs } = await open();
    await carry(world);
    seen.length = 0;
    let count = 0;
    const { stream } = world.ports;
    world.ports.stream = (...request) => {
      knobs.nonce = `n-${(count += 1)}`;
      return stream(...request);
    };
    expect((await carry(world, { interactive: false })).status).toBe(401);
    expect(seen.length).toBeLessThanOrEqual(10);
  });

  it('of the provider are answered at the exchange and at a refresh', async () => {
    const { setAccessTokenSeconds } = await open({ providerNonce: true });
    setAccessTokenSeconds(120);
    expect((await carry(world)).status).toBe(200);
    const before = (await grantOf()).token!;
    await world.restart();
    world.elapsed = 100_000;
    expect((await carry(world)).status).toBe(200);
    const after = await grantOf();
    expect(after.token!.accessToken).not.toBe(before.accessToken);
    expect(after.token!.bound).toBe(true);
    expect([after.refreshAttempts, after.trouble]).toEqual([0, undefined]);
  });

  it('of one site are not used for another', async () => {
    const { seen, siteB } = await open({ nonce: 'n-1' });
    await carry(world);
    await carry(world, { origin: siteB.origin });
    expect(seen.map(({ read }) => read!.payload['nonce'])).toEqual([
      undefined,
      'n-1',
      undefined,
      'n-1',
    ]);
  });

  it('are gone with the worker: the next one asks again', async () => {
    const { seen } = await open({ nonce: 'n-1' });
    await carry(world);
    await world.restart();
    seen.length = 0;
    expect((await carry(world)).status).toBe(200);
    expect(seen.map(({ status }) => status)).toEqual([401, 200]);
  });
});

describe('a clock that is wrong', () => {
  it('is put right by what the server says: the second proof is good', async () => {
    const { seen } = await open({ ahead: 3600 });
    expect((await carry(world)).status).toBe(200);
    expect((await carry(world)).status).toBe(200);
    expect(seen.map(({ status }) => status)).toEqual([401, 200, 200]);
  });
});

describe('a bound token in the hands of a thief (T-09)', () => {
  /** What was on the wire. */
  const replay = async (headers: Record<string, string>, method = 'POST') =>
    (await fetch(world.resource, { method, headers })).status;

  it('is useless, with and without the proof that was seen with it', async () => {
    const { seen } = await open();
    await carry(world);
    const { authorization, proof } = last(seen);
    const token = authorization.split(' ')[1]!;
    expect(await replay({ authorization })).toBe(401);
    expect(await replay({ authorization: `Bearer ${token}` })).toBe(401);
    expect(await replay({ authorization, dpop: proof! })).toBe(401);
    expect(await replay({ authorization, dpop: proof! }, 'DELETE')).toBe(401);
  });

  it('is useless with the key of another site', async () => {
    const { seen, siteB } = await open();
    await carry(world);
    const { authorization } = last(seen);
    await carry(world, { origin: siteB.origin });
    const [own, other] = [await grantOf(), await grantOf(siteB.origin)];
    const stolen = { ...other, token: own.token! };
    const credential = await credentialOf(stolen, world.life.ports);
    if (credential.is !== 'dpop') throw new Error(credential.is);
    const dpop = await credential.prove('POST', world.resource);
    expect(await replay({ authorization, dpop })).toBe(401);
  });

  it('has a key that nothing exports, another one for each site', async () => {
    const { seen, siteB } = await open();
    await carry(world);
    await carry(world, { origin: siteB.origin });
    const { privateKey } = (await grantOf()).proofKey!;
    for (const format of ['jwk', 'pkcs8'] as const) {
      await expect(crypto.subtle.exportKey(format, privateKey)).rejects.toThrow();
    }
    const keys = seen.map(({ read }) => JSON.stringify(read!.header.jwk));
    expect(new Set(keys).size).toBe(2);
  });

  it('is in no trace, log, export or list', async () => {
    await open();
    await carry(world);
    const { token, proofKey } = await grantOf();
    const { store } = world.ports;
    const all = JSON.stringify([
      await store.listTraces(),
      await store.queryActivity({ limit: 100 } as never),
      await store.exportSettings(),
      await store.listGrants(),
    ]);
    expect(all).not.toContain(token!.accessToken);
    expect(all).not.toContain('proofKey');
    const { x } = await crypto.subtle.exportKey('jwk', proofKey!.publicKey);
    expect(all).not.toContain(x);
    // The header of a proof, as it stands on the wire.
    expect(all).not.toMatch(/eyJ0eXAi|eyJhbGci/);
  });
});

describe('a bound grant', () => {
  it('keeps its key through a restart, and through a step-up that a DPoP challenge asks for', async () => {
    const { seen, knobs } = await open();
    await carry(world);
    await world.restart();
    await carry(world);
    knobs.needs = 'notes:write';
    expect((await carry(world)).status).toBe(200);
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 403, 200]);
    expect((await grantOf()).token!.granted).toContain('notes:write');
    expect(world.prompts.at(-1)?.scopes).toMatchObject({ added: ['notes:write'] });
    expect(new Set(seen.map(({ read }) => JSON.stringify(read!.header.jwk))).size).toBe(1);
  });

  it('has another key for another account of the same person', async () => {
    const { seen } = await open();
    await carry(world);
    const { origin, resource, account } = await grantOf();
    world.choices = { login: 'bob' };
    await world.own.connectAccount({ origin, resource, account, name: 'Work' });
    await expect.poll(async () => (await world.own.grants({})).length).toBe(2);
    expect((await carry(world)).status).toBe(200);
    expect((await grantOf()).account).not.toBe(account);
    expect(schemes(seen)).toEqual(['DPoP', 'DPoP']);
    expect(new Set(seen.map(({ read }) => JSON.stringify(read!.header.jwk))).size).toBe(2);
  });

  it('is as good as none when its key is damaged on the disk (T-46)', async () => {
    await open();
    await carry(world);
    const { openDB } = await import('idb');
    const db = await openDB(world.database);
    const { origin } = world.lab.siteA;
    const row = (await db.get('grants', [origin, world.resource, 'default'])) as object;
    await db.put('grants', { ...row, proofKey: {} });
    db.close();
    const { openStore } = await import('../../src/background/storage/open-store.ts');
    const store = await openStore(world.database);
    expect(await store.findGrant(origin, world.resource)).toBeUndefined();
  });

  it('has its key on disk before the code is exchanged, and goes on with it when the worker dies (Z4)', async () => {
    const { seen } = await open();
    const { http } = world.ports;
    const kept = new Promise<CryptoKeyPair | undefined>((resolve) => {
      world.ports.http = async (url, init, limits) => {
        if (!url.endsWith('/token')) return http(url, init, limits);
        resolve((await world.ports.store.listFlows())[0]?.proofKey);
        return new Promise(() => undefined);
      };
    });
    void carry(world).catch(() => undefined);
    const key = (await kept)!;
    expect(key.privateKey).toBeInstanceOf(CryptoKey);
    world.ports.http = http;
    await world.restart();
    expect((await carry(world)).status).toBe(200);
    expect(world.prompts.filter(({ stage }) => stage === 'allow')).toHaveLength(1);
    const { x } = await crypto.subtle.exportKey('jwk', key.publicKey);
    expect(last(seen).read!.header.jwk).toMatchObject({ x });
  });

  it('keeps its key with tokens that a killed worker has left unfinished (Z4)', async () => {
    await open();
    await carry(world);
    const { revision: _, ...grant } = await grantOf();
    const { store } = world.ports;
    await store.saveUnfinished('left', { todo: 'commit', grant, from: { asked: '', flow: 'x' } });
    const found = (await store.listUnfinished()).find(({ id }) => id === 'left')!;
    const { proofKey } = found.work.grant as typeof grant;
    expect(proofKey!.privateKey).toBeInstanceOf(CryptoKey);
    const credential = await credentialOf(
      { ...grant, revision: '', proofKey: proofKey! },
      world.life.ports,
    );
    expect(credential.is).toBe('dpop');
  });
});

describe('a provider that answers with a bearer token after all', () => {
  it('makes a bearer grant, which no page is given (RFC 9449 §5)', async () => {
    const { seen } = await open();
    const { http } = world.ports;
    world.ports.http = (url, init, limits) => {
      const headers = new Headers(init.headers);
      if (url.endsWith('/token')) headers.delete('dpop');
      return http(url, { ...init, headers }, limits);
    };
    // The provider insists on the key that the authorization request named.
    const { authWindow } = world.ports;
    world.ports.authWindow = {
      ...authWindow,
      open: (url, ...rest) => {
        const changed = new URL(url);
        changed.searchParams.delete('dpop_jkt');
        return authWindow.open(changed.href, ...rest);
      },
    };
    await carry(world).catch(() => undefined);
    const grant = await grantOf();
    expect([grant.credential, grant.sealedOnly, grant.proofKey]).toEqual([
      undefined,
      true,
      undefined,
    ]);
    expect(schemes(seen)[0]).toBe('Bearer');
  });
});
