import { describe, expect, it } from 'vitest';
import { register } from '../../src/background/registration-endpoint.ts';

const SERVER = { issuer: 'https://as.example' };
const SITE = { origin: 'https://client.example', redirectUri: 'https://x.example/cb' };
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
      detail: { reason: 'redirect_refused' },
    });
    expect(asked).toBe(2);
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
