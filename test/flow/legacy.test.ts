/** Servers of the 2025-03-26 rules: no protected resource metadata, perhaps no metadata at all (Z19). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PromptSnapshot } from '../../src/shared/prompt.ts';
import { World, type Answer } from './world.ts';

let world: World;
/** The origin of the MCP server, which is its own authorization server here. */
let origin: string;
/** What the server has instead of its well-known documents. */
let wellKnown: (url: URL) => Response | undefined;
let asked: string[];
const absent = () => new Response('not found', { status: 404 });

/** The real servers, both at one origin, under the paths of 2025-03-26. */
const PATHS: Record<string, string> = {
  '/authorize': '/auth',
  '/token': '/token',
  '/register': '/reg',
};

/** A user who has no key for the server, and turns to its older sign-in (Z38). */
const older = ({ credential }: PromptSnapshot): Answer =>
  credential === 'key' ? { decision: 'choose', way: 'sign_in' } : 'allow';

beforeEach(async () => {
  world = await World.open();
  ({ origin } = new URL(world.resource));
  const { issuer } = world.lab.authorizationServer;
  const mapped = (url: URL) => {
    const path = url.origin === origin ? PATHS[url.pathname] : undefined;
    return path === undefined ? undefined : `${issuer}${path}${url.search}`;
  };
  world.answer = older;
  wellKnown = absent;
  asked = [];
  const { http } = world.ports;
  world.ports.http = async (text, init, limits) => {
    const url = new URL(text);
    asked.push(`${init.method ?? 'GET'} ${url.pathname}`);
    const instead = url.pathname.startsWith('/.well-known/') ? wellKnown(url) : undefined;
    return instead ?? http(mapped(url) ?? text, init, limits);
  };
  const { open } = world.ports.authWindow;
  world.ports.authWindow.open = (url, opened) => open(mapped(new URL(url)) ?? url, opened);
  // The real server sends the `iss` that it has where it stands.
  world.tamper = (callback) => {
    callback.searchParams.delete('iss');
  };
});
afterEach(() => world.close());

/** As a page asks that has read a 401 without a word about metadata. */
const challenge = 'Bearer';
const connect = () => world.getToken({ challenge, scopes: ['notes:read'] });
const grant = async () =>
  (await world.ports.store.findGrant(world.lab.siteA.origin, world.resource))!;
const failure = () => world.life.flows.pending().at(-1)?.failure;

describe('a server without any metadata', () => {
  it('is connected after the user has agreed to the weaker protection (Z19, D3, D4)', async () => {
    const token = await connect();
    expect(token.scope).toContain('notes:read');
    expect(world.prompts.at(-1)).toMatchObject({ stage: 'allow', legacy: true, issuer: origin });
    expect(await grant()).toMatchObject({ legacy: true, server: { issuer: origin } });
    expect(await world.own.grants({})).toMatchObject([{ legacy: true }]);
  });

  it('is sent metadata requests, and looked at without any credential, before that (Z2, Z38)', async () => {
    world.answer = (snapshot) => (snapshot.legacy ? 'deny' : older(snapshot));
    await expect(connect()).rejects.toMatchObject({ code: 'access_denied' });
    expect(asked.length).toBeGreaterThan(3);
    const others = asked.filter((line) => !line.startsWith('GET /.well-known/'));
    expect(others).toEqual(['POST /mcp', 'GET /authorize']);
  });

  it('is sent PKCE and resource all the same (Z19, R75, R85, D2)', async () => {
    let authorization = new URLSearchParams();
    const { open } = world.ports.authWindow;
    world.ports.authWindow.open = (url, opened) => {
      authorization = new URL(url).searchParams;
      return open(url, opened);
    };
    await connect();
    expect(authorization.get('code_challenge_method')).toBe('S256');
    expect(authorization.get('resource')).toBe(world.resource);
    expect(world.lab.ledger.tokenRequests('authorization_code')).toMatchObject([
      { hadResource: true },
    ]);
  });

  it('has an iss that it sends compared, and refused when it is another’s (Z19, R63, R66)', async () => {
    world.tamper = (callback) => {
      callback.searchParams.set('iss', 'https://other.example');
    };
    await expect(connect()).rejects.toMatchObject({ code: 'issuer_mismatch' });
    expect(failure()).toMatchObject({ reason: 'iss_wrong', issuer: origin });
    expect(world.lab.ledger.cost().exchanges).toBe(0);
  });

  it('is asked for its own challenge first when the page could not read it (Q6, Z19)', async () => {
    await world.getToken({ scopes: ['notes:read'] }).catch(() => undefined);
    expect(asked.filter((line) => line === 'POST /mcp').length).toBe(1);
    // The real server names its metadata in there, so it is none of the old ones.
    expect(failure()).toMatchObject({ reason: 'no_resource_metadata' });
    expect(await grant()).toBeUndefined();
  });

  it('that had metadata once needs a new decision (Z19)', async () => {
    wellKnown = () => undefined;
    world.tamper = () => undefined;
    const { access_token } = await connect();
    wellKnown = absent;
    world.answer = ({ legacy }) => (legacy ? 'deny' : 'allow');
    const renewed = await world.getToken({ challenge, rejected: access_token });
    await expect(
      world.getToken({ challenge, rejected: renewed.access_token }),
    ).rejects.toMatchObject({ code: 'access_denied' });
    expect(world.prompts.at(-1)?.legacy).toBe(true);
  });
});

describe('a server with authorization server metadata at its origin, and nothing more', () => {
  const metadata = (change: object = {}) => ({
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    code_challenge_methods_supported: ['S256'],
    ...change,
  });
  const serve = (document: object) => {
    wellKnown = ({ pathname }) =>
      pathname === '/.well-known/oauth-authorization-server' ? Response.json(document) : absent();
  };

  it('is a legacy one too, and its metadata counts (Z19)', async () => {
    serve(metadata());
    await connect();
    expect(world.prompts.at(-1)).toMatchObject({ legacy: true, issuer: origin });
  });

  it('may spell its name with a slash, which is then compared as it stands (Z19, R64)', async () => {
    serve(metadata({ issuer: `${origin}/` }));
    world.tamper = (callback) => {
      callback.searchParams.set('iss', `${origin}/`);
    };
    await connect();
    expect((await grant()).server!.issuer).toBe(`${origin}/`);
  });

  it.each([
    ['advertises another PKCE only', { code_challenge_methods_supported: ['plain'] }, 'no_pkce'],
    ['is another’s', { issuer: 'https://other.example' }, 'other_issuer'],
    ['is malformed', { token_endpoint: 7 }, 'malformed_server_metadata'],
  ])(
    'is refused when that %s: the old rules excuse nothing (ISS-1, D3, R88)',
    async (_, change, reason) => {
      serve(metadata(change));
      await expect(connect()).rejects.toBeDefined();
      expect(failure()).toMatchObject({ reason });
      expect(world.prompts.some(({ stage }) => stage === 'allow')).toBe(false);
    },
  );
});

describe('a server whose metadata cannot be had', () => {
  it.each([
    ['answers 500', () => new Response(null, { status: 500 }), 'unreachable'],
    ['answers 429', () => new Response(null, { status: 429 }), 'unreachable'],
    [
      'answers a page for people',
      () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
      'no_resource_metadata',
    ],
    ['is malformed', () => Response.json({ resource: 7 }), 'malformed_resource_metadata'],
  ])('because it %s is no legacy server (Z19, R4)', async (_, answer, reason) => {
    wellKnown = answer;
    await expect(connect()).rejects.toMatchObject({ code: 'discovery_failed' });
    expect(failure()).toMatchObject({ reason, host: new URL(origin).host });
    expect(world.prompts.some(({ legacy }) => legacy)).toBe(false);
  });
});
