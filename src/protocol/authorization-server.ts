/** Authorization server metadata (RFC 8414, OpenID Connect Discovery): where to look, and what to believe. */
import type { AuthorizationServer } from 'oauth4webapi';
import * as v from 'valibot';
import { BrokerError, type ErrorCode, type FailureReason } from '../shared/errors.ts';
import { parseAllowedUrl, type UrlPolicy } from './url-policy.ts';

const Strings = v.optional(v.array(v.string()));

const Document = v.object({
  issuer: v.string(),
  authorization_endpoint: v.string(),
  token_endpoint: v.string(),
  registration_endpoint: v.optional(v.string()),
  revocation_endpoint: v.optional(v.string()),
  scopes_supported: Strings,
  code_challenge_methods_supported: Strings,
  token_endpoint_auth_methods_supported: Strings,
  // Only a literal `true` advertises (ISS-5): `"true"`, `1` and `{}` are as good as absent.
  authorization_response_iss_parameter_supported: v.optional(v.unknown()),
  client_id_metadata_document_supported: v.optional(v.unknown()),
});

/** The endpoints whose origins the broker talks to, as metadata members. */
const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
] as const;

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
 * Reads a metadata document fetched for `issuer`. The result is what oauth4webapi takes.
 * @throws BrokerError `issuer_mismatch` when the document's issuer differs in any byte (RFC 8414 §3.3),
 *   `pkce_unsupported` when S256 is not advertised (R86–R89), `policy_blocked` when an endpoint may not be
 *   contacted, `discovery_failed` when the document is malformed
 */
export function parseAuthorizationServer(
  json: unknown,
  issuer: string,
  policy: UrlPolicy,
): AuthorizationServer {
  const failed = (code: ErrorCode, reason: FailureReason) =>
    new BrokerError(code, { detail: { host: new URL(issuer).host, issuer, reason } });
  const document = v.safeParse(Document, json);
  if (!document.success) throw failed('discovery_failed', 'malformed_server_metadata');
  const metadata = document.output;
  if (metadata.issuer !== issuer) throw failed('issuer_mismatch', 'other_issuer');
  if (!metadata.code_challenge_methods_supported?.includes('S256')) {
    throw failed('pkce_unsupported', 'no_pkce');
  }
  for (const endpoint of ENDPOINTS) {
    if (metadata[endpoint] !== undefined) parseAllowedUrl(metadata[endpoint], policy);
  }
  return {
    ...(withoutUndefined(metadata) as Partial<AuthorizationServer>),
    issuer,
    authorization_response_iss_parameter_supported:
      metadata.authorization_response_iss_parameter_supported === true,
    client_id_metadata_document_supported: metadata.client_id_metadata_document_supported === true,
  };
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

function withoutUndefined<T extends object>(object: T): Partial<T> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
