/** The revocation endpoint (RFC 7009), and when not to use it. */
import * as oauth from 'oauth4webapi';
import type { TokenSet } from '../../protocol/token.ts';
import { NO_KNOWN_END } from '../../shared/facts/duration.ts';
import type { Disconnection } from '../../shared/grant-view.ts';
import type { Http, Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';
import { authenticationOf, clientOf, fetchOptions } from './endpoint.ts';
import { findSharers } from './shared-client.ts';

/** Revokes tokens that are not needed any more, unless that could end the access of other sites. */
export async function revokeAlone(
  ports: Pick<Ports, 'store' | 'http'>,
  grant: Pick<Grant, 'origin' | 'server' | 'registration' | 'token'>,
): Promise<Disconnection> {
  const sharers = await findSharers(ports, grant);
  if (sharers.length === 0) return revokeTokens(ports.http, grant);
  const sharedWith = [...new Set(sharers.map(({ origin }) => origin))];
  return { revocation: 'shared', sharedWith };
}

/** What can be revoked: the tokens of a grant, or what there was of an answer that cannot be used. */
type RevocableTokens = Partial<Pick<TokenSet, 'accessToken' | 'refreshToken' | 'expiresAt'>>;

/**
 * Revokes the tokens of a grant, refresh token first: without it nothing can be renewed (RFC 7009). Each is judged
 * for itself: a server with self-contained access tokens confirms the one, and cannot do the other (§2.2.1).
 */
export async function revokeTokens(
  http: Http,
  grant: Pick<Grant, 'server' | 'registration'> & { token?: RevocableTokens },
): Promise<Disconnection> {
  const { server, registration, token } = grant;
  if (!token) return { revocation: 'nothing' };
  if (!server.revocation_endpoint) return { revocation: 'unsupported' };
  const { accessToken, refreshToken: held, expiresAt: accessEndsAt = NO_KNOWN_END } = token;
  const revoke = async (value: string, hint: string) => {
    const options = { ...fetchOptions(http), additionalParameters: { token_type_hint: hint } };
    const authentication = authenticationOf(registration);
    const client = clientOf(registration);
    const response = await oauth.revocationRequest(server, client, authentication, value, options);
    await oauth.processRevocationResponse(response);
  };
  try {
    if (held !== undefined) await revoke(held, 'refresh_token');
  } catch {
    return { revocation: 'unconfirmed' };
  }
  try {
    if (accessToken !== undefined) await revoke(accessToken, 'access_token');
    return { revocation: 'revoked' };
  } catch (error) {
    if (held !== undefined) return { revocation: 'revoked', accessEndsAt };
    const code = error instanceof oauth.ResponseBodyError ? error.error : '';
    if (code === 'unsupported_token_type') return { revocation: 'unsupported', accessEndsAt };
    return { revocation: 'unconfirmed' };
  }
}
