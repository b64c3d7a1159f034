import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../../demo/lab.ts';
import {
  EXTENSION_HOST,
  EXTENSION_ID,
  OAuthClient,
  REDIRECT_URI,
  register,
} from './oauth-client.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ extensionRedirectHosts: [EXTENSION_HOST] });
});
afterAll(() => lab.close());

describe('listening (B19)', () => {
  it('binds 127.0.0.1 and nothing else', () => {
    expect(lab.addresses).toHaveLength(4);
    for (const { address, family } of lab.addresses) {
      expect({ address, family }).toEqual({ address: '127.0.0.1', family: 'IPv4' });
    }
  });
});

describe('metadata', () => {
  it.each(['oauth-authorization-server', 'openid-configuration'])(
    'is served at /.well-known/%s with PKCE and iss advertised (RFC 8414, RFC 9207)',
    async (name) => {
      const { issuer } = lab.authorizationServer;
      const response = await fetch(`${issuer}/.well-known/${name}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        registration_endpoint: `${issuer}/reg`,
        revocation_endpoint: `${issuer}/token/revocation`,
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
        scopes_supported: expect.arrayContaining(['offline_access']) as string[],
      });
    },
  );
});

describe('registration (B19)', () => {
  it.each([
    REDIRECT_URI,
    `https://${EXTENSION_HOST}/cb/0123456789abcdef`,
    'http://127.0.0.1:3000/callback',
    'http://localhost:3000/callback',
    'https://localhost/callback',
    'http://[::1]:3000/callback',
    'http://127.0.0.1/mozoauth2/0123456789abcdef0123456789abcdef01234567',
  ])('accepts %s', async (uri) => {
    const { status, body } = await register(lab, { redirect_uris: [uri] });
    expect({ status, uris: body['redirect_uris'] }).toEqual({ status: 201, uris: [uri] });
    expect(body['client_secret']).toBeUndefined();
  });

  it.each([
    ['a foreign host', 'https://evil.example/cb'],
    ['http on a host that is not loopback', 'http://evil.example/cb'],
    ['http on the extension’s own host', `http://${EXTENSION_HOST}/cb`],
    ['another extension', 'https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.chromiumapp.org/cb'],
    ['the extension’s host with a port', `https://${EXTENSION_HOST}:8443/cb`],
    ['the extension’s host as a prefix', `https://${EXTENSION_HOST}.evil.test/cb`],
    ['the extension’s host as a suffix', `https://evil-${EXTENSION_ID}.chromiumapp.org/cb`],
    ['a subdomain of the extension’s host', `https://x.${EXTENSION_HOST}/cb`],
    ['a loopback address as a prefix', 'http://127.0.0.1.nip.io/cb'],
    ['localhost as a prefix', 'http://localhost.evil.com/cb'],
    ['localhost as a suffix', 'http://evil.localhost/cb'],
    ['another address of the loopback network', 'http://127.0.0.2/cb'],
    ['a short form of the loopback address', 'http://127.1/cb'],
    ['a decimal form of the loopback address', 'http://2130706433/cb'],
    ['the unspecified address', 'http://0.0.0.0:3000/cb'],
    ['userinfo before a foreign host', `https://${EXTENSION_HOST}@evil.test/cb`],
    ['userinfo before a loopback host', 'http://user:pass@127.0.0.1:3000/cb'],
    ['a backslash before a foreign host', 'https://evil.test\\@127.0.0.1/cb'],
    ['a fragment', `${REDIRECT_URI}#x`],
    ['an empty fragment', `${REDIRECT_URI}#`],
    ['a private scheme', 'com.example.app:/cb'],
    ['javascript', 'javascript:alert(1)'],
    ['no URL', 'callback'],
  ])('refuses %s', async (_what, uri) => {
    const { status, body } = await register(lab, { redirect_uris: [uri] });
    expect({ status, error: body['error'] }).toEqual({
      status: 400,
      error: 'invalid_redirect_uri',
    });
  });

  it('refuses a good redirect URI that comes with a bad one', async () => {
    const { status } = await register(lab, {
      redirect_uris: [REDIRECT_URI, 'https://evil.example/cb'],
    });
    expect(status).toBe(400);
  });

  it('refuses a private scheme of a native client', async () => {
    const { status } = await register(lab, {
      application_type: 'native',
      redirect_uris: ['com.example.app:/cb'],
    });
    expect(status).toBe(400);
  });

  it('refuses a body without redirect URIs', async () => {
    expect((await register(lab, { redirect_uris: undefined })).status).toBe(400);
  });

  it('refuses to start with a redirect host that no browser reserves for an extension', async () => {
    await expect(startLab({ extensionRedirectHosts: ['evil.example'] })).rejects.toThrow(
      'evil.example',
    );
  });
});

describe('redirect URIs at /auth (B19)', () => {
  it.each([
    ['a trailing slash', `${REDIRECT_URI}/`],
    ['another path', `https://${EXTENSION_HOST}/other`],
    ['a path below', `${REDIRECT_URI}/below`],
    ['another letter case', `https://${EXTENSION_HOST}/CB`],
    ['an added query', `${REDIRECT_URI}?x=1`],
    ['an empty query', `${REDIRECT_URI}?`],
    ['an added fragment', `${REDIRECT_URI}#x`],
    ['the default port spelled out', `https://${EXTENSION_HOST}:443/cb`],
    ['http', `http://${EXTENSION_HOST}/cb`],
    ['a foreign host', 'https://evil.example/cb'],
    ['a dot segment', `https://${EXTENSION_HOST}/x/../cb`],
  ])('never redirects to %s', async (_what, redirect_uri) => {
    const client = await OAuthClient.create(lab);
    for (const more of [{}, { prompt: 'none' }, { response_type: 'token' }]) {
      const journey = await client.authorize({ redirect_uri, ...more });
      expect(journey.location).toBeUndefined();
      expect(journey.status).toBe(400);
      expect(journey.html).toContain('invalid_redirect_uri');
      expect(journey.pages).toEqual([]);
    }
  });

  it('never redirects when the redirect URI is left out', async () => {
    const client = await OAuthClient.create(lab);
    const journey = await client.authorize({ redirect_uri: undefined });
    expect({ location: journey.location, status: journey.status }).toEqual({ status: 400 });
  });

  it.each(['web', 'native'])('never redirects a %s client to another port', async (type) => {
    const { body } = await register(lab, {
      application_type: type,
      redirect_uris: ['http://127.0.0.1:3000/cb'],
    });
    const client = new OAuthClient(
      lab,
      String(body['client_id']),
      (await OAuthClient.create(lab)).agent,
    );
    const journey = await client.authorize({ redirect_uri: 'http://127.0.0.1:3001/cb' });
    expect(journey.location).toBeUndefined();
    const registered = await client.authorize({ redirect_uri: 'http://127.0.0.1:3000/cb' });
    expect(registered.location?.port).toBe('3000');
  });

  it('never redirects for an unknown client', async () => {
    const { agent } = await OAuthClient.create(lab);
    const journey = await new OAuthClient(lab, 'nobody', agent).authorize();
    expect({ location: journey.location, status: journey.status }).toEqual({ status: 400 });
  });
});

describe('authorization responses (B18, RFC 9207)', () => {
  const issuer = () => lab.authorizationServer.issuer;

  it('carry iss, code and state on success, at the registered redirect URI', async () => {
    const client = await OAuthClient.create(lab);
    const { location } = await client.authorize({ state: 's1' });
    expect(`${location?.origin}${location?.pathname}`).toBe(REDIRECT_URI);
    expect([...(location?.searchParams.keys() ?? [])].sort()).toEqual(['code', 'iss', 'state']);
    expect(location?.searchParams.get('iss')).toBe(issuer());
    expect(location?.searchParams.get('state')).toBe('s1');
  });

  it.each([
    ['access_denied', {}, { refuse: true }],
    ['login_required', { prompt: 'none' }, {}],
    ['invalid_request', { code_challenge: undefined, code_challenge_method: undefined }, {}],
    ['invalid_request', { code_challenge_method: 'plain' }, {}],
    ['invalid_target', { resource: 'https://stranger.example/mcp' }, {}],
    ['unsupported_response_type', { response_type: 'token' }, {}],
    ['invalid_scope', { scope: 'bad"scope' }, {}],
  ])('carry iss beside error=%s', async (error, parameters, choices) => {
    const client = await OAuthClient.create(lab);
    const { location } = await client.authorize({ state: 's2', ...parameters }, choices);
    const answer = new URLSearchParams(location?.search || location?.hash.slice(1));
    expect(answer.get('error')).toBe(error);
    expect(answer.getAll('iss')).toEqual([issuer()]);
    expect(answer.get('state')).toBe('s2');
    expect(answer.has('code')).toBe(false);
    expect(`${location?.origin}${location?.pathname}`).toBe(REDIRECT_URI);
  });
});
