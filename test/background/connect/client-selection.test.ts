import { describe, expect, it } from 'vitest';
import type { Http } from '../../../src/background/ports/ports.ts';
import { register } from '../../../src/background/oauth/registration-endpoint.ts';

const SERVER = { issuer: 'https://as.example' };
const SITE = {
  origin: 'https://client.example',
  redirectUri: 'https://x.example/cb',
  scope: 'read',
  namesScope: false,
};
const never = () => Promise.reject(new Error('must not be asked'));

describe('registration', () => {
  it('of a server that offers none is not tried at a guessed address (D3, R35)', async () => {
    await expect(register(never, SERVER, SITE)).rejects.toMatchObject({
      code: 'registration_failed',
      detail: { host: 'as.example', issuer: 'https://as.example', reason: 'no_registration' },
    });
  });

  it('is repeated once at most, and the first refusal is the one that is told (R36)', async () => {
    const refusals = ['invalid_redirect_uri', 'invalid_client_metadata', 'never reached'];
    let asked = 0;
    const http = () =>
      Promise.resolve(Response.json({ error: refusals[asked++] }, { status: 400 }));
    const server = { ...SERVER, registration_endpoint: 'https://as.example/register' };
    await expect(register(http, server, SITE)).rejects.toMatchObject({
      detail: { reason: 'redirect_refused', redirectUri: SITE.redirectUri },
    });
    expect(asked).toBe(2);
  });

  it('is said in three ways at most, the last with the scope and the least that can be said (Z54)', async () => {
    const bodies: Record<string, unknown>[] = [];
    const http: Http = (_url, init) => {
      bodies.push(JSON.parse(String(init.body)) as Record<string, unknown>);
      return Promise.resolve(Response.json({ error: 'invalid_client_metadata' }, { status: 400 }));
    };
    const server = { ...SERVER, registration_endpoint: 'https://as.example/register' };
    await expect(register(http, server, SITE)).rejects.toMatchObject({
      detail: { reason: 'registration_refused' },
    });
    expect(bodies.map(({ scope }) => scope)).toEqual([undefined, undefined, 'read']);
    expect(bodies.map((body) => body['token_endpoint_auth_method'])).toEqual([
      'none',
      'client_secret_basic',
      'none',
    ]);
    expect(bodies[2]).not.toHaveProperty('application_type');
    expect(bodies[2]).toMatchObject({ grant_types: ['authorization_code'] });
  });

  it('names the scope from the start where the server is known to insist (Z54)', async () => {
    const scopes: unknown[] = [];
    const http: Http = (_url, init) => {
      scopes.push((JSON.parse(String(init.body)) as { scope?: unknown }).scope);
      return Promise.resolve(Response.json({ client_id: 'id' }));
    };
    const server = { ...SERVER, registration_endpoint: 'https://as.example/register' };
    const made = await register(http, server, { ...SITE, namesScope: true });
    expect([scopes, made.scope]).toEqual([['read'], 'read']);
  });

  it.each([
    [
      'says so in prose only (Cal.com)',
      400,
      { error: 'invalid_request', error_description: 'Invalid redirect_uri: not listed' },
      'redirect_refused',
    ],
    ['is asked too often', 429, { error: 'slow_down' }, 'too_many_requests'],
    ['has trouble of its own', 503, {}, 'provider_failed'],
    ['keeps a list of clients', 403, {}, 'registration_refused'],
  ])('of a server that %s is told as what it is (V12, X10)', async (_, status, body, reason) => {
    const http = () => Promise.resolve(Response.json(body, { status }));
    const server = { ...SERVER, registration_endpoint: 'https://as.example/register' };
    await expect(register(http, server, SITE)).rejects.toMatchObject({ detail: { reason } });
  });

  it('is not repeated where the server was not reached (R36)', async () => {
    let asked = 0;
    const http = () => {
      asked += 1;
      return Promise.resolve(new Response('<p>', { status: 502 }));
    };
    const server = { ...SERVER, registration_endpoint: 'https://as.example/register' };
    await expect(register(http, server, SITE)).rejects.toMatchObject({
      code: 'registration_failed',
    });
    expect(asked).toBe(1);
  });
});
