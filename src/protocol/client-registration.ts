/** Dynamic client registration (RFC 7591): what the broker says of itself, and what it keeps of the answer. */
import type { Client, OmitSymbolProperties } from 'oauth4webapi';
import { BrokerError, type FailureReason } from '../shared/errors.ts';

/** How the token endpoint is authenticated to (RFC 6749 §2.3.1). */
export type AuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post';

/** The broker as one authorization server knows it (Z1). */
export interface Registration {
  clientId: string;
  clientSecret?: string;
  /** `none` unless the server gave a secret (RFC 7591 §3.2.1). */
  authMethod: AuthMethod;
  redirectUri: string;
  /** Milliseconds since the epoch; 0 is never (RFC 7591 §3.2.1). */
  secretExpiresAt: number;
  /**
   * Where it comes from when every site uses the same one: the user's settings, or the client id metadata
   * document. Absent: registered dynamically, for one site.
   */
  shared?: 'pre-registered' | 'document';
}

/** What varies in a registration request. */
export interface RegistrationForm {
  authMethod: AuthMethod;
  applicationType: 'web' | 'native';
}

/**
 * What to register as. A public client, unless the server's metadata says that it has no such thing
 * (RFC 8414 §2); `web`, since our redirect URI is https (R33).
 */
export function registrationForm(methods: readonly string[] | undefined): RegistrationForm {
  const supported = methods?.filter(isSupported) ?? [];
  const secret = supported.find((method) => method !== 'none');
  const needsSecret = secret !== undefined && !supported.includes('none');
  return { authMethod: needsSecret ? secret : 'none', applicationType: 'web' };
}

/**
 * The form to try once more with after a refusal (R36), or undefined when nothing could be said differently.
 * Some servers let `web` clients have no redirect host but their own, yet take the claimed https URIs of native
 * ones (RFC 8252 §7.2); some know no public clients and do not say so.
 * @param error as the server named it (RFC 7591 §3.2.2)
 */
export function adjustedForm(
  form: RegistrationForm,
  error: string | undefined,
): RegistrationForm | undefined {
  if (error === 'invalid_redirect_uri') return { ...form, applicationType: 'native' };
  if (error === 'invalid_client_metadata' && form.authMethod === 'none') {
    return { ...form, authMethod: 'client_secret_basic' };
  }
  return undefined;
}

/**
 * The body of a registration request. No `scope`: a server would bind the client to it, and every later
 * step-up would fail with `invalid_scope`.
 * @param origin the site on whose behalf the broker registers; the server's consent page shows the name
 */
export function registrationRequest(
  origin: string,
  redirectUri: string,
  form: RegistrationForm = registrationForm(undefined),
) {
  return {
    client_name: `${new URL(origin).host} via Grantkeeper`,
    application_type: form.applicationType,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: form.authMethod,
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
  if (!ours) throw refused('redirect_refused');
  const secret = client['client_secret'];
  const declared = client['token_endpoint_auth_method'];
  const authMethod = declared ?? (secret ? 'client_secret_basic' : 'none');
  if (!isSupported(authMethod) || (authMethod !== 'none' && !secret)) {
    throw refused('registration_refused');
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

function isSupported(method: unknown): method is AuthMethod {
  return method === 'none' || method === 'client_secret_basic' || method === 'client_secret_post';
}

function refused(reason: FailureReason): BrokerError {
  return new BrokerError('registration_failed', { detail: { reason } });
}
