/** Dynamic client registration (RFC 7591): what the broker says of itself, and what it keeps of the answer. */
import type { Client, OmitSymbolProperties } from 'oauth4webapi';
import { BrokerError } from '../shared/errors.ts';

/** The broker as one authorization server knows it on behalf of one site (Z1). */
export interface Registration {
  clientId: string;
  clientSecret?: string;
  /** How the token endpoint is authenticated to: `none` unless the server gave a secret (RFC 7591 §3.2.1). */
  authMethod: 'none' | 'client_secret_basic' | 'client_secret_post';
  redirectUri: string;
  /** Milliseconds since the epoch; 0 is never (RFC 7591 §3.2.1). */
  secretExpiresAt: number;
}

/**
 * The body of a registration request. No `scope`: a server would bind the client to it, and every later
 * step-up would fail with `invalid_scope`. `web`, since our redirect URI is https (R33).
 * @param origin the site on whose behalf the broker registers; the server's consent page shows the name
 */
export function registrationRequest(origin: string, redirectUri: string) {
  return {
    client_name: `${new URL(origin).host} via Grantkeeper`,
    application_type: 'web',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}

/**
 * Reads a registration response that oauth4webapi has found well-formed.
 * @throws BrokerError `registration_failed` when the server registered another redirect URI than ours, or
 *   an authentication method that the broker does not have
 */
export function processRegistration(
  client: OmitSymbolProperties<Client>,
  redirectUri: string,
): Registration {
  const redirects = client['redirect_uris'];
  const ours =
    redirects === undefined || (Array.isArray(redirects) && redirects.includes(redirectUri));
  const secret = client['client_secret'];
  const declared = client['token_endpoint_auth_method'];
  const authMethod = declared ?? (secret ? 'client_secret_basic' : 'none');
  if (!ours || !isSupported(authMethod) || (authMethod !== 'none' && !secret)) {
    throw new BrokerError('registration_failed');
  }
  return {
    clientId: client.client_id,
    ...(typeof secret === 'string' && { clientSecret: secret }),
    authMethod,
    redirectUri,
    secretExpiresAt: Number(client['client_secret_expires_at'] ?? 0) * 1000,
  };
}

/** True when the registration can be used at `now` (ms). */
export function isUsable({ secretExpiresAt }: Registration, now: number): boolean {
  return secretExpiresAt === 0 || secretExpiresAt > now;
}

function isSupported(method: unknown): method is Registration['authMethod'] {
  return method === 'none' || method === 'client_secret_basic' || method === 'client_secret_post';
}
