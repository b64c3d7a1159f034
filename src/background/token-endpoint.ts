/** The token and revocation endpoints: code exchange, refresh, revocation (RFC 6749, RFC 7009). */
import * as oauth from 'oauth4webapi';
import type { Registration } from '../protocol/client-registration.ts';
import { formatScope } from '../protocol/scope.ts';
import { processToken, type TokenExpectation, type TokenSet } from '../protocol/token.ts';
import type { Disconnection } from '../shared/grant.ts';
import { asBrokerError, attempt, authenticationOf, clientOf, through } from './endpoint.ts';
import type { Grant, Http } from './ports.ts';

/** Every token request names the resource (R69), whether the server knows the parameter or not (R75). */
export interface Audience {
  server: oauth.AuthorizationServer;
  registration: Registration;
  resource: string;
}

/**
 * Exchanges the code of a response that has passed `findResponseFault` (OAuth 2.1 §4.1.3).
 * @throws BrokerError `token_failed`, `network_error`
 */
export async function exchangeCode(
  http: Http,
  audience: Audience,
  code: { callback: string; state: string; verifier: string },
  expected: TokenExpectation,
): Promise<TokenSet> {
  const { server, registration, resource } = audience;
  return attempt('token_failed', server, async () => {
    const client = clientOf(registration);
    const parameters = new URL(code.callback).searchParams;
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authenticationOf(registration),
      oauth.validateAuthResponse(server, client, parameters, code.state),
      registration.redirectUri,
      code.verifier,
      { ...through(http), additionalParameters: { resource } },
    );
    const token = await oauth.processAuthorizationCodeResponse(server, client, response);
    return processToken(token, expected);
  });
}

/** How a refresh ended when it brought no token. */
export type RefreshFault = 'invalid_grant' | 'invalid_client';

/** Errors after which the same refresh token will never do (RFC 6749 §5.2, RFC 8707 §2). */
const FINAL_FAULTS: Partial<Record<string, RefreshFault>> = {
  invalid_grant: 'invalid_grant',
  invalid_scope: 'invalid_grant',
  invalid_target: 'invalid_grant',
  unsupported_grant_type: 'invalid_grant',
  invalid_client: 'invalid_client',
  unauthorized_client: 'invalid_client',
};

/** Errors that may mean nothing but a missing `scope`. */
const SCOPE_FAULTS = ['invalid_request', 'invalid_scope'];

/**
 * Refreshes (RFC 6749 §6). No `scope` is sent: it could only narrow, and the user has consented to no more (B3).
 * To a server that insists on one, exactly the granted scopes are named.
 * @param scopes what to name, when the server is known to insist
 * @returns the new tokens, or why the server will never take this refresh token again; `scope_wanted` when it
 *   may, with a scope
 * @throws BrokerError `token_failed`, `network_error`: neither says anything about the refresh token
 */
export async function refreshToken(
  http: Http,
  grant: Grant,
  expected: TokenExpectation,
  scopes?: readonly string[],
): Promise<TokenSet | RefreshFault | 'scope_wanted'> {
  const { server, registration, resource } = grant;
  const client = clientOf(registration);
  const scope = scopes && { scope: formatScope(scopes) };
  try {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      authenticationOf(registration),
      grant.token?.refreshToken ?? '',
      { ...through(http), additionalParameters: { resource, ...scope } },
    );
    const token = await oauth.processRefreshTokenResponse(server, client, response);
    return processToken(token, expected);
  } catch (error) {
    const code = error instanceof oauth.ResponseBodyError ? error.error : '';
    const unnamed = !scope && grant.token?.granted.length;
    if (unnamed && SCOPE_FAULTS.includes(code)) return 'scope_wanted';
    const fault = FINAL_FAULTS[code];
    if (fault) return fault;
    throw asBrokerError(error, 'token_failed', server);
  }
}

/**
 * Revokes the tokens of a grant, refresh token first: without it nothing can be renewed (RFC 7009). Each is judged
 * for itself: a server with self-contained access tokens confirms the one, and cannot do the other (§2.2.1).
 */
export async function revokeTokens(
  http: Http,
  grant: Pick<Grant, 'server' | 'registration' | 'token'>,
): Promise<Disconnection> {
  const { server, registration, token } = grant;
  if (!token) return { revocation: 'nothing' };
  if (!server.revocation_endpoint) return { revocation: 'unsupported' };
  const { accessToken, refreshToken: held, expiresAt: accessEndsAt } = token;
  const revoke = async (value: string, hint: string) => {
    const options = { ...through(http), additionalParameters: { token_type_hint: hint } };
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
    await revoke(accessToken, 'access_token');
    return { revocation: 'revoked' };
  } catch (error) {
    if (held !== undefined) return { revocation: 'revoked', accessEndsAt };
    const code = error instanceof oauth.ResponseBodyError ? error.error : '';
    if (code === 'unsupported_token_type') return { revocation: 'unsupported', accessEndsAt };
    return { revocation: 'unconfirmed' };
  }
}
