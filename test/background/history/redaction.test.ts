/** A trace shows what is known to be harmless, and nothing else (T-32). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Echoes } from '../../../src/background/history/echoes.ts';
import {
  redactAnswer,
  redactBody,
  redactCallback,
  redactError,
  redactHeaders,
  redactUrl,
  secretsOfRequest,
} from '../../../src/background/history/redaction.ts';
import { REDACTED } from '../../../src/shared/activity.ts';

const SECRET = 'marker-7f3a9c51';
const SECRET_PLACES = [
  'code',
  'code_verifier',
  'code_challenge',
  'state',
  'refresh_token',
  'access_token',
  'token',
  'client_secret',
  'client_assertion',
  'assertion',
  'id_token_hint',
  'login_hint',
  'nobody_has_thought_of_this',
];

describe('redaction', () => {
  it.each(SECRET_PLACES)('hides %s in a URL, a form, a JSON body and an answer (T-32)', (name) => {
    const query = new URLSearchParams({ [name]: SECRET, scope: 'notes:read' });
    const json = JSON.stringify({ [name]: SECRET, client_name: 'Grantkeeper' });
    const shown = [
      redactUrl(`https://as.example/auth?${query}`),
      redactBody(query),
      redactBody(json),
      JSON.stringify(redactAnswer(json)),
      JSON.stringify(redactCallback(`https://x.example/cb?${query}`)),
    ];
    expect(shown.join('\n')).not.toContain(SECRET);
    expect(shown.every((text) => text?.includes(name))).toBe(true);
  });

  it('hides credentials in headers and addresses, and keeps what is harmless (T-32)', () => {
    const headers = { authorization: `Basic ${SECRET}`, cookie: SECRET, accept: 'text/html' };
    expect(redactHeaders(headers)).toEqual({
      accept: 'text/html',
      authorization: REDACTED,
      cookie: REDACTED,
    });
    const url = redactUrl(`https://user:${SECRET}@as.example/p?resource=r#${SECRET}`);
    expect(url).toBe('https://as.example/p?resource=r');
  });

  it('hides every value whose name nobody has listed, whatever it is (T-32)', () => {
    const name = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `x${text}`);
    const members = fc.dictionary(name, fc.oneof(fc.constant(SECRET), fc.constant([SECRET])));
    fc.assert(
      fc.property(members, (secrets) => {
        const text = JSON.stringify({ ...secrets, scope: 'a' });
        return !JSON.stringify([redactAnswer(text), redactBody(text)]).includes(SECRET);
      }),
    );
  });

  it('hides a secret that the server repeats in a member that is shown (T-32)', () => {
    const answer = { access_token: SECRET, scope: `a ${SECRET}`, token_type: 'Bearer' };
    expect(redactAnswer(JSON.stringify(answer))).toEqual({
      access_token: REDACTED,
      scope: REDACTED,
      token_type: 'Bearer',
    });
  });

  it('shows registered error codes as they are, and any other text as the server’s words', () => {
    expect(redactAnswer('{"error":"invalid_grant"}')).toEqual({ error: 'invalid_grant' });
    expect(redactAnswer('{"error":"incorrect_client_credentials"}')).toEqual({
      error: '"incorrect_client_credentials"',
    });
  });

  it('takes what is no JSON, no form and no URL for a secret', () => {
    expect(redactAnswer('<html>')).toEqual({});
    expect(redactBody(SECRET)).toBe(REDACTED);
    expect(redactBody(new Blob([SECRET]))).toBe(REDACTED);
    expect(redactBody(undefined)).toBeUndefined();
    expect(redactUrl(SECRET)).toBe(REDACTED);
  });

  it('shows the issuer of a response exactly, and nothing else of it: not even an error (R65)', () => {
    const query = 'iss=https%3A%2F%2Fevil.example%3A443%2F&error=server_error&code=c';
    expect(redactCallback(`https://x.example/cb?${query}`)).toEqual({
      iss: 'https://evil.example:443/',
      error: REDACTED,
      code: REDACTED,
    });
    expect(redactCallback('https://x.example/cb?iss=https://a.example&iss=b')).toEqual({
      iss: 'https://a.example b',
    });
  });

  it('hides a secret that stands where the issuer or the error of a response would (T-32)', () => {
    const callback = `https://x.example/cb?code=${SECRET}&iss=https://${SECRET}.example&error=${SECRET}`;
    expect(redactCallback(callback)).toMatchObject({ iss: REDACTED });
    expect(redactError(callback)).toBe(REDACTED);
    expect(redactCallback(`https://x.example/cb?iss=${SECRET}`, new Echoes([SECRET]))).toEqual({
      iss: REDACTED,
    });
  });

  it('shows the error of a response that is the issuer’s own', () => {
    const told = (error: string) =>
      redactError(`https://x.example/cb?error=${error}&state=${SECRET}`);
    expect(told('access_denied')).toBe('access_denied');
    expect(told('interaction%20required%0Anow')).toBe('"interaction required now"');
  });
});

describe('an address', () => {
  it.each([
    'https://accounts.google.com',
    'https://accounts.google.com/',
    'HTTPS://Login.Example.NET:443/Realms/Main/',
    'https://as.example:8443/a//b/../c?resource=https://mcp.example/%7eX&scope=a+b%20c',
    'https://as.example/?',
    'http://127.0.0.1:9000',
  ])('is shown as it was sent, byte for byte: %s (P4)', (address) => {
    expect(redactUrl(address)).toBe(address);
    expect(redactAnswer(JSON.stringify({ issuer: address }))).toEqual({ issuer: address });
  });

  it('loses only the values of parameters that nobody has listed', () => {
    expect(redactUrl('https://As.example:443/a?state=x&scope=a+b&c%6Fde=y&flag&&z=1&z=2')).toBe(
      `https://As.example:443/a?state=${REDACTED}&scope=a+b&c%6Fde=${REDACTED}&flag=${REDACTED}&&z=${REDACTED}&z=${REDACTED}`,
    );
  });

  it.each([
    `https:////user:${SECRET}@as.example/p`,
    `https:/user:${SECRET}@as.example/p`,
    `https:\\\\user:${SECRET}@as.example/p`,
    `https://user:x@y:${SECRET}@as.example/p`,
    `https://user\\:${SECRET}@as.example`,
    `  https://user:${SECRET}@as.example/p`,
    `https://us\ter:${SECRET}@as.example/p`,
    `https://as.example/p?a=b\u202e${SECRET}`,
    `https://as.example/a\u202eb\u00a0c`,
    `https://as.example#${SECRET}`,
    `foo://user:${SECRET}@as.example/p`,
  ])('gives no credential away, however it is spelled: %j (T-32)', (address) => {
    const url = redactUrl(address);
    // Behind a backslash begins the path: what a server puts there, it has published.
    const isPath = new URL(address).pathname.includes(SECRET);
    expect(url.includes(SECRET)).toBe(isPath);
    expect(url).toMatch(/^[\x21-\x7e]*(‹redacted›)?$/);
  });
});

describe('an answer', () => {
  const shown = (answer: object, echoes?: Echoes) => redactAnswer(JSON.stringify(answer), echoes);

  it('shows the members of metadata that are known to be harmless (P6)', () => {
    const metadata = {
      jwks_uri: 'https://as.example/jwks',
      introspection_endpoint: 'https://as.example/introspect',
      userinfo_endpoint: 'https://as.example/userinfo',
      service_documentation: 'https://as.example/docs',
      pushed_authorization_request_endpoint: 'https://as.example/par',
      require_pushed_authorization_requests: true,
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
      id_token_signing_alg_values_supported: ['RS256'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
      dpop_bound_access_tokens_required: false,
      claims_parameter_supported: true,
      something_new_supported: ['a', 'b'],
      resource_name: 'Files of Example',
    };
    expect(Object.values(shown(metadata))).not.toContain(REDACTED);
    expect(shown(metadata)).toMatchObject({
      token_endpoint_auth_methods_supported: 'none client_secret_basic',
      require_pushed_authorization_requests: 'true',
      resource_name: 'Files of Example',
    });
  });

  it('takes a list that nobody has named for harmless only when it is made of short words', () => {
    expect(shown({ x_supported: ['a'.repeat(65)] })).toEqual({ x_supported: REDACTED });
    expect(shown({ x_supported: SECRET })).toEqual({ x_supported: REDACTED });
    expect(shown({ x_supported: [{ key: SECRET }] })).toEqual({ x_supported: REDACTED });
  });

  it('shows what a server did not like as its own words: in quotes, short, on one line (P6)', () => {
    const words = 'Bad\nresource\u202e "x"\u0007.\u2028 accepted: yes';
    expect(shown({ error: 'invalid_target', error_description: words })).toEqual({
      error: 'invalid_target',
      error_description: '"Bad resource \\"x\\". accepted: yes"',
    });
    const { error_description: long = '' } = shown({ error_description: 'word '.repeat(200) });
    expect(long.length).toBeLessThanOrEqual(503);
    expect(long.endsWith('…"')).toBe(true);
    expect(shown({ error_uri: 'https://as.example/errors?code=AADSTS9010010' })).toEqual({
      error_uri: '"https://as.example/errors?code=AADSTS9010010"',
    });
  });

  it.each([
    ['as it is', SECRET],
    ['in a sentence', `The code ${SECRET} is spent`],
    ['behind what is cut off', 'x'.repeat(495) + SECRET],
    ['with unseen characters in it', SECRET.replace('-', '-\u202e')],
    ['encoded for a URL', `https://as.example/e/${encodeURIComponent(SECRET).replace('-', '%2D')}`],
  ])('hides a secret of the same flow in the words of a server, %s (T-32)', (_name, words) => {
    for (const name of ['error', 'error_description', 'error_uri', 'resource_name', 'scope']) {
      expect(shown({ [name]: words }, new Echoes([SECRET]))).toEqual({ [name]: REDACTED });
      expect(shown({ [name]: words, deep: { down: [SECRET] } })[name]).toBe(REDACTED);
    }
  });

  it('hides it wherever there is room for one, though the server says much (T-32)', () => {
    const many = Object.fromEntries(
      Array.from({ length: 900 }, (_, i) => [`filler-${String(i)}`, `value-${String(i)}`]),
    );
    expect(shown({ error_description: SECRET, ...many, refresh_token: SECRET })).toMatchObject({
      error_description: REDACTED,
    });
  });
});

describe('the secrets of a request', () => {
  const basic = (password: string) => `Basic ${btoa(`client:${encodeURIComponent(password)}`)}`;

  it('are its code, verifier, tokens, client secret and state, wherever they stand (T-32)', () => {
    const secret = 's+e/c=r et-1234';
    const form = new URLSearchParams({ code: 'code-1234', code_verifier: 'verifier-1234' });
    form.set('refresh_token', 'refresh-1234');
    form.set('scope', 'files:read');
    const init = { method: 'POST', headers: { authorization: basic(secret) }, body: form };
    const secrets = secretsOfRequest('https://as.example/token?state=state-1234', init);
    expect(secrets).toEqual(
      expect.arrayContaining(['code-1234', 'verifier-1234', 'refresh-1234', 'state-1234', secret]),
    );
    expect(secrets).not.toContain('files:read');
    const json = JSON.stringify({ software_statement: 'statement-1', client_name: 'Grantkeeper' });
    expect(secretsOfRequest('https://as.example/register', { body: json })).toEqual([
      'statement-1',
    ]);
  });
});
