/** Revoking the tokens of a grant: each answer for itself (RFC 7009). */
import type { AuthorizationServer } from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import { revokeTokens } from '../../../src/background/oauth/revocation.ts';
import { NO_KNOWN_END as PROTOCOL_NO_KNOWN_END } from '../../../src/shared/facts/duration.ts';
import { NO_KNOWN_END } from '../../../src/shared/facts/duration.ts';
import type { Registration } from '../../../src/protocol/client-registration.ts';

const SERVER: AuthorizationServer = {
  issuer: 'https://as.example',
  revocation_endpoint: 'https://as.example/revoke',
};
const REGISTRATION: Registration = {
  clientId: 'c',
  authMethod: 'none',
  redirectUri: 'https://id.chromiumapp.org/cb',
  secretExpiresAt: 0,
};
const ENDS = 1_800_000_000_000;
const TOKEN = {
  accessToken: 'access',
  refreshToken: 'refresh',
  granted: [],
  assumed: false,
  obtainedAt: 0,
  expiresAt: ENDS,
};
const { refreshToken: _, ...ACCESS_ONLY } = TOKEN;

type Answer = () => Response | Promise<never>;
const ok: Answer = () => new Response('', { status: 200 });
const refused =
  (error: string, status = 400): Answer =>
  () =>
    Response.json({ error }, { status });
const offline: Answer = () => Promise.reject(new Error('offline'));

/** What comes of it, and which kinds of token were sent. */
async function revoke(answers: Record<string, Answer>, token: object = TOKEN) {
  const sent: string[] = [];
  const http = async (_url: string, init: RequestInit) => {
    const hint = (init.body as URLSearchParams).get('token_type_hint') ?? '';
    sent.push(hint);
    return answers[hint]!();
  };
  const grant = { server: SERVER, registration: REGISTRATION, token: token as typeof TOKEN };
  return { outcome: await revokeTokens(http, grant), sent };
}

describe('revocation', () => {
  it('is confirmed when both are: nothing lives on', async () => {
    const { outcome, sent } = await revoke({ refresh_token: ok, access_token: ok });
    expect(outcome).toEqual({ revocation: 'revoked' });
    expect(sent).toEqual(['refresh_token', 'access_token']);
  });

  it.each([
    ['unsupported_token_type (RFC 7009 §2.2.1)', refused('unsupported_token_type')],
    ['another refusal', refused('invalid_request')],
    ['a status without an error', () => new Response('', { status: 405 })],
    ['trouble (RFC 7009 §2.2.1)', () => new Response('', { status: 503 })],
    ['nothing at all', offline],
  ] as [string, Answer][])(
    'of the refresh token counts though the one of the access token is answered with %s (P2)',
    async (_name, answer) => {
      const { outcome } = await revoke({ refresh_token: ok, access_token: answer });
      expect(outcome).toEqual({ revocation: 'revoked', accessEndsAt: ENDS });
    },
  );

  it('without a known end says that there is none; it is the one of the protocol', async () => {
    const refused = { refresh_token: ok, access_token: offline };
    const token = { accessToken: 'a', refreshToken: 'r' };
    expect((await revoke(refused, token)).outcome).toMatchObject({ accessEndsAt: NO_KNOWN_END });
    expect(NO_KNOWN_END).toBe(PROTOCOL_NO_KNOWN_END);
  });

  it('of what there was of a useless answer sends what there is', async () => {
    const { outcome, sent } = await revoke({ refresh_token: ok }, { refreshToken: 'r' });
    expect([outcome, sent]).toEqual([{ revocation: 'revoked' }, ['refresh_token']]);
  });

  it('that fails for the refresh token is not confirmed, and goes no further', async () => {
    for (const answer of [
      refused('unsupported_token_type'),
      refused('invalid_client', 401),
      offline,
    ]) {
      const { outcome, sent } = await revoke({ refresh_token: answer, access_token: ok });
      expect(outcome).toEqual({ revocation: 'unconfirmed' });
      expect(sent).toEqual(['refresh_token']);
    }
  });

  it('of an access token alone that the server cannot do is said to be so, with its end', async () => {
    const unsupported = { access_token: refused('unsupported_token_type') };
    expect((await revoke(unsupported, ACCESS_ONLY)).outcome).toEqual({
      revocation: 'unsupported',
      accessEndsAt: ENDS,
    });
    expect((await revoke({ access_token: offline }, ACCESS_ONLY)).outcome).toEqual({
      revocation: 'unconfirmed',
    });
  });
});
