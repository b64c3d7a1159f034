/** Dynamic client registration (RFC 7591): what the broker says of itself, and what it keeps of the answer. */
import type { AuthorizationServer, Client, OmitSymbolProperties } from 'oauth4webapi';
import { BrokerError, type FailureReason } from '../shared/errors.ts';
import { isClientAuthMethod, type ClientAuthMethod } from '../shared/facts/client-auth.ts';
import { compact } from '../shared/facts/compact.ts';

/** The broker as one authorization server knows it (Z1). */
export interface Registration {
  clientId: string;
  clientSecret?: string;
  /** `none` unless the server gave a secret (RFC 7591 §3.2.1). */
  authMethod: ClientAuthMethod;
  redirectUri: string;
  /** Milliseconds since the epoch; 0 is never (RFC 7591 §3.2.1). */
  secretExpiresAt: number;
  /**
   * Where it comes from when every site uses the same one: the user's settings, or the client id metadata
   * document. Absent: registered dynamically, for one site.
   */
  shared?: 'pre-registered' | 'document';
  /** The scope that it was registered with, space-separated; absent when none was named. */
  scope?: string;
  /** When it was made; milliseconds since the epoch. Absent in those of earlier versions. */
  madeAt?: number;
}

/** What varies in a registration request; undefined members are left out. */
export interface RegistrationForm {
  authMethod: ClientAuthMethod;
  applicationType?: 'web' | 'native' | undefined;
  grantTypes: readonly string[];
  /** Space-separated. Named only to servers that insist: they hold the client to it (Z54). */
  scope?: string | undefined;
}

/** Registrations tried for one site before it is given up. */
const MAX_FORMS = 3;

/**
 * What to register as. A public client, unless the server's metadata says that it has no such thing (RFC 8414 §2);
 * `web` where our redirect URI is https (R33); with a refresh token, unless the metadata lists grant types without it.
 * @param scope named from the start to a server that is known to insist
 */
export function registrationForm(
  server: Pick<
    AuthorizationServer,
    'token_endpoint_auth_methods_supported' | 'grant_types_supported'
  >,
  scope?: string,
  applicationType: 'web' | 'native' = 'web',
): RegistrationForm {
  const supported = server.token_endpoint_auth_methods_supported?.filter(isClientAuthMethod) ?? [];
  const secret = supported.find((method) => method !== 'none');
  const needsSecret = secret !== undefined && !supported.includes('none');
  return {
    authMethod: needsSecret ? secret : 'none',
    applicationType,
    grantTypes: ['authorization_code', 'refresh_token'],
    scope,
  };
}

/** What a server said of a registration that it refused (RFC 7591 §3.2.2). */
export interface RegistrationRefusal {
  /** HTTP status. */
  status: number;
  error: string;
  /** What it says in prose, for finding out what it is about; never shown. */
  description: string;
  /** The whole of the answer, for the same. */
  body: string;
}

/** Statuses with which a server refuses what it was told, as opposed to whom. */
const ABOUT_THE_FORM = [400, 422];

/**
 * The form to try next after a refusal (R36), or undefined when nothing is left that could be said differently. Some
 * servers let `web` clients have no redirect host but their own, yet take the claimed https URIs of native ones
 * (RFC 8252 §7.2); some know no public clients, want to know the scope, or refuse what they do not know, and say so in
 * prose at best.
 * @param tried the forms that were refused, in order
 * @param scope what will be asked for, space-separated; empty when nothing is named
 */
export function adjustedForm(
  tried: readonly RegistrationForm[],
  refusal: RegistrationRefusal,
  scope: string,
): RegistrationForm | undefined {
  const [first] = tried;
  const last = tried.at(-1);
  if (!first || !last || tried.length >= MAX_FORMS) return undefined;
  const isNative = last.applicationType === 'native';
  // What comes after that is about the type that was changed.
  if (isNative && first.applicationType !== 'native') return undefined;
  if (isAboutRedirect(refusal))
    return isNative ? undefined : { ...last, applicationType: 'native' };
  if (!ABOUT_THE_FORM.includes(refusal.status)) return undefined;
  const { body } = refusal;
  const withScope = { ...first, scope: scope || undefined };
  const changed: RegistrationForm[] = [
    ...(/scope/i.test(body) && scope ? [withScope] : []),
    ...(/application_type/i.test(body) ? [{ ...first, applicationType: undefined }] : []),
    ...(/grant_type|refresh_token/i.test(body)
      ? [{ ...first, grantTypes: ['authorization_code'] }]
      : []),
    ...(first.authMethod === 'none'
      ? [{ ...first, authMethod: 'client_secret_basic' as const }]
      : []),
    // The least that can be said, and the scope.
    { ...withScope, applicationType: undefined, grantTypes: ['authorization_code'] },
  ];
  return changed.find((form) => !tried.some((one) => isSameForm(one, form)));
}

/** True when a refusal is about the redirect URI, by its code or only in prose, as many servers say it. */
export function isAboutRedirect({
  error,
  description,
}: Pick<RegistrationRefusal, 'error' | 'description'>): boolean {
  return error === 'invalid_redirect_uri' || /(?:redirect|callback)[ _-]?ur[il]/i.test(description);
}

function isSameForm(one: RegistrationForm, other: RegistrationForm): boolean {
  return (
    JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
  );
}

/**
 * The body of a registration request. No `scope` at first: a server would bind the client to it, and every later
 * step-up would fail with `invalid_scope`.
 * @param origin the site on whose behalf the broker registers; the server's consent page shows the name
 */
export function registrationRequest(origin: string, redirectUri: string, form: RegistrationForm) {
  const { applicationType, scope } = form;
  return compact({
    client_name: `${new URL(origin).host} via Grantkeeper`,
    application_type: applicationType,
    redirect_uris: [redirectUri],
    grant_types: [...form.grantTypes],
    response_types: ['code'],
    token_endpoint_auth_method: form.authMethod,
    scope,
  });
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
  // Servers echo a default method beside no secret; what cannot authenticate is a public client.
  const named = declared ?? 'client_secret_basic';
  if (!isClientAuthMethod(named)) throw refused('registration_refused');
  const authMethod = secret ? named : 'none';
  return {
    clientId: client.client_id,
    ...(typeof secret === 'string' && { clientSecret: secret }),
    authMethod,
    redirectUri,
    secretExpiresAt: Number(client['client_secret_expires_at'] ?? 0) * 1000,
  };
}

/** The scopes that a client was registered with; none where none were named. */
export function registeredScopes(registration: Pick<Registration, 'scope'> | undefined): string[] {
  return registration?.scope?.split(' ') ?? [];
}

/** True when the registration can be used at `now` (ms). */
export function isUsable({ secretExpiresAt }: Registration, now: number): boolean {
  return secretExpiresAt === 0 || secretExpiresAt > now;
}

function refused(reason: FailureReason): BrokerError {
  return new BrokerError('registration_failed', { detail: { reason } });
}
