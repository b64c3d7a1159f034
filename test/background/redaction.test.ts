/** A trace shows what is known to be harmless, and nothing else (T-32). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  redactAnswer,
  redactBody,
  redactCallback,
  redactHeaders,
  redactUrl,
} from '../../src/background/redaction.ts';
import { REDACTED } from '../../src/shared/activity.ts';

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

  it('shows registered error codes, and no other text of a server as one', () => {
    expect(redactAnswer('{"error":"invalid_grant","error_description":"x"}')).toEqual({
      error: 'invalid_grant',
      error_description: REDACTED,
    });
    expect(redactAnswer('{"error":"invalid_grant now"}')).toEqual({ error: REDACTED });
  });

  it('takes what is no JSON, no form and no URL for a secret', () => {
    expect(redactAnswer('<html>')).toEqual({});
    expect(redactBody(SECRET)).toBe(REDACTED);
    expect(redactBody(new Blob([SECRET]))).toBe(REDACTED);
    expect(redactBody(undefined)).toBeUndefined();
    expect(redactUrl(SECRET)).toBe(REDACTED);
  });

  it('shows no value of a response, whoever sent it (R65)', () => {
    expect(redactCallback('https://x.example/cb?iss=https://evil.example&error=x')).toEqual({
      iss: REDACTED,
      error: REDACTED,
    });
  });
});
