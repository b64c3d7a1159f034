import { describe, expect, it } from 'vitest';
import {
  isUsable,
  processRegistration,
  registrationForm,
  registrationRequest,
} from '../../src/protocol/client-registration.ts';
import { codeOf } from './code-of.ts';

const ORIGIN = 'https://client.example';
const REDIRECT = 'https://abcdef.chromiumapp.org/cb/0123456789abcdef';
const NOW = 1_800_000_000_000;
type Answer = Parameters<typeof processRegistration>[0];
const read = (answer: Partial<Answer> = {}) =>
  processRegistration({ client_id: 'id', ...answer }, REDIRECT);
const refusal = (answer: Partial<Answer>) => codeOf(() => read(answer));

describe('what the broker says of itself (RFC 7591 §2)', () => {
  const FORM = registrationForm({});
  const request = registrationRequest(ORIGIN, REDIRECT, FORM);

  it('is a web application, since its redirect URI is https (R32, R33, R84)', () => {
    expect(request.application_type).toBe('web');
    expect(request.redirect_uris).toEqual([REDIRECT]);
  });

  it('says that it refreshes (R42)', () => {
    expect(request.grant_types).toEqual(['authorization_code', 'refresh_token']);
    expect(request.response_types).toEqual(['code']);
  });

  it('names no scope: later step-ups would be bound to it (B5)', () => {
    expect(request).not.toHaveProperty('scope');
  });

  it('is a public client and offers no keys or URLs to fetch (R29, T-27)', () => {
    expect(request.token_endpoint_auth_method).toBe('none');
    expect(Object.keys(request).filter((key) => /uri$|jwks|contacts|logo/.test(key))).toEqual([]);
  });

  it('names the site by its host as the browser attests it (T-02, T-17)', () => {
    expect(registrationRequest('http://localhost:3000', REDIRECT, FORM).client_name).toContain(
      'localhost:3000',
    );
    expect(request.client_name).toContain('client.example');
    expect(
      registrationRequest('https://b\u00fccher.example', REDIRECT, FORM).client_name,
    ).toContain('xn--bcher-kva.example');
  });
});

describe('what the broker keeps of the answer (RFC 7591 §3.2.1)', () => {
  it('keeps the client id and its own redirect URI (R91, R37)', () => {
    expect(read({ redirect_uris: [REDIRECT], client_name: 'x', scope: 'admin' })).toEqual({
      clientId: 'id',
      authMethod: 'none',
      redirectUri: REDIRECT,
      secretExpiresAt: 0,
    });
  });

  it('accepts an answer that repeats no redirect URIs, or more than ours (R91, T-45)', () => {
    expect(refusal({})).toBeUndefined();
    expect(refusal({ redirect_uris: ['https://other.example/', REDIRECT] })).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['another', ['https://evil.example/']],
    ['none', []],
    ['ours with a slash', [`${REDIRECT}/`]],
    ['ours in upper case', [REDIRECT.toUpperCase()]],
    ['ours as a string', REDIRECT],
    ['ours inside an array', [[REDIRECT]]],
    ['an object', { includes: REDIRECT }],
    ['null', null],
  ])('refuses an answer whose redirect URIs are %s (R91, T-45, F6)', (_, redirect_uris) => {
    expect(refusal({ redirect_uris } as Partial<Answer>)).toBe('registration_failed');
  });

  it.each([
    ['none', undefined, 'none'],
    ['none', 'secret', 'none'],
    ['client_secret_basic', 'secret', 'client_secret_basic'],
    ['client_secret_post', 'secret', 'client_secret_post'],
    [undefined, 'secret', 'client_secret_basic'],
    [undefined, undefined, 'none'],
  ])(
    'reads the method %s with the secret %s as %s (RFC 7591 §2, §3.2.1)',
    (method, client_secret, expected) => {
      const registration = read({
        ...(method && { token_endpoint_auth_method: method }),
        ...(client_secret && { client_secret }),
      });
      expect(registration.authMethod).toBe(expected);
      expect(registration.clientSecret).toBe(client_secret);
    },
  );

  it('is a public client where a method needs a secret and there is none (Z50)', () => {
    const methods = ['client_secret_basic', 'client_secret_post'];
    const answers = methods.flatMap((token_endpoint_auth_method) => [
      { token_endpoint_auth_method },
      { token_endpoint_auth_method, client_secret: '' },
    ]);
    expect(answers.map((answer) => read(answer).authMethod)).toEqual(answers.map(() => 'none'));
  });

  it('refuses methods that the broker does not have (R29, F6)', () => {
    const methods = ['private_key_jwt', 'client_secret_jwt', 'tls_client_auth', 'NONE', ''];
    const answers = methods.map((token_endpoint_auth_method) => ({
      token_endpoint_auth_method,
      client_secret: 'secret',
    }));
    expect(answers.map(refusal)).toEqual(answers.map(() => 'registration_failed'));
  });

  it('fails without a word of the answer in the error (R35, D12, T-32)', () => {
    const failing = () => read({ redirect_uris: ['https://secret-marker.example'] });
    expect(failing).not.toThrow(/secret-marker/);
    expect(failing).toThrow(expect.objectContaining({ detail: { reason: 'redirect_refused' } }));
  });
});

describe('the life of a secret (RFC 7591 §3.2.1, T-45)', () => {
  const expiring = (client_secret_expires_at: number) =>
    read({ client_secret: 'secret', client_secret_expires_at });

  it('has no end when it says 0 or nothing (RFC 7591 §3.2.1)', () => {
    expect(isUsable(expiring(0), NOW)).toBe(true);
    expect(isUsable(read({ client_secret: 'secret' }), NOW)).toBe(true);
  });

  it('ends at its second (T-45)', () => {
    const registration = expiring(NOW / 1000 + 10);
    expect(registration.secretExpiresAt).toBe(NOW + 10_000);
    expect(isUsable(registration, NOW + 9999)).toBe(true);
    expect(isUsable(registration, NOW + 10_000)).toBe(false);
  });

  it('is over when what it says is in the past or unreadable (T-45)', () => {
    expect(isUsable(expiring(1), NOW)).toBe(false);
    expect(isUsable(expiring(-1), NOW)).toBe(false);
    expect(isUsable(expiring(NaN), NOW)).toBe(false);
  });
});
