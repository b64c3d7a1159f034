import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  normaliseRegistrationAnswer,
  normaliseTokenAnswer,
  presentMembers,
  readMembers,
  UNNAMED_ERROR,
} from '../../src/protocol/answer.ts';

const token = (members: object, status = 200) =>
  normaliseTokenAnswer({ status, members: readMembers(JSON.stringify(members)) });
const TOKENS = { access_token: 'at', token_type: 'Bearer' };

describe('the members of a body', () => {
  it('are those of a JSON object, without what is null (V8, X4)', () => {
    expect(readMembers('{"a":null,"b":"","c":0,"d":false}')).toEqual({ b: '', c: 0, d: false });
    expect(readMembers('\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  it.each(['', 'x', '[]', '[{"error":"e"}]', 'null', '"error"', '1', '<p>'])(
    'of %j there are none',
    (text) => {
      expect(readMembers(text)).toBeUndefined();
    },
  );

  it('are own members: none comes from a prototype (T-31)', () => {
    const members = presentMembers(JSON.parse('{"__proto__": {"access_token": "x"}}'));
    expect(members?.['access_token']).toBeUndefined();
  });
});

describe('a token answer (RFC 6749 §5.1)', () => {
  it.each<[string, object, object]>([
    ['without a type', { token_type: undefined }, { token_type: 'bearer' }],
    ['with an empty type', { token_type: '' }, { token_type: 'bearer' }],
    ['of the type user (Slack)', { token_type: 'User' }, { token_type: 'bearer' }],
    ['of another type', { token_type: 'mac' }, { token_type: 'mac' }],
    ['with nulls', { refresh_token: null, scope: null, expires_in: null }, {}],
    ['with empty members', { refresh_token: '', scope: '', expires_in: '' }, {}],
    ['with a list of scopes', { scope: ['a', 'b'] }, { scope: 'a b' }],
    ['with scopes that are none', { scope: [1] }, {}],
    ['with an end that is none', { expires_in: 'soon' }, {}],
    ['with an end as text', { expires_in: '3600' }, { expires_in: '3600' }],
    ['with a refresh token that is none', { refresh_token: 7 }, {}],
  ])('%s is taken as it was meant (Z50)', (_, change, expected) => {
    const { members } = token({ ...TOKENS, ...change });
    expect(JSON.parse(JSON.stringify(members))).toEqual({ ...TOKENS, ...expected });
  });

  it('of status 201 is one of 200 (V8)', () => {
    expect(token(TOKENS, 201).status).toBe(200);
  });

  it('loses its ID token unread, whatever it is (W2, Z46)', () => {
    for (const id_token of ['', 'x', 7, {}, 'a.b.c']) {
      expect(token({ ...TOKENS, id_token }).members).not.toHaveProperty('id_token');
    }
  });

  it.each<[object, number, string]>([
    [{ error: 'bad_verification_code' }, 200, 'bad_verification_code'],
    [{ ok: false, error: 'invalid_code' }, 200, 'invalid_code'],
    [{ ok: false }, 201, UNNAMED_ERROR],
    [{ error: { code: 7 } }, 200, UNNAMED_ERROR],
    [{ status: 'BAD_REFRESH_TOKEN' }, 400, UNNAMED_ERROR],
    [{ error: 'invalid_grant' }, 403, 'invalid_grant'],
  ])('that says no is an error with a code: %j with %i (V4)', (members, status, error) => {
    const mended = token(members, status);
    expect(mended.members).toMatchObject({ error });
    expect(mended.status).toBe(status < 300 ? 400 : status);
  });

  it('is never made of one that brings no token', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(200, 201, 400, 503),
        (members, status) => {
          const { access_token: _, ...rest } = members;
          expect(token(rest, status).members?.['access_token']).toBeUndefined();
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a registration answer (RFC 7591 §3.2.1)', () => {
  const registered = (members: object, status = 201) =>
    normaliseRegistrationAnswer({ status, members: presentMembers(members) });

  it.each<[string, object, object]>([
    [
      'a secret without an end',
      { client_secret: 's' },
      { client_secret: 's', client_secret_expires_at: 0 },
    ],
    [
      'a null end',
      { client_secret: 's', client_secret_expires_at: null },
      { client_secret: 's', client_secret_expires_at: 0 },
    ],
    [
      'an end as text',
      { client_secret: 's', client_secret_expires_at: '0' },
      { client_secret: 's', client_secret_expires_at: 0 },
    ],
    ['no secret, as null', { client_secret: null, redirect_uris: null }, {}],
    ['no secret, as nothing', { client_secret: '' }, {}],
  ])('with %s is taken as it was meant (X4, V8)', (_, change, expected) => {
    expect(registered({ client_id: 'id', ...change }, 200)).toEqual({
      status: 201,
      members: { client_id: 'id', ...expected },
    });
  });

  it('that says no beside status 200 is an error', () => {
    expect(registered({ error: 'access_denied' }, 200)).toMatchObject({ status: 400 });
  });
});
