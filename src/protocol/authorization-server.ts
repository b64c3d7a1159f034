/** Authorization server metadata (RFC 8414, OpenID Connect Discovery): where to look, and what to believe. */
import type { AuthorizationServer } from 'oauth4webapi';
import * as v from 'valibot';
import { serverFault, type ErrorCode, type FailureReason } from '../shared/errors.ts';
import { compact } from '../shared/facts/compact.ts';
import type { UrlPolicy } from '../shared/facts/allowed-url.ts';
import { isSameIssuer } from '../shared/facts/issuer-syntax.ts';
import type { Override } from '../shared/facts/override.ts';
import { Flag, presentMembers } from './answer.ts';
import { parseAllowedUrl } from './url-policy.ts';

/** A member that may be left out: of another type it is as good as absent (Z50). */
const optional = <T extends v.GenericSchema>(schema: T) =>
  v.optional(v.fallback(v.optional(schema), undefined));
const Strings = v.array(v.string());

const Document = v.object({
  issuer: v.string(),
  authorization_endpoint: v.string(),
  token_endpoint: v.string(),
  registration_endpoint: optional(v.string()),
  revocation_endpoint: optional(v.string()),
  scopes_supported: optional(Strings),
  // Never dropped: without it only the user lets the broker go on, so that a wrong type is better refused in other words.
  code_challenge_methods_supported: v.optional(Strings),
  token_endpoint_auth_methods_supported: optional(Strings),
  grant_types_supported: optional(Strings),
  prompt_values_supported: optional(Strings),
  dpop_signing_alg_values_supported: optional(Strings),
  authorization_response_iss_parameter_supported: Flag,
  require_pushed_authorization_requests: optional(v.unknown()),
  client_id_metadata_document_supported: optional(v.unknown()),
});

/** The endpoints whose origins the broker talks to, as metadata members. */
const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
] as const;

/** The endpoints without which there is no sign-in. */
const NEEDED = ['authorization_endpoint', 'token_endpoint'] as const;

/** The well-known URLs of an issuer, in the order that the MCP specification asks for (R14, R15). */
export function authorizationServerUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  // RFC 8414 §3.1: a terminating "/" is removed before the well-known part is inserted.
  const path = pathname.replace(/\/$/, '');
  const oauth = `${origin}/.well-known/oauth-authorization-server${path}`;
  const openid = `${origin}/.well-known/openid-configuration${path}`;
  if (path === '') return [oauth, openid];
  return [oauth, openid, `${origin}${path}/.well-known/openid-configuration`];
}

/**
 * Reads a metadata document fetched for `issuer`. The result is what oauth4webapi takes; its issuer is spelled as the
 * document spells it ({@link isSameIssuer}). One without `code_challenge_methods_supported` is read; that nobody goes on
 * with it unasked is for {@link isUnprotected}'s callers to see to (Z53).
 * @param called the other name that the document may give itself, as the user has said; the issuer stays what it is
 * @throws BrokerError `issuer_mismatch` when the document is another issuer's (RFC 8414 §3.3), `pkce_unsupported` when
 *   others than S256 are advertised (R86–R89), `policy_blocked` when an endpoint that is needed may not be contacted,
 *   `authorization_failed` when the server takes pushed requests only, `discovery_failed` when it is malformed
 */
export function parseAuthorizationServer(
  json: unknown,
  issuer: string,
  policy: UrlPolicy,
  called?: string,
): AuthorizationServer {
  const failed = (code: ErrorCode, reason: FailureReason) => serverFault(code, issuer, reason);
  const document = v.safeParse(Document, presentMembers(json));
  if (!document.success) throw failed('discovery_failed', 'malformed_server_metadata');
  const metadata = document.output;
  const isOwn = isSameIssuer(metadata.issuer, issuer);
  if (!isOwn && metadata.issuer !== called) throw failed('issuer_mismatch', 'other_issuer');
  const { code_challenge_methods_supported: methods } = metadata;
  if (methods && !methods.includes('S256')) throw failed('pkce_unsupported', 'no_pkce');
  // Said before a window opens in which it could only fail (RFC 9126 §5).
  if (metadata.require_pushed_authorization_requests === true) {
    throw failed('authorization_failed', 'par_required');
  }
  for (const endpoint of NEEDED) parseAllowedUrl(metadata[endpoint], policy);
  // The provider that names itself in a response is the one that gets its codes and tokens, and nobody else (Z53).
  const isAtHome = (url?: string) => isOwn || URL.parse(url ?? '')?.origin === originOf(called);
  if (!isAtHome(metadata.token_endpoint)) throw failed('issuer_mismatch', 'other_issuer');
  const { revocation_endpoint: revocation } = metadata;
  const { require_pushed_authorization_requests: _, ...rest } = metadata;
  const usable = {
    ...rest,
    registration_endpoint: allowedOrAbsent(metadata.registration_endpoint, policy),
    revocation_endpoint: isAtHome(revocation) ? allowedOrAbsent(revocation, policy) : undefined,
  };
  return {
    ...(compact(usable) as Partial<AuthorizationServer>),
    // What is kept of a provider, clients and tokens among it, is kept by the name that the server gave.
    issuer: isOwn ? metadata.issuer : issuer,
    ...(!isOwn && { called_issuer: metadata.issuer }),
    authorization_response_iss_parameter_supported:
      metadata.authorization_response_iss_parameter_supported === true,
    client_id_metadata_document_supported: metadata.client_id_metadata_document_supported === true,
  };
}

function originOf(url = ''): string {
  return new URL(url).origin;
}

/** True for a provider that doesn't say that it protects codes: only the user lets the broker go on (Z53). */
export function isUnprotected({ code_challenge_methods_supported: methods }: AuthorizationServer) {
  return methods === undefined;
}

/** The name that a provider gives itself in its responses (RFC 9207): its issuer, unless the user has said otherwise. */
export function nameInResponses({ issuer, called_issuer: called }: AuthorizationServer): string {
  return typeof called === 'string' ? called : issuer;
}

/**
 * The provider that publishes nothing, at the addresses that the user has typed in for it (Z53).
 * @throws BrokerError `policy_blocked` when one of them may not be contacted from here
 */
export function authorizationServerByHand(
  { issuer, authorizationEndpoint = '', tokenEndpoint = '' }: Override,
  policy: UrlPolicy,
): AuthorizationServer {
  for (const endpoint of [authorizationEndpoint, tokenEndpoint]) parseAllowedUrl(endpoint, policy);
  return {
    issuer,
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: tokenEndpoint,
    by_hand: true,
    authorization_response_iss_parameter_supported: false,
    client_id_metadata_document_supported: false,
  };
}

/** True for one of {@link authorizationServerByHand}. */
export function isByHand({ by_hand: isTyped }: AuthorizationServer): boolean {
  return isTyped === true;
}

/** Of a document that was found good what {@link parseAuthorizationServer} reads; the rest is nobody's to store. */
export function keepAuthorizationServer(json: unknown): object {
  const document = v.parse(Document, presentMembers(json));
  // Never more than a yes, whatever stood there.
  const isTrue = (member: unknown) => member === true || undefined;
  return compact({
    ...document,
    require_pushed_authorization_requests: isTrue(document.require_pushed_authorization_requests),
    client_id_metadata_document_supported: isTrue(document.client_id_metadata_document_supported),
  });
}

/** What may not be contacted is not used; nothing that protects is lost with it. */
function allowedOrAbsent(endpoint: string | undefined, policy: UrlPolicy): string | undefined {
  try {
    if (endpoint !== undefined) parseAllowedUrl(endpoint, policy);
    return endpoint;
  } catch {
    return undefined;
  }
}

/**
 * The server that the rules of 2025-03-26 assume where no metadata is to be found anywhere: fixed paths at the
 * MCP server's own origin. Used only after the user has agreed to the weaker protection (Z19).
 */
export function legacyAuthorizationServer(origin: string): AuthorizationServer {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    authorization_response_iss_parameter_supported: false,
    client_id_metadata_document_supported: false,
  };
}

/** The URLs of every endpoint that the broker or the sign-in window will contact. */
export function endpointUrls(metadata: AuthorizationServer): string[] {
  return ENDPOINTS.flatMap((endpoint) => metadata[endpoint] ?? []);
}
