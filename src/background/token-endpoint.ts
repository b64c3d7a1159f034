/**
 * The requests with authority: registration, code exchange, refresh, revocation. oauth4webapi builds and reads
 * the messages; where they may go was decided when the metadata was validated, so its own https rule, which
 * knows no loopback exception, is switched off here.
 */
import * as oauth from 'oauth4webapi';
import {
  processRegistration,
  registrationRequest,
  type Registration,
} from '../protocol/client-registration.ts';
import { processToken, type TokenExpectation, type TokenSet } from '../protocol/token.ts';
import { BrokerError, type ErrorCode } from '../shared/errors.ts';
import type { Disconnection } from '../shared/grant.ts';
import type { Grant, Http, RequestLimits } from './ports.ts';

const LIMITS: RequestLimits = { bytes: 65_536, milliseconds: 15_000 };

/** Every token request names the resource (R69), whether the server knows the parameter or not (R75). */
export interface Audience {
  server: oauth.AuthorizationServer;
  registration: Registration;
  resource: string;
}

/**
 * Registers the broker on behalf of one site (RFC 7591).
 * @throws BrokerError `registration_failed`, `network_error`
 */
export async function register(
  http: Http,
  server: oauth.AuthorizationServer,
  site: { origin: string; redirectUri: string },
): Promise<Registration> {
  if (!server.registration_endpoint) throw failed('registration_failed', server);
  const body = registrationRequest(site.origin, site.redirectUri);
  return attempt('registration_failed', server, async () => {
    const response = await oauth.dynamicClientRegistrationRequest(server, body, through(http));
    // RFC 7591 §3.2.1 says 201; servers that answer 200 are many, and the body tells the same.
    const { headers } = response;
    const created =
      response.status === 200 ? new Response(response.body, { status: 201, headers }) : response;
    const client = await oauth.processDynamicClientRegistrationResponse(created);
    return processRegistration(client, site.redirectUri);
  });
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

/**
 * Refreshes (RFC 6749 §6). No `scope` is sent: it could only narrow, and the user has consented to no more (B3).
 * @returns the new tokens, or why the server will never take this refresh token again
 * @throws BrokerError `token_failed`, `network_error`: neither says anything about the refresh token
 */
export async function refreshToken(
  http: Http,
  grant: Grant,
  expected: TokenExpectation,
): Promise<TokenSet | RefreshFault> {
  const { server, registration, resource } = grant;
  const client = clientOf(registration);
  try {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      authenticationOf(registration),
      grant.token?.refreshToken ?? '',
      { ...through(http), additionalParameters: { resource } },
    );
    const token = await oauth.processRefreshTokenResponse(server, client, response);
    return processToken(token, expected);
  } catch (error) {
    const code = error instanceof oauth.ResponseBodyError ? error.error : '';
    const fault = FINAL_FAULTS[code];
    if (fault) return fault;
    throw asBrokerError(error, 'token_failed', server);
  }
}

/** Revokes the tokens of a grant, refresh token first: without it nothing can be renewed (RFC 7009). */
export async function revokeTokens(
  http: Http,
  grant: Pick<Grant, 'server' | 'registration' | 'token'>,
): Promise<Disconnection['revocation']> {
  const { server, registration, token } = grant;
  if (!token) return 'nothing';
  if (!server.revocation_endpoint) return 'unsupported';
  const tokens = [
    { value: token.refreshToken, hint: 'refresh_token' },
    { value: token.accessToken, hint: 'access_token' },
  ];
  try {
    for (const { value, hint } of tokens) {
      if (value === undefined) continue;
      const client = clientOf(registration);
      const options = { ...through(http), additionalParameters: { token_type_hint: hint } };
      const authentication = authenticationOf(registration);
      const response = await oauth.revocationRequest(
        server,
        client,
        authentication,
        value,
        options,
      );
      await oauth.processRevocationResponse(response);
    }
    return 'revoked';
  } catch {
    return 'unconfirmed';
  }
}

function through(http: Http) {
  return {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (
      url: string,
      init: oauth.CustomFetchOptions<string, BodyInit | undefined>,
    ) => http(url, init as RequestInit, LIMITS),
  };
}

function clientOf({ clientId }: Registration): oauth.Client {
  return { client_id: clientId };
}

function authenticationOf({ authMethod, clientSecret = '' }: Registration): oauth.ClientAuth {
  if (authMethod === 'client_secret_basic') return oauth.ClientSecretBasic(clientSecret);
  if (authMethod === 'client_secret_post') return oauth.ClientSecretPost(clientSecret);
  return oauth.None();
}

async function attempt<T>(
  code: ErrorCode,
  server: oauth.AuthorizationServer,
  task: () => Promise<T>,
): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw asBrokerError(error, code, server);
  }
}

function asBrokerError(error: unknown, code: ErrorCode, server: oauth.AuthorizationServer) {
  return error instanceof BrokerError ? error : failed(code, server, error);
}

function failed(code: ErrorCode, server: oauth.AuthorizationServer, cause?: unknown): BrokerError {
  return new BrokerError(code, { detail: { host: new URL(server.issuer).host }, cause });
}
